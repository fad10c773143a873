// Relative strength index with Wilder's smoothing: share of the gains in all movement, 0 to 100.
import { finite } from './bar.ts';

export interface Rsi {
  readonly period: number;
  /** Price changes seen. */
  count: number;
  last: number;
  /** Sums until `period` changes are seen, then Wilder means. */
  gain: number;
  loss: number;
  value: number | null;
}

export function newRsi(period = 14): Rsi {
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`rsi: period ${period}: expected a whole number of at least 1`);
  return { period, count: -1, last: Number.NaN, gain: 0, loss: 0, value: null };
}

export function updateRsi(state: Rsi, close: number): number | null {
  const change = close - state.last;
  state.last = close;
  state.count += 1;
  if (state.count === 0) return null;
  const gain = Math.max(change, 0);
  const loss = Math.max(-change, 0);
  const p = state.period;
  if (state.count <= p) {
    state.gain += gain;
    state.loss += loss;
    if (state.count < p) return null;
    state.gain /= p;
    state.loss /= p;
  } else {
    state.gain = (state.gain * (p - 1) + gain) / p;
    state.loss = (state.loss * (p - 1) + loss) / p;
  }
  const all = state.gain + state.loss;
  state.value = all === 0 ? 50 : finite((100 * state.gain) / all);
  return state.value;
}
