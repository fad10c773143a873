// Bollinger bands: the moving average and `width` population deviations on each side of it.
import { newRing, pushRing, type Ring, ringAt, ringFull, ringSum } from './ring.ts';

export interface BollingerValue {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface Bollinger {
  readonly window: Ring;
  readonly width: number;
  value: BollingerValue | null;
}

export function newBollinger(period = 20, width = 2): Bollinger {
  return { window: newRing(period), width, value: null };
}

export function updateBollinger(state: Bollinger, x: number): BollingerValue | null {
  const { window } = state;
  pushRing(window, x);
  if (!ringFull(window)) return null;
  const middle = ringSum(window) / window.count;
  let squares = 0;
  for (let i = 0; i < window.count; i += 1) {
    const distance = ringAt(window, i) - middle;
    squares += distance * distance;
  }
  const reach = state.width * Math.sqrt(squares / window.count);
  const low = middle - reach;
  const high = middle + reach;
  state.value = Number.isFinite(low) && Number.isFinite(high) ? { low, middle, high } : null;
  return state.value;
}
