// The rule of B1 as a bare loop over the bars: what a backtest costs without a pipeline, for comparison.
import { type Money, SCALE } from '../../../schemas/money.ts';
import type { BenchBars } from '../../market/bench-bars.ts';
import { BENCH_CASH } from './bench-deployment.ts';

const FAST = 10;
const SLOW = 50;

export interface BareResult {
  readonly fills: number;
  readonly equity: Money;
}

/** Whole numbers throughout: cash is counted in thousandths, of which the fee of 10 bps never needs more. */
export function bareLoop(bars: BenchBars): BareResult {
  const { close } = bars;
  let cash = 0;
  let fills = 0;
  let long = false;
  let pending = 0;
  let fastSum = 0;
  let slowSum = 0;
  let before = Number.NaN;
  for (let i = 0; i < close.length; i += 1) {
    if (pending !== 0) {
      // Each bar opens at the close before.
      const price = close[i - 1] ?? 0;
      cash -= pending * price * 1000 + price;
      fills += 1;
      pending = 0;
    }
    const price = close[i] ?? 0;
    fastSum += price - (close[i - FAST] ?? 0);
    slowSum += price - (close[i - SLOW] ?? 0);
    if (i < SLOW - 1) continue;
    const now = (SLOW / FAST) * fastSum - slowSum;
    if (!long && before <= 0 && now > 0) {
      long = true;
      pending = 1;
    } else if (long && before >= 0 && now < 0) {
      long = false;
      pending = -1;
    }
    before = now;
  }
  const held = pending === 0 ? long : !long;
  const value = held ? (close[close.length - 1] ?? 0) * 1000 : 0;
  return { fills, equity: BENCH_CASH + (BigInt(cash + value) * SCALE) / 1000n };
}
