// MACD: distance of a fast and a slow EMA, its own EMA (signal) and the distance of both (histogram).
import { type Ema, newEma, updateEma } from './ema.ts';

export interface MacdValue {
  readonly line: number;
  readonly signal: number;
  readonly histogram: number;
}

export interface Macd {
  readonly slow: Ema;
  readonly fast: Ema;
  readonly signal: Ema;
  /** Bars still to pass before the fast average starts, so that both averages get their first value on the same bar. */
  fast_wait: number;
  value: MacdValue | null;
}

export function newMacd(fast = 12, slow = 26, signal = 9): Macd {
  if (fast >= slow) throw new RangeError(`macd: fast ${fast}: expected less than slow ${slow}`);
  return { slow: newEma(slow), fast: newEma(fast), signal: newEma(signal), fast_wait: slow - fast, value: null };
}

export function updateMacd(state: Macd, x: number): MacdValue | null {
  const slow = updateEma(state.slow, x);
  if (state.fast_wait > 0) {
    state.fast_wait -= 1;
    return null;
  }
  const fast = updateEma(state.fast, x);
  if (slow === null || fast === null) {
    state.value = null;
    return null;
  }
  const line = fast - slow;
  const signal = updateEma(state.signal, line);
  state.value = signal === null ? null : { line, signal, histogram: line - signal };
  return state.value;
}
