// A backtest on the sqlite log, killed at random moments and started again, ends as one that nobody disturbed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { U } from '../../schemas/ids.ts';
import { pathsOf } from '../deployment/data-directory.ts';
import { FULL, KILLS, SEED } from './crash/extent.ts';
import type { Summary } from './summary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'services/cli/main.ts');
const until = FULL ? [] : ['--until', '2022-01-08'];

interface Told {
  readonly hashes: Record<string, string>;
  readonly summary: Summary;
}

const args = (folder: string): string[] => [
  main,
  'backtest',
  'run',
  '--log',
  'sqlite',
  '--data',
  folder,
  '--json',
  '--quiet',
  ...until,
];

function runToTheEnd(folder: string): Told {
  const run = spawnSync(process.execPath, args(folder), { encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return JSON.parse(run.stdout) as Told;
}

/** Resolves to whether the kill came before the end. */
function runAndKill(folder: string, after_ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args(folder), { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), after_ms);
    child.on('exit', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** Places of records that the other log does not hold in the same bytes, under the same headers. */
function differingRecords(a: string, b: string): unknown[] {
  const database = new DatabaseSync(pathsOf(a).log, { readOnly: true });
  database.exec(`ATTACH '${pathsOf(b).log}' AS other`);
  const rows = (of: string): string =>
    `SELECT t.name, part, off, key, r.id, cause, trace, source, retry_of, headers, value
     FROM ${of}.records r JOIN ${of}.topics t ON t.id = topic WHERE t.name <> 'snapshots.v1'`;
  const missing = (one: string, two: string): unknown[] =>
    database.prepare(`SELECT name, part, off FROM (${rows(one)} EXCEPT ${rows(two)}) LIMIT 5`).all();
  const found = [...missing('main', 'other'), ...missing('other', 'main')];
  expect(database.prepare(`SELECT count(*) AS n FROM (${rows('main')})`).get()?.n).toBeGreaterThan(1_000);
  database.close();
  return found;
}

it(`killed ${KILLS} times, seed ${SEED}`, { timeout: 1_800_000 }, async () => {
  const folders: string[] = [];
  const fresh = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-crash-'));
    folders.push(folder);
    return folder;
  };
  try {
    const first = fresh();
    const undisturbed = runToTheEnd(first);
    let killed = 0;
    let started = 0;
    let folder = fresh();
    while (killed < KILLS) {
      started += 1;
      // From before the first record to well into the run.
      const after_ms = 300 + Math.floor(U({ kind: 'draw', label: `crash-${started}`, order_id: String(SEED), v: 1 }) * 2_200);
      if (await runAndKill(folder, after_ms)) {
        killed += 1;
        continue;
      }
      expect(runToTheEnd(folder), `seed ${SEED}, start ${started}`).toMatchObject({
        hashes: undisturbed.hashes,
        summary: undisturbed.summary,
      });
      folder = fresh();
    }
    const survived = runToTheEnd(folder);
    expect(survived.hashes, `seed ${SEED}`).toEqual(undisturbed.hashes);
    expect(survived.summary).toEqual(undisturbed.summary);
    expect(differingRecords(first, folder), `seed ${SEED}`).toEqual([]);
    expect(undisturbed.summary.signals).toBeGreaterThan(0);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});
