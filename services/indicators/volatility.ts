// Yearly volatility in percent from the sample deviation of hourly returns; `uncapped` is the same without the ceiling.
import { finite } from './bar.ts';
import { newRing, pushRing, type Ring, ringAt, ringSum } from './ring.ts';

const HOURS_PER_YEAR = 8760;
const CEILING = 200;
const RETURNS_MIN = 24;
const RETURNS_MAX = 168;

export interface Volatility {
  readonly returns: Ring;
  last_close: number;
  uncapped: number | null;
  value: number | null;
}

export function newVolatility(): Volatility {
  return { returns: newRing(RETURNS_MAX), last_close: Number.NaN, uncapped: null, value: null };
}

export function updateVolatility(state: Volatility, close: number): number | null {
  const { returns, last_close } = state;
  state.last_close = close;
  if (Number.isNaN(last_close)) return null;
  pushRing(returns, close / last_close - 1);
  if (returns.count < RETURNS_MIN) return null;
  const mean = ringSum(returns) / returns.count;
  let squares = 0;
  for (let i = 0; i < returns.count; i += 1) {
    const distance = ringAt(returns, i) - mean;
    squares += distance * distance;
  }
  const deviation = Math.sqrt(squares / (returns.count - 1));
  state.uncapped = finite(100 * deviation * Math.sqrt(HOURS_PER_YEAR));
  state.value = state.uncapped === null ? null : Math.min(state.uncapped, CEILING);
  return state.value;
}
