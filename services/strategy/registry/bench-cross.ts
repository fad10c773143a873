// bench_cross: the crossing of the golden benchmark, in whole numbers, one unit a trade, with its own flat/long flag.
import { SCALE, toNumber } from '../../../schemas/money.ts';
import type { Strategy } from '../strategy.ts';

/** Closes are counted in whole parts of this size, so that running sums stay exact. */
const PARTS = 10_000;

export interface BenchCross {
  readonly fast: number;
  readonly slow: number;
  /** The last `slow` closes; next is the place of the oldest. */
  readonly closes: Float64Array;
  next: number;
  count: number;
  fast_sum: number;
  slow_sum: number;
  /** slow·Σfast − fast·Σslow of the bar before; NaN while unknown. */
  last: number;
  long: boolean;
}

export const BENCH_CROSS: Strategy<BenchCross, 'fast' | 'slow'> = {
  id: 'bench_cross',
  family: 'trend',
  interval: 'base',
  filtered: false,
  size: SCALE,
  parameters: {
    fast: { value: 10, min: 1, max: 200, whole: true },
    slow: { value: 50, min: 2, max: 500, whole: true },
  },
  conflict: ({ fast, slow }) => (fast < slow ? null : `fast ${fast}: expected less than slow ${slow}`),
  lookBack: ({ slow }) => slow + 1,
  init: ({ fast, slow }) => ({
    fast,
    slow,
    closes: new Float64Array(slow),
    next: 0,
    count: 0,
    fast_sum: 0,
    slow_sum: 0,
    last: Number.NaN,
    long: false,
  }),
  step(state, bar) {
    const { closes, fast, slow } = state;
    const close = Math.round(toNumber(bar.close) * PARTS);
    // Empty places hold 0, so what leaves a window that is not full yet changes nothing.
    const leavesFast = closes[state.next >= fast ? state.next - fast : state.next - fast + slow] ?? 0;
    state.fast_sum += close - leavesFast;
    state.slow_sum += close - (closes[state.next] ?? 0);
    closes[state.next] = close;
    state.next = state.next + 1 === slow ? 0 : state.next + 1;
    state.count += 1;
    if (state.count < slow) return null;
    const before = state.last;
    const now = slow * state.fast_sum - fast * state.slow_sum;
    state.last = now;
    if (!state.long && before <= 0 && now > 0) {
      state.long = true;
      return OPENS;
    }
    if (state.long && before >= 0 && now < 0) {
      state.long = false;
      return CLOSES;
    }
    return NOTHING;
  },
};

const OPENS = [
  { direction: 'long', holds: true, strength: 1, confidence: 1 },
  { direction: 'close_long', holds: false, strength: 1, confidence: 1 },
] as const;
const CLOSES = [
  { direction: 'long', holds: false, strength: 1, confidence: 1 },
  { direction: 'close_long', holds: true, strength: 1, confidence: 1 },
] as const;
const NOTHING = [
  { direction: 'long', holds: false, strength: 1, confidence: 1 },
  { direction: 'close_long', holds: false, strength: 1, confidence: 1 },
] as const;
