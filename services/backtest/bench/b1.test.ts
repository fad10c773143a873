// Golden benchmark B1 through the real strategy, enrichment, gates, orders, simulated exchange and ledger, to the last digit.
import { expect, test } from 'vitest';
import { formatDecimal, type Money, SCALE } from '../../../schemas/money.ts';
import { benchBars } from '../../market/bench-bars.ts';
import { B1_GOLDEN, b1Differences, b1Result } from './b1.ts';
import { bareLoop } from './bare-loop.ts';
import { BENCH_CASH } from './bench-deployment.ts';
import { runBench } from './run-bench.ts';

/** Generous: what a slow machine needs is no fault. */
const PATIENCE_MS = 300_000;

test(
  '100,000 bars: fills, trades, edge, fees, equity and drawdown',
  () => {
    let peak: Money = BENCH_CASH;
    let drawdown = { amount: 0n, bar: -1 };
    const run = runBench(benchBars(100_000), {
      after_bar(bar, equity) {
        if (equity > peak) peak = equity;
        if (peak - equity > drawdown.amount) drawdown = { amount: peak - equity, bar };
      },
    });
    expect(b1Result(run)).toEqual(B1_GOLDEN[100_000]);
    expect(run.counter.figures().fills.slice(0, 6)).toEqual(
      [
        [149, 'BUY', 1_000_022n],
        [190, 'SELL', 999_980n],
        [208, 'BUY', 1_000_063n],
        [241, 'SELL', 1_000_044n],
        [261, 'BUY', 1_000_083n],
        [273, 'SELL', 1_000_049n],
      ].map(([bar, side, price]) => ({ bar, side, price: BigInt(price ?? 0) * SCALE })),
    );
    expect({ amount: formatDecimal(drawdown.amount), bar: drawdown.bar }).toEqual({ amount: '2585940.265', bar: 99_992 });
  },
  PATIENCE_MS,
);

test(
  '500,000 bars: every decision is executed, every leg but edge and fees is 0',
  () => {
    expect(b1Result(runBench(benchBars(500_000)))).toEqual(B1_GOLDEN[500_000]);
  },
  PATIENCE_MS,
);

test('a bare loop of the same rule over the same bars has the same fills and equity', () => {
  for (const bars of [100_000, 500_000]) {
    const { fills, equity } = bareLoop(benchBars(bars));
    expect({ fills, equity: formatDecimal(equity) }).toEqual({
      fills: B1_GOLDEN[bars]?.fills,
      equity: B1_GOLDEN[bars]?.equity,
    });
  }
});

test('a figure that differs is named, with what was expected', () => {
  const expected = B1_GOLDEN[100_000];
  if (expected === undefined) throw new Error('no golden figures of 100,000 bars');
  expect(b1Differences({ ...expected, fills: 2634 }, 100_000)).toEqual(['fills: 2634: expected 2635']);
  expect(b1Differences(expected, 100_000)).toEqual([]);
  expect(b1Differences(expected, 7)).toEqual(['bars: 7: expected one of 100000, 500000']);
});
