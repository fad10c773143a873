// Rate of change over `period` bars, in percent.
import { finite } from './bar.ts';
import { newRing, pushRing, type Ring, ringAt, ringFull } from './ring.ts';

export interface Roc {
  /** The last period + 1 values. */
  readonly window: Ring;
  value: number | null;
}

export function newRoc(period = 10): Roc {
  return { window: newRing(period + 1), value: null };
}

export function updateRoc(state: Roc, x: number): number | null {
  pushRing(state.window, x);
  state.value = ringFull(state.window) ? finite(100 * (x / ringAt(state.window, 0) - 1)) : null;
  return state.value;
}
