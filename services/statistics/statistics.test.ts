// The worked figures of one series of returns, and what is not defined.
import { describe, expect, test } from 'vitest';
import { normalCdf, normalQuantile } from './normal.ts';
import { dailyReturns, dailySharpe, deviation, drawdownOf, mean, moments, sharpe, sortino } from './returns.ts';
import { calmar, deflatedSharpe, expectedBestSharpe, minTrackRecord, probabilisticSharpe } from './significance.ts';
import { quantile, tradeFigures, wilson } from './trade-figures.ts';

const R = [0.012, -0.008, 0.005, 0, 0.021, -0.015, 0.007, 0.003, -0.002, 0.011, -0.006, 0.009, 0.004, -0.001];

test.each<[name: string, value: number | null, expected: number, digits: number]>([
  ['mean', mean(R), 0.002857142857, 12],
  ['sd', deviation(R), 0.009205827108, 12],
  ['daily Sharpe', dailySharpe(R), 0.310362428, 9],
  ['Sharpe', sharpe(R), 5.92946587, 8],
  ['Sortino', sortino(R), 11.243083492, 9],
  ['total', drawdownOf(R).total, 0.04018137, 9],
  ['max drawdown', drawdownOf(R).max, 0.015, 12],
  ['skewness', moments(R)?.skewness ?? null, -0.028014799, 9],
  ['kurtosis', moments(R)?.kurtosis ?? null, 2.814945669, 9],
  ['PSR(0)', probabilisticSharpe(R, 0), 0.862322369, 9],
  ['PSR(1/√365)', probabilisticSharpe(R, 1 / Math.sqrt(365)), 0.817756419, 9],
  ['MinTRL(0)', minTrackRecord(R, 0), 30.559522, 6],
  ['SR0, V .0025, N 45', expectedBestSharpe(0.0025, 45), 0.111782009, 9],
  ['DSR, V .0025, N 45', deflatedSharpe(R, 0.0025, 45), 0.75739235, 9],
  ['SR0, V .01, N 10', expectedBestSharpe(0.01, 10), 0.15745983, 9],
  ['DSR, V .01, N 10', deflatedSharpe(R, 0.01, 10), 0.704503597, 9],
  ['SR0, one trial', expectedBestSharpe(0.01, 1), 0, 12],
])('%s', (_, value, expected, digits) => {
  expect(value).toBeCloseTo(expected, digits);
});

describe('the normal distribution', () => {
  test.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1, 0.15865525393145707],
    [1.644853626951473, 0.95],
    [3, 0.9986501019683699],
    [-5, 2.866515718791939e-7],
  ])('Φ(%d) = %d, and back', (x, p) => {
    expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1e-12);
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-9);
  });

  test('ends', () => {
    expect([normalCdf(-40), normalCdf(40), normalQuantile(0), normalQuantile(1)]).toEqual([
      0,
      1,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

describe('daily returns', () => {
  test('a deposit is no profit', () => {
    const days = [
      { nav: 10_120, flow: 0 },
      { nav: 15_039.04, flow: 5_000 },
    ];
    const returns = dailyReturns(10_000, days);
    expect(returns).toHaveLength(2);
    expect(returns[0]).toBeCloseTo(0.012, 12);
    expect(returns[1]).toBeCloseTo(-0.008, 12);
  });

  test('an idle day is 0, a day without a mark is missing and its flow belongs to the next', () => {
    expect(
      dailyReturns(100, [
        { nav: 100, flow: 0 },
        { nav: null, flow: 50 },
        { nav: 150, flow: 0 },
      ]),
    ).toEqual([0, 0]);
  });

  test('without capital there is no return', () => {
    expect(dailyReturns(0, [{ nav: 100, flow: 0 }])).toBe('STAT_UNDEFINED');
  });
});

describe('not defined', () => {
  test.each<[name: string, value: number | null]>([
    ['mean of nothing', mean([])],
    ['deviation of one', deviation([0.1])],
    ['Sharpe of two', sharpe([0.1, 0.2])],
    ['Sharpe without deviation', sharpe([0.1, 0.1, 0.1])],
    ['Sortino without a loss', sortino([0.1, 0.2, 0.3])],
    ['PSR without deviation', probabilisticSharpe([0.1, 0.1, 0.1], 0)],
    ['MinTRL of a ratio below its benchmark', minTrackRecord(R, 1)],
    ['Calmar of 14 days', calmar(R)],
    ['Calmar without a drawdown', calmar(Array.from({ length: 90 }, () => 0.001))],
    ['quantile of nothing', quantile([], 0.5)],
    ['profit factor without a loss', tradeFigures([1, 2]).profit_factor],
    ['payoff without a win', tradeFigures([-1]).payoff],
    ['win rate of nothing', tradeFigures([]).win_rate],
  ])('%s', (_, value) => {
    expect(value).toBeNull();
  });
});

test('time under water and Calmar', () => {
  const r = [0.1, -0.1, 0, 0.05, ...Array.from({ length: 96 }, () => 0.002)];
  const { total, max, under_water_days } = drawdownOf(r);
  expect(max).toBeCloseTo(0.1, 12);
  // 0.99 and 1.0395 of 1.1: back above after 29 days of 0.2 %.
  expect(under_water_days).toBe(31);
  expect(calmar(r)).toBeCloseTo(((1 + total) ** 3.65 - 1) / 0.1, 9);
});

test('trades', () => {
  expect(tradeFigures([10, -5, -5, 0, -2, 4, 6])).toEqual({
    n: 7,
    wins: 3,
    win_rate: 3 / 7,
    profit_factor: 20 / 12,
    payoff: 20 / 3 / 4,
    expectancy: 8 / 7,
    longest_winning: 2,
    longest_losing: 3,
  });
});

test('Wilson(26/50)', () => {
  const [low = 0, high = 0] = wilson(26, 50) ?? [];
  expect(low).toBeCloseTo(0.385117449, 9);
  expect(high).toBeCloseTo(0.652028647, 9);
  expect(wilson(0, 0)).toBeNull();
});

test.each([
  [0.5, 55],
  [0.95, 95.5],
  [0.99, 99.1],
])('quantile %d of 10, 20 … 100 is %d', (p, value) => {
  expect(quantile([100, 90, 80, 70, 60, 50, 40, 30, 20, 10], p)).toBeCloseTo(value, 12);
});
