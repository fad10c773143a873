// Slow stochastic: place of the close in the range of the last bars, smoothed twice; 50 where there is no range.
import type { Bar } from './bar.ts';
import { newRing, pushRing, type Ring, ringFull, ringMax, ringMin } from './ring.ts';
import { newSma, type Sma, updateSma } from './sma.ts';

export interface StochasticValue {
  readonly slow_k: number;
  /** Null until the second smoothing has its window. */
  readonly slow_d: number | null;
}

export interface Stochastic {
  readonly highs: Ring;
  readonly lows: Ring;
  readonly k: Sma;
  readonly d: Sma;
  value: StochasticValue | null;
}

export function newStochastic(period = 14, kPeriod = 3, dPeriod = 3): Stochastic {
  return { highs: newRing(period), lows: newRing(period), k: newSma(kPeriod), d: newSma(dPeriod), value: null };
}

export function updateStochastic(state: Stochastic, bar: Bar): StochasticValue | null {
  pushRing(state.highs, bar.high);
  pushRing(state.lows, bar.low);
  if (!ringFull(state.highs)) return null;
  const low = ringMin(state.lows);
  const range = ringMax(state.highs) - low;
  const slowK = updateSma(state.k, range === 0 ? 50 : (100 * (bar.close - low)) / range);
  state.value = slowK === null ? null : { slow_k: slowK, slow_d: updateSma(state.d, slowK) };
  return state.value;
}
