// Average true range with Wilder's smoothing, in units of price.
import { type Bar, finite } from './bar.ts';

export interface Atr {
  readonly period: number;
  /** True ranges seen. */
  count: number;
  last_close: number;
  /** Sum of the seed until it is complete, then the average itself. */
  level: number;
  value: number | null;
}

export function newAtr(period = 14): Atr {
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`atr: period ${period}: expected a whole number of at least 1`);
  return { period, count: -1, last_close: Number.NaN, level: 0, value: null };
}

/** The largest of the bar's range and its reach from the previous close. */
export function trueRange(bar: Bar, lastClose: number): number {
  return Math.max(bar.high - bar.low, Math.abs(bar.high - lastClose), Math.abs(bar.low - lastClose));
}

export function updateAtr(state: Atr, bar: Bar): number | null {
  const range = trueRange(bar, state.last_close);
  state.last_close = bar.close;
  state.count += 1;
  if (state.count === 0) return null;
  const p = state.period;
  if (state.count <= p) {
    state.level += range;
    if (state.count < p) return null;
    state.level /= p;
  } else {
    state.level = (state.level * (p - 1) + range) / p;
  }
  state.value = finite(state.level);
  return state.value;
}
