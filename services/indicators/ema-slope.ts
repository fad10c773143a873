// Slope of an EMA as a fraction of its level per bar, measured over three bars.
import { finite } from './bar.ts';
import { type Ema, newEma, updateEma } from './ema.ts';
import { newRing, pushRing, type Ring, ringAt, ringFull } from './ring.ts';

const SPAN = 3;

export interface EmaSlope {
  readonly ema: Ema;
  readonly window: Ring;
  value: number | null;
}

export function newEmaSlope(period = 21): EmaSlope {
  return { ema: newEma(period), window: newRing(SPAN + 1), value: null };
}

export function updateEmaSlope(state: EmaSlope, close: number): number | null {
  const ema = updateEma(state.ema, close);
  if (ema === null) return null;
  pushRing(state.window, ema);
  state.value = ringFull(state.window) ? finite((ema / ringAt(state.window, 0) - 1) / SPAN) : null;
  return state.value;
}
