// On-balance volume: volume added on a rise of the close, taken off on a fall; starts at the first bar's volume.
import { type Bar, finite } from './bar.ts';

export interface Obv {
  last_close: number;
  level: number;
  value: number | null;
}

export function newObv(): Obv {
  return { last_close: Number.NaN, level: 0, value: null };
}

export function updateObv(state: Obv, bar: Bar): number | null {
  if (Number.isNaN(state.last_close) || bar.close > state.last_close) state.level += bar.volume;
  else if (bar.close < state.last_close) state.level -= bar.volume;
  state.last_close = bar.close;
  state.value = finite(state.level);
  return state.value;
}
