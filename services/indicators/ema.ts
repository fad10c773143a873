// Exponential moving average, seeded with the mean of its first `period` values.
import { finite } from './bar.ts';

export interface Ema {
  readonly period: number;
  count: number;
  /** Sum of the seed until it is complete, then the average itself. */
  level: number;
  value: number | null;
}

export function newEma(period: number): Ema {
  if (!Number.isInteger(period) || period < 1)
    throw new RangeError(`ema: period ${period}: expected a whole number of at least 1`);
  return { period, count: 0, level: 0, value: null };
}

export function updateEma(state: Ema, x: number): number | null {
  state.count += 1;
  if (state.count <= state.period) {
    state.level += x;
    if (state.count < state.period) return null;
    state.level /= state.period;
  } else {
    state.level += (2 / (state.period + 1)) * (x - state.level);
  }
  state.value = finite(state.level);
  return state.value;
}
