// The crossing of the golden benchmark on its bars: the trades have to be exactly the published ones.
import { expect, test } from 'vitest';
import { sha256Hex } from '../../../schemas/hash.ts';
import { SCALE } from '../../../schemas/money.ts';
import type { StrategyBar } from '../strategy.ts';
import { BENCH_CROSS } from './bench-cross.ts';

function benchPrices(n: number): { open: number; close: number }[] {
  let s = 42;
  let p = 1_000_000;
  return Array.from({ length: n }, () => {
    const open = p;
    for (let k = 0; k < 5; k += 1) {
      s = (Math.imul(1_664_525, s) + 1_013_904_223) >>> 0;
      if (k < 4) p = Math.max(p + ((s >>> 24) % 21) - 10, 1000);
    }
    return { open, close: p };
  });
}

function barAt(price: number): StrategyBar {
  const close = BigInt(price) * SCALE;
  return { open: close, high: close, low: close, close, volume: SCALE };
}

/** Entry bar, entry price, exit bar, exit price: filled at the open after the signal. */
function trades(n: number, fast: number, slow: number): number[][] {
  const bars = benchPrices(n);
  const state = BENCH_CROSS.init({ fast, slow });
  const done: number[][] = [];
  let entry: number[] | null = null;
  bars.forEach(({ close }, i) => {
    const readings = BENCH_CROSS.step(state, barAt(close));
    const next = bars[i + 1]?.open;
    if (readings === null || next === undefined) return;
    if (readings[0]?.holds) entry = [i + 1, next];
    if (readings[1]?.holds && entry !== null) {
      done.push([...entry, i + 1, next]);
      entry = null;
    }
  });
  return done;
}

test.each<[number, number, string]>([
  [100_000, 1_317, '8688244ada48eaf4a3f7867c663c1698a60fb4a8467f82cb2a2e779886f25af5'],
  [500_000, 6_599, 'f8d7070ef1c1fe85a9dac8995dccc0f5838510be723b1b1b5d915cacf1f2787b'],
])('%d bars give %d closed trades with the published hash', (n, count, hash) => {
  const done = trades(n, 10, 50);
  expect(done.slice(0, 3)).toEqual([
    [149, 1_000_022, 190, 999_980],
    [208, 1_000_063, 241, 1_000_044],
    [261, 1_000_083, 273, 1_000_049],
  ]);
  expect(done).toHaveLength(count);
  expect(sha256Hex(done.map((trade) => `${trade.join(',')}\n`).join(''))).toBe(hash);
});

test('other averages trade as often as published', () => {
  // 1,406 and 6,389 fills, each closed trade being two.
  expect(trades(100_000, 14, 110)).toHaveLength(703);
  expect(trades(100_000, 5, 20)).toHaveLength(3_194);
});

test('an average that is not full yet is unknown', () => {
  const state = BENCH_CROSS.init({ fast: 2, slow: 4 });
  expect([1, 2, 3].map((close) => BENCH_CROSS.step(state, barAt(close)))).toEqual([null, null, null]);
  expect(BENCH_CROSS.step(state, barAt(4))).not.toBeNull();
});
