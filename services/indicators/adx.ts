// Directional movement: +DI, −DI and their average index ADX (Wilder).
import { trueRange } from './atr.ts';
import { type Bar, finite } from './bar.ts';

export interface AdxValue {
  readonly plus_di: number;
  readonly minus_di: number;
  /** Null until the average has its own seed. */
  readonly adx: number | null;
}

export interface Adx {
  readonly period: number;
  /** Moves between two bars seen. */
  count: number;
  last_high: number;
  last_low: number;
  last_close: number;
  range: number;
  plus: number;
  minus: number;
  /** Sum of the seed until `period` values of DX are in, then the average itself. */
  level: number;
  value: AdxValue | null;
}

export function newAdx(period = 14): Adx {
  if (!Number.isInteger(period) || period < 2)
    throw new RangeError(`adx: period ${period}: expected a whole number of at least 2`);
  const nan = Number.NaN;
  return {
    period,
    count: -1,
    last_high: nan,
    last_low: nan,
    last_close: nan,
    range: 0,
    plus: 0,
    minus: 0,
    level: 0,
    value: null,
  };
}

export function updateAdx(state: Adx, bar: Bar): AdxValue | null {
  const up = bar.high - state.last_high;
  const down = state.last_low - bar.low;
  const range = trueRange(bar, state.last_close);
  state.last_high = bar.high;
  state.last_low = bar.low;
  state.last_close = bar.close;
  state.count += 1;
  if (state.count === 0) return null;
  const p = state.period;
  // The first p − 1 moves are summed; from the p-th on a p-th of the sum is let go before the new move is added.
  const release = state.count < p ? 0 : 1 / p;
  state.range += range - state.range * release;
  state.plus += (up > down && up > 0 ? up : 0) - state.plus * release;
  state.minus += (down > up && down > 0 ? down : 0) - state.minus * release;
  if (state.count < p) return null;
  const plus = state.range === 0 ? 0 : (100 * state.plus) / state.range;
  const minus = state.range === 0 ? 0 : (100 * state.minus) / state.range;
  const dx = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
  const seeded = state.count - p + 1;
  if (seeded < p) state.level += dx;
  else if (seeded === p) state.level = (state.level + dx) / p;
  else state.level = (state.level * (p - 1) + dx) / p;
  const adx = seeded < p ? null : finite(state.level);
  state.value = Number.isFinite(plus) && Number.isFinite(minus) ? { plus_di: plus, minus_di: minus, adx } : null;
  return state.value;
}
