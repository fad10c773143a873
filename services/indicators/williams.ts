// Williams %R: distance of the close from the top of the range, −100 to 0; −50 where there is no range.
import { type Bar, finite } from './bar.ts';
import { newRing, pushRing, type Ring, ringFull, ringMax, ringMin } from './ring.ts';

export interface Williams {
  readonly highs: Ring;
  readonly lows: Ring;
  value: number | null;
}

export function newWilliams(period = 14): Williams {
  return { highs: newRing(period), lows: newRing(period), value: null };
}

export function updateWilliams(state: Williams, bar: Bar): number | null {
  pushRing(state.highs, bar.high);
  pushRing(state.lows, bar.low);
  if (!ringFull(state.highs)) return null;
  const high = ringMax(state.highs);
  const range = high - ringMin(state.lows);
  state.value = range === 0 ? -50 : finite((-100 * (high - bar.close)) / range);
  return state.value;
}
