// Volume-weighted average of the typical price over the last `period` bars; null while no volume traded.
import { type Bar, finite, typicalPrice } from './bar.ts';
import { newRing, pushRing, type Ring, ringFull, ringSum } from './ring.ts';

export interface Vwap {
  readonly turnover: Ring;
  readonly volume: Ring;
  value: number | null;
}

export function newVwap(period = 24): Vwap {
  return { turnover: newRing(period), volume: newRing(period), value: null };
}

export function updateVwap(state: Vwap, bar: Bar): number | null {
  pushRing(state.turnover, typicalPrice(bar) * bar.volume);
  pushRing(state.volume, bar.volume);
  const volume = ringSum(state.volume);
  state.value = ringFull(state.volume) && volume !== 0 ? finite(ringSum(state.turnover) / volume) : null;
  return state.value;
}
