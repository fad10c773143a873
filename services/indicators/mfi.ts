// Money flow index: share of the turnover on rises of the typical price, 0 to 100; 50 where nothing flowed.
import { type Bar, finite, typicalPrice } from './bar.ts';
import { newRing, pushRing, type Ring, ringFull, ringSum } from './ring.ts';

export interface Mfi {
  readonly inflow: Ring;
  readonly outflow: Ring;
  last_typical: number;
  value: number | null;
}

export function newMfi(period = 14): Mfi {
  return { inflow: newRing(period), outflow: newRing(period), last_typical: Number.NaN, value: null };
}

export function updateMfi(state: Mfi, bar: Bar): number | null {
  const typical = typicalPrice(bar);
  const last = state.last_typical;
  state.last_typical = typical;
  if (Number.isNaN(last)) return null;
  const flow = typical * bar.volume;
  pushRing(state.inflow, typical > last ? flow : 0);
  pushRing(state.outflow, typical < last ? flow : 0);
  if (!ringFull(state.inflow)) return null;
  const inflow = ringSum(state.inflow);
  const all = inflow + ringSum(state.outflow);
  state.value = all === 0 ? 50 : finite((100 * inflow) / all);
  return state.value;
}
