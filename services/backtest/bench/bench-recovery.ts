// `npm run bench:recovery`: how long a killed process takes to its first decision, and how fast a journal folds from its start.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSqliteLog } from '../../../topology/log/sqlite.ts';
import { benchBars } from '../../market/bench-bars.ts';
import { machine, median, peakMegabytes, seconds, whole } from './measure.ts';
import { foldJournal, type Restarted, type Written, writeJournal } from './recovery.ts';

const EXIT_DIFFERENT = 3;
const STARTS = 3;
const BARS = 500_000;
const START_AGAIN = fileURLToPath(new URL('./start-again.ts', import.meta.url));

const { values: options } = parseArgs({
  options: {
    before: { type: 'string', default: '1000000' },
    after: { type: 'string', default: '10000' },
  },
});

/** Says how far it is, once for every twentieth part of the way. */
function progress(name: string, total: number): (done: number) => void {
  let next = 0;
  return (done) => {
    if (done < next) return;
    next = done + total / 20;
    process.stderr.write(`${name}: ${whole(done)} of ${whole(total)} records of the journal\n`);
  };
}

interface Start extends Restarted {
  readonly loaded_ms: number;
}

function startAgain(path: string, written: Written): Start {
  const child = spawnSync(process.execPath, [START_AGAIN, path, String(written.next_bar)], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`restart: exit ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Start;
}

function requireSame(name: string, books: string, expected: string): void {
  if (books === expected) return;
  process.stderr.write(`${name}: other books\n${books}\nexpected\n${expected}\n`);
  process.exitCode = EXIT_DIFFERENT;
  throw new Error(`${name}: the books differ; no time is printed`);
}

const folder = mkdtempSync(join(tmpdir(), 'weir-recovery-'));
try {
  const path = join(folder, 'log.db');
  const before = Number(options.before);
  const after = Number(options.after);
  const log = openSqliteLog({ path, durability: 'process' });
  let written: Written | undefined;
  const wroteS = seconds(() => {
    written = writeJournal(log, benchBars(BARS), before, after, progress('writing', before + after));
  });
  if (written === undefined) throw new Error('writing: nothing was written');
  await log.close();
  const megabytes = statSync(path).size / 1e6;

  const reader = openSqliteLog({ path, durability: 'process' });
  let books = '';
  let records = 0;
  const foldedS = seconds(() => {
    ({ books, records } = foldJournal(reader, progress('folding', before + after)));
  });
  await reader.close();
  requireSame('fold from offset 0', books, written.books);

  // Each start finds the log as the killed process left it.
  const starts: Start[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    const copy = join(folder, `copy-${i}.db`);
    copyFileSync(path, copy);
    const start = startAgain(copy, written);
    rmSync(copy);
    requireSame('restart', start.books, written.books);
    process.stderr.write(`restart ${i + 1} of ${STARTS}: ${whole(start.decided_ms)} ms\n`);
    starts.push(start);
  }
  const of = (field: 'decided_ms' | 'recovered_ms' | 'loaded_ms'): string => whole(median(starts.map((start) => start[field])));
  process.stdout.write(
    [
      `recovery: ${whole(written.snapshot_at)} records of the journal before the newest snapshot, ${whole(written.end - written.snapshot_at)} after it\n`,
      `machine             ${machine()}\n`,
      `log                 ${whole(megabytes)} MB, written in ${wroteS.toFixed(1)} s\n`,
      `restart             ${of('decided_ms')} ms from the start of the process to the first decision (code loaded after ${of('loaded_ms')} ms, recovered after ${of('recovered_ms')} ms; median of ${STARTS})\n`,
      `fold from offset 0  ${whole(records / foldedS)} records/s (${whole(records)} records in ${foldedS.toFixed(2)} s)\n`,
      `peak memory         ${peakMegabytes()} MB\n`,
    ].join(''),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
