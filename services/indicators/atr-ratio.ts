// How wide bars are now against what is usual: ATR14 over close, divided by the median of that over the last bars.
import { type Atr, newAtr, updateAtr } from './atr.ts';
import { type Bar, finite } from './bar.ts';
import { newRing, pushRing, type Ring } from './ring.ts';

const SHARES_MIN = 28;
const SHARES_MAX = 168;

export interface AtrRatio {
  readonly atr: Atr;
  readonly shares: Ring;
  value: number | null;
}

export function newAtrRatio(): AtrRatio {
  return { atr: newAtr(14), shares: newRing(SHARES_MAX), value: null };
}

export function updateAtrRatio(state: AtrRatio, bar: Bar): number | null {
  const atr = updateAtr(state.atr, bar);
  const share = atr === null ? null : finite(atr / bar.close);
  if (share === null) {
    state.value = null;
    return null;
  }
  pushRing(state.shares, share);
  if (state.shares.count < SHARES_MIN) return null;
  const usual = median(state.shares);
  state.value = usual === 0 ? null : finite(share / usual);
  return state.value;
}

function median(ring: Ring): number {
  const sorted = ring.values.slice(0, ring.count).sort();
  const middle = ring.count >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return ring.count % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
