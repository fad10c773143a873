// Support and resistance: clusters of the pivots among the last 100 bars, below and above the close.
import type { Bar } from './bar.ts';
import { newRing, pushRing, type Ring, ringAt } from './ring.ts';

const WINDOW = 100;
/** A pivot lies strictly beyond this many bars on each side, so it is known that many bars later. */
const SIDE = 2;
const BARS_MIN = 2 * SIDE + 1;
/** A pivot joins a cluster while it lies at most this share above the cluster's mean. */
const JOIN = 0.02;
const KEPT = 5;

export interface Level {
  readonly price: number;
  /** Touches of this level over those of the most touched one. */
  readonly strength: number;
}

export interface LevelsValue {
  readonly supports: readonly Level[];
  readonly resistances: readonly Level[];
}

export interface Levels {
  readonly highs: Ring;
  readonly lows: Ring;
  last_close: number;
}

export function newLevels(): Levels {
  return { highs: newRing(WINDOW), lows: newRing(WINDOW), last_close: Number.NaN };
}

/** Only stores the bar: clusters are found when asked for, which is far less often than bars close. */
export function updateLevels(state: Levels, bar: Bar): void {
  pushRing(state.highs, bar.high);
  pushRing(state.lows, bar.low);
  state.last_close = bar.close;
}

export function levelsOf(state: Levels): LevelsValue | null {
  if (state.highs.count < BARS_MIN || !Number.isFinite(state.last_close)) return null;
  const close = state.last_close;
  const clusters = clustersOf(pivots(state));
  const most = clusters.reduce((best, cluster) => Math.max(best, cluster.touches), 0);
  const levels = clusters.map((cluster) => ({ price: cluster.mean, strength: cluster.touches / most }));
  const ranked = levels.toSorted(
    (a, b) => b.strength - a.strength || Math.abs(a.price - close) - Math.abs(b.price - close) || a.price - b.price,
  );
  return {
    supports: ranked.filter((level) => level.price < close).slice(0, KEPT),
    resistances: ranked.filter((level) => level.price > close).slice(0, KEPT),
  };
}

function pivots(state: Levels): number[] {
  const found: number[] = [];
  for (let i = SIDE; i < state.highs.count - SIDE; i += 1) {
    const high = ringAt(state.highs, i);
    const low = ringAt(state.lows, i);
    let top = true;
    let bottom = true;
    for (let k = 1; k <= SIDE; k += 1) {
      top &&= high > ringAt(state.highs, i - k) && high > ringAt(state.highs, i + k);
      bottom &&= low < ringAt(state.lows, i - k) && low < ringAt(state.lows, i + k);
    }
    if (top) found.push(high);
    if (bottom) found.push(low);
  }
  return found.sort((a, b) => a - b);
}

function clustersOf(sorted: readonly number[]): { mean: number; touches: number }[] {
  const clusters: { mean: number; touches: number; sum: number }[] = [];
  for (const price of sorted) {
    const last = clusters.at(-1);
    if (last !== undefined && (price - last.mean) / last.mean <= JOIN) {
      last.sum += price;
      last.touches += 1;
      last.mean = last.sum / last.touches;
    } else {
      clusters.push({ mean: price, touches: 1, sum: price });
    }
  }
  return clusters;
}
