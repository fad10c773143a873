// Certificates for one test cluster: an authority of its own and a server certificate for 127.0.0.1, made by openssl.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnavailableError } from './unavailable.ts';

export interface Certificates {
  /** PEM file of the authority: what a client has to trust. */
  readonly caFile: string;
  readonly ca: string;
  /** PEM file with the server's key and certificate: what a broker shows. */
  readonly serverFile: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = '30';

export function makeCertificates(folder: string, name: string): Certificates {
  const at = (file: string): string => join(folder, `${name}-${file}`);
  writeFileSync(at('san.cnf'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    DAYS,
    '-subj',
    `/CN=Weir test authority ${name}`,
  );
  openssl('req', ...NEW_KEY, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=127.0.0.1');
  openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'],
    ...['-out', at('server.crt'), '-days', DAYS, '-extfile', at('san.cnf')],
  );
  writeFileSync(at('server.pem'), readFileSync(at('server.key'), 'utf8') + readFileSync(at('server.crt'), 'utf8'), {
    mode: 0o600,
  });
  return { caFile: at('ca.pem'), ca: readFileSync(at('ca.pem'), 'utf8'), serverFile: at('server.pem') };
}

function openssl(...args: readonly string[]): void {
  const done = spawnSync('openssl', args, { encoding: 'utf8' });
  if (done.error !== undefined) throw new UnavailableError('TLS listeners need openssl, and it does not run', 'install openssl');
  if (done.status !== 0) throw new Error(`openssl ${args[0]}: ${done.stderr.slice(0, 500)}`);
}
