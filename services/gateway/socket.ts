// Where the owner of a data directory answers: a Unix socket in it, for whoever may use the directory.
import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';

const NAME = 'weir.sock';
/** What the kernel's address of a socket holds, less its closing zero; the shortest of the systems we run on. */
const PATH_MAX = 103;
const SCHEME = 'unix:';

/** In the directory, or beside it in the system's folder for temporary files where its path is too long for a socket. */
export function socketPathOf(directory: string): string {
  const whole = resolve(directory);
  const path = join(whole, NAME);
  if (Buffer.byteLength(path) <= PATH_MAX) return path;
  const name = createHash('sha256').update(whole).digest('hex').slice(0, 16);
  return join(tmpdir(), `weir-${name}.sock`);
}

/** What the lock file says of the owner's address. */
export function urlOf(socketPath: string): string {
  return `${SCHEME}${socketPath}`;
}

export function pathOf(url: string): string | null {
  return url.startsWith(SCHEME) ? url.slice(SCHEME.length) : null;
}

/** Only the holder of the directory's lock calls this: a socket that is left there belongs to nobody. */
export async function listen(server: FastifyInstance, socketPath: string): Promise<void> {
  rmSync(socketPath, { force: true });
  await server.listen({ path: socketPath });
  chmodSync(socketPath, 0o600);
}
