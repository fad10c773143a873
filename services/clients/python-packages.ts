// For tests: the packages that the Python examples need, installed once into the cache, every byte known beforehand.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../topology/kafka-broker/cache-folder.ts';
import { UnavailableError } from '../../topology/kafka-broker/unavailable.ts';
import { wholeFolder } from '../../topology/kafka-broker/whole-folder.ts';

const LIMIT_MS = 300_000;
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const DONE = '.complete';

/** The folder for PYTHONPATH. Throws UnavailableError naming what is missing. */
export function pythonPackages(env: NodeJS.ProcessEnv = process.env): string {
  const python = (...args: readonly string[]): string =>
    execFileSync('python3', args, { env, encoding: 'utf8', stdio: 'pipe', timeout: LIMIT_MS });
  try {
    const version = python('-c', 'import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())').trim();
    const key = createHash('sha256').update(version).update(readFileSync(REQUIREMENTS)).digest('hex');
    const folder = cacheFolder(`python-${key.slice(0, 16)}`, env);
    if (existsSync(join(folder, DONE))) return folder;
    wholeFolder(folder, (into) => {
      const wanted = ['--require-hashes', '--only-binary', ':all:', '--target', into, '-r', REQUIREMENTS];
      python('-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted);
      writeFileSync(join(into, DONE), version);
    });
    return folder;
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    throw new UnavailableError(
      `the Python examples need python3 and the packages of services/clients/requirements.txt, and pip cannot install them (${said?.slice(0, 200)})`,
      'install Python 3.9 or newer with pip',
    );
  }
}
