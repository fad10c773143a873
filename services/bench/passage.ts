// What became of the signals of one round: how long each took over each hop, how many came through, once, or not at all.
export interface Passage {
  /** Signals a second that were offered. */
  readonly rate: number;
  /** ms of a monotonic clock at which each signal was due, whether or not the generator was in time. */
  readonly due: Float64Array;
  /** When its EnrichedSignal was read; NaN: it never was. */
  readonly enriched: Float64Array;
  /** When its Decision was read. */
  readonly decided: Float64Array;
  /** Signals not decided when the last one was sent. */
  readonly backlog: number;
  /** EnrichedSignals and Decisions beyond the first of a signal. */
  readonly doubled: number;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export interface Timings {
  /** ms from due to EnrichedSignal, from there to Decision, and from due to Decision. */
  readonly first: Spread;
  readonly second: Spread;
  readonly both: Spread;
}

export function timingsOf({ due, enriched, decided }: Passage): Timings {
  return { first: spreadOf(due, enriched), second: spreadOf(enriched, decided), both: spreadOf(due, decided) };
}

export function lostOf({ decided }: Passage): number {
  return decided.filter(Number.isNaN).length;
}

/** Nearest rank; NaN where nothing came. */
function spreadOf(from: Float64Array, to: Float64Array): Spread {
  const sorted = to
    .map((at, i) => at - (from[i] ?? Number.NaN))
    .filter((ms) => !Number.isNaN(ms))
    .sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

const BACKLOG_S = 0.25;
const P99_MS = 250;

/** In words, for whoever reads the table. */
export const HOLDS = `every signal was decided once, at most ${BACKLOG_S} s of signals were undecided when the last was sent, and p99 is at most ${P99_MS} ms`;

export function holds(passage: Passage): boolean {
  const { backlog, doubled, rate } = passage;
  return doubled === 0 && lostOf(passage) === 0 && backlog <= rate * BACKLOG_S && timingsOf(passage).both.p99 <= P99_MS;
}
