// Simple moving average: the mean of the last `period` values.
import { finite } from './bar.ts';
import { newRing, pushRing, type Ring, ringFull, ringSum } from './ring.ts';

export interface Sma {
  readonly window: Ring;
  value: number | null;
}

export function newSma(period: number): Sma {
  return { window: newRing(period), value: null };
}

export function updateSma(state: Sma, x: number): number | null {
  pushRing(state.window, x);
  state.value = ringFull(state.window) ? finite(ringSum(state.window) / state.window.count) : null;
  return state.value;
}
