// For tests: kcat, from the path or fetched with apt into the cache without installing anything.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../topology/kafka-broker/cache-folder.ts';
import { UnavailableError } from '../../topology/kafka-broker/unavailable.ts';
import { wholeFolder } from '../../topology/kafka-broker/whole-folder.ts';

const LIMIT_MS = 300_000;
const FIX = 'install kcat (apt install kcat, brew install kcat)';

/** The libraries of another release of the system would not fit: what is fetched stays beside the program. */
const WRAPPER = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
for libraries in "$here"/usr/lib/*-linux-gnu*; do
  LD_LIBRARY_PATH="$libraries:\${LD_LIBRARY_PATH:-}"
done
export LD_LIBRARY_PATH
exec "$here/usr/bin/kcat" "$@"
`;

export interface Kcat {
  /** To be put first in PATH; '' if it is there already. */
  readonly folder: string;
  /** What it can do, as it says itself: `Transactions, IncrementalAssign, JSON, ...`. */
  readonly features: string;
}

/** Throws UnavailableError naming what is missing. */
export function findKcat(env: NodeJS.ProcessEnv = process.env): Kcat {
  const onPath = featuresOf('kcat', env);
  if (onPath !== null) return { folder: '', features: onPath };
  const folder = cacheFolder('kcat', env);
  const program = join(folder, 'kcat');
  const cached = featuresOf(program, env);
  if (cached !== null) return { folder, features: cached };
  fetchKcat(folder, env);
  const features = featuresOf(program, env);
  if (features === null) throw new UnavailableError(`kcat was fetched into ${folder} and does not run`, FIX);
  return { folder, features };
}

/** null if it does not run. */
function featuresOf(program: string, env: NodeJS.ProcessEnv): string | null {
  const said = spawnSync(program, ['-V'], { env, encoding: 'utf8' });
  if (said.status !== 0) return null;
  return /\(([^()]*)\)\s*$/m.exec(said.stdout.split('\n').find((line) => line.startsWith('Version')) ?? '')?.[1] ?? '';
}

/** As anybody, not only root: with package lists of its own. apt checks the signatures of what it fetches. */
function fetchKcat(folder: string, env: NodeJS.ProcessEnv): void {
  const lists = mkdtempSync(join(tmpdir(), 'weir-apt-'));
  try {
    for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(lists, name), { recursive: true });
    const apt = (cwd: string, ...args: readonly string[]): string => {
      const own = ['-q', '-o', `Dir::State::lists=${lists}/lists`, '-o', `Dir::Cache=${lists}/cache`, '-o', 'Debug::NoLocking=1'];
      return execFileSync('apt-get', [...own, ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe', timeout: LIMIT_MS });
    };
    apt(lists, 'update');
    const plan = apt(lists, '--simulate', '--no-install-recommends', 'install', 'kcat');
    const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    wholeFolder(folder, (into) => {
      apt(into, 'download', ...packages);
      for (const file of readdirSync(into).filter((name) => name.endsWith('.deb'))) {
        execFileSync('dpkg-deb', ['--extract', file, '.'], { cwd: into, env, stdio: 'pipe' });
        rmSync(join(into, file));
      }
      writeFileSync(join(into, 'kcat'), WRAPPER);
      chmodSync(join(into, 'kcat'), 0o755);
      // mkdtemp's is for the owner alone.
      chmodSync(into, 0o755);
    });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'there is no apt-get to fetch it with' : `apt-get could not fetch it (${lastLine(error)})`;
    throw new UnavailableError(`kcat is not on the path, and ${reason}`, FIX);
  } finally {
    rmSync(lists, { recursive: true, force: true });
  }
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error && String(error.stderr).trim() !== '' ? error.stderr : error;
  return String(said).trim().split('\n').at(-1)?.slice(0, 200) ?? '';
}

/** An environment in which `kcat` is found. */
export function withKcat(kcat: Kcat, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return kcat.folder === '' ? env : { ...env, PATH: `${kcat.folder}${delimiter}${env.PATH ?? ''}` };
}
