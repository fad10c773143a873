// Files fetched with Maven into the cache, of which every byte is known beforehand.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnavailableError } from './unavailable.ts';

const MAVEN_LIMIT_MS = 540_000;

/** File name → SHA-256 in hex. */
export type Checksums = ReadonlyMap<string, string>;

/** Reads the format of `sha256sum`. */
export function parseChecksums(text: string): Checksums {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line) => {
      const [, sum = '', name = ''] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? [];
      if (name === '') throw new SyntaxError(`checksums: "${line}" is not "<sha256>  <file>"`);
      return [name, sum];
    }),
  );
}

/** What is wrong with a folder: files missing, altered, or not in the list. */
export function faultsOf(folder: string, checksums: Checksums): readonly string[] {
  if (!existsSync(folder)) return [`${folder} is missing`];
  const found = new Set(readdirSync(folder));
  const faults = [...found].filter((name) => !checksums.has(name)).map((name) => `${name} is not in the list`);
  for (const [name, expected] of checksums) {
    if (!found.has(name)) {
      faults.push(`${name} is missing`);
      continue;
    }
    const sum = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    if (sum !== expected) faults.push(`${name} has sha256 ${sum}, expected ${expected}`);
  }
  return faults;
}

/**
 * The folder with exactly these files: from the cache, else made by `fetch` in a folder beside it, checked, and moved there
 * whole, so that two runs at once do not disturb each other.
 */
export function fetched(folder: string, checksums: Checksums, fetch: (into: string) => void): string {
  if (faultsOf(folder, checksums).length === 0) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    fetch(making);
    const faults = faultsOf(making, checksums);
    if (faults.length > 0)
      throw new UnavailableError(
        `what Maven fetched is not what was expected: ${faults.slice(0, 3).join('; ')}`,
        'look at the repository that Maven uses; nothing of it was run',
      );
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } catch (error) {
    // Another run may have put the same files there in the meantime.
    if (faultsOf(folder, checksums).length > 0) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** Runs Maven in a folder; says what is missing if it cannot. */
export function maven(args: readonly string[], folder: string, forWhat: string): void {
  const done = spawnSync('mvn', ['-q', '-B', ...args], { cwd: folder, encoding: 'utf8', timeout: MAVEN_LIMIT_MS });
  if (done.error !== undefined && (done.error as NodeJS.ErrnoException).code === 'ENOENT')
    throw new UnavailableError(`${forWhat} is fetched with Maven, and there is no mvn on the path`, 'install Maven (once)');
  if (done.status !== 0) {
    const said = `${done.stdout}${done.stderr}`.split('\n').filter((line) => line.includes('ERROR'));
    throw new UnavailableError(
      `Maven could not fetch ${forWhat}: ${(said[0] ?? String(done.error ?? `exit ${done.status}`)).slice(0, 300)}`,
      'look at the network and at the settings of Maven',
    );
  }
}
