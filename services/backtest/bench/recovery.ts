// The recovery bench: a journal that the whole pipeline wrote, folded again from its start, and taken up after a kill.
import { formatDecimal } from '../../../schemas/money.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { LocalLog } from '../../../topology/log/log.ts';
import { createLiveRuntime } from '../../../topology/runtime/live-runtime.ts';
import { markedNav } from '../../decision/ledger/equity.ts';
import type { DecisionState } from '../../decision/state.ts';
import { decisionStageOf } from '../../deployment/pipeline.ts';
import { type BenchBars, benchSource } from '../../market/bench-bars.ts';
import { eventsOf, openRun } from '../run.ts';
import { recoveryDeployment } from './bench-deployment.ts';

const JOURNAL = 'journal.v1';

export interface Written {
  /** Records of the journal when the newest snapshot was written, and at the end. */
  readonly snapshot_at: number;
  readonly end: number;
  /** Index of the first bar that was not told. */
  readonly next_bar: number;
  readonly books: string;
}

/**
 * Runs the pipeline until the journal holds `before` records, lets every stage write its snapshot, and runs on for `after`
 * more; nothing is written at the end, so the log looks as a killed process leaves it.
 */
export function writeJournal(
  log: LocalLog,
  bars: BenchBars,
  before: number,
  after: number,
  progress: (records: number) => void,
): Written {
  const deployment = recoveryDeployment('bench-1');
  const runtime = openRun({ deployment, log, snapshot_every_us: Number.MAX_SAFE_INTEGER });
  let snapshot_at = -1;
  // The first event is the portfolios' first records.
  let next_bar = -1;
  for (const event of eventsOf({ deployment, market: benchSource(bars) })) {
    runtime.advance(event);
    next_bar += 1;
    const end = log.endNow(JOURNAL, 0);
    progress(end);
    if (snapshot_at < 0 && end >= before) {
      runtime.finish();
      snapshot_at = end;
    }
    if (snapshot_at >= 0 && end >= snapshot_at + after) break;
  }
  log.flush();
  const end = log.endNow(JOURNAL, 0);
  if (snapshot_at < 0 || end < snapshot_at + after)
    throw new RangeError(`bars: ${bars.close.length}: too few, they made ${end} records of the journal`);
  return { snapshot_at, end, next_bar, books: booksOf(runtime.stateOf('decision', 0)) };
}

/** Cash, NAV and position of each portfolio, and how many trades it made. */
export function booksOf(state: unknown): string {
  const lines = [...(state as DecisionState).portfolios.values()].map(({ portfolio, ledger }) => {
    const held = [...ledger.positions.values()].map(({ instrument, qty }) => `${instrument} ${formatDecimal(qty)}`);
    const amounts = [ledger.cash, markedNav(ledger)].map(formatDecimal);
    return [portfolio, ...amounts, String(ledger.trades), ...held].join(' ');
  });
  return lines.join('\n');
}

const CHUNK = 4_096;

/** The decision stage alone, from offset 0: what a new version of it would do. Returns the books it comes to. */
export function foldJournal(
  log: LocalLog,
  progress: (records: number) => void,
): { readonly records: number; readonly books: string } {
  const stage = decisionStageOf(recoveryDeployment('bench-1'));
  const state = stage.init(0);
  const drop = (): void => {};
  let next = 0;
  for (;;) {
    const records = log.readNow(JOURNAL, 0, next, CHUNK);
    for (const record of records) {
      stage.step(state, record, drop, record.at);
      next = record.offset + 1;
    }
    if (records.length === 0) return { records: next, books: booksOf(state) };
    progress(next);
  }
}

export interface Restarted {
  /** Books right after the recovery, before anything new. */
  readonly books: string;
  readonly recovered_ms: number;
  /** From the start of the process to the first decision on a signal. */
  readonly decided_ms: number;
}

/** Recovers every stage as a process does that starts again, then tells the bars that follow until a signal is decided. */
export async function restart(
  log: LocalLog,
  bars: BenchBars,
  next_bar: number,
  elapsed_ms: () => number,
  stages: Parameters<typeof createLiveRuntime>[0]['stages'],
): Promise<Restarted> {
  let now: Micros = log.readMerged(log.lastSequence() - 1, 1, () => true)[0]?.at ?? 0;
  let decided_ms = -1;
  const runtime = createLiveRuntime({
    log,
    stages,
    clock: () => now,
    ticks: false,
    snapshot_every_us: Number.MAX_SAFE_INTEGER,
    on_failed(error) {
      throw error;
    },
  });
  const recovered_ms = elapsed_ms();
  const books = booksOf(runtime.stateOf('decision', 0));
  const unsubscribe = log.subscribe((records) => {
    const signal = records.some(({ type, value }) => type === 'Decision' && (value.kind === 'ENTRY' || value.kind === 'EXIT'));
    if (signal && decided_ms < 0) decided_ms = elapsed_ms();
  });
  for (const { at, records } of benchSource(bars, next_bar)) {
    now = at;
    await runtime.append(records);
    if (decided_ms >= 0) break;
  }
  unsubscribe();
  await runtime.stop();
  if (decided_ms < 0) throw new RangeError(`bars: ${bars.close.length}: too few, no signal came after bar ${next_bar}`);
  return { books, recovered_ms, decided_ms };
}
