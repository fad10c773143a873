// Known values of every indicator on the golden series, and what must hold on any series.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newAdx, updateAdx } from './adx.ts';
import { newAtr, updateAtr } from './atr.ts';
import { newAtrRatio, updateAtrRatio } from './atr-ratio.ts';
import type { Bar } from './bar.ts';
import { newBollinger, updateBollinger } from './bollinger.ts';
import { newEma, updateEma } from './ema.ts';
import { newEmaSlope, updateEmaSlope } from './ema-slope.ts';
import { GOLDEN_BARS } from './golden-series.ts';
import { imbalance } from './imbalance.ts';
import { levelsOf, newLevels, updateLevels } from './levels.ts';
import { newMacd, updateMacd } from './macd.ts';
import { newMfi, updateMfi } from './mfi.ts';
import { newObv, updateObv } from './obv.ts';
import { newRoc, updateRoc } from './roc.ts';
import { newRsi, updateRsi } from './rsi.ts';
import { newSma, updateSma } from './sma.ts';
import { newStochastic, updateStochastic } from './stochastic.ts';
import { newVolatility, updateVolatility } from './volatility.ts';
import { newVolumeRatio, updateVolumeRatio } from './volume-ratio.ts';
import { newVwap, updateVwap } from './vwap.ts';
import { newWilliams, updateWilliams } from './williams.ts';

type Reading = number | null | undefined;
interface Indicator {
  state: unknown;
  update(bar: Bar): Reading;
}

/** Binds a state to its update; the state can be swapped for its structured clone. */
function bind<S>(state: S, update: (state: S, bar: Bar) => Reading): Indicator {
  return {
    state,
    update(bar) {
      return update(this.state as S, bar);
    },
  };
}

const INDICATORS: Record<string, () => Indicator> = {
  sma_20: () => bind(newSma(20), (s, b) => updateSma(s, b.close)),
  sma_50: () => bind(newSma(50), (s, b) => updateSma(s, b.close)),
  ema_9: () => bind(newEma(9), (s, b) => updateEma(s, b.close)),
  ema_21: () => bind(newEma(21), (s, b) => updateEma(s, b.close)),
  ema_20: () => bind(newEma(20), (s, b) => updateEma(s, b.close)),
  ema_50: () => bind(newEma(50), (s, b) => updateEma(s, b.close)),
  macd_line: () => bind(newMacd(), (s, b) => updateMacd(s, b.close)?.line),
  macd_signal: () => bind(newMacd(), (s, b) => updateMacd(s, b.close)?.signal),
  macd_histogram: () => bind(newMacd(), (s, b) => updateMacd(s, b.close)?.histogram),
  rsi_14: () => bind(newRsi(), (s, b) => updateRsi(s, b.close)),
  atr_14: () => bind(newAtr(), updateAtr),
  adx: () => bind(newAdx(), (s, b) => updateAdx(s, b)?.adx),
  plus_di: () => bind(newAdx(), (s, b) => updateAdx(s, b)?.plus_di),
  minus_di: () => bind(newAdx(), (s, b) => updateAdx(s, b)?.minus_di),
  bollinger_low: () => bind(newBollinger(), (s, b) => updateBollinger(s, b.close)?.low),
  bollinger_high: () => bind(newBollinger(), (s, b) => updateBollinger(s, b.close)?.high),
  vwap_24: () => bind(newVwap(), updateVwap),
  obv: () => bind(newObv(), updateObv),
  slow_k: () => bind(newStochastic(), (s, b) => updateStochastic(s, b)?.slow_k),
  slow_d: () => bind(newStochastic(), (s, b) => updateStochastic(s, b)?.slow_d),
  williams: () => bind(newWilliams(), updateWilliams),
  mfi: () => bind(newMfi(), updateMfi),
  roc_10: () => bind(newRoc(), (s, b) => updateRoc(s, b.close)),
  volume_ratio_20: () => bind(newVolumeRatio(), (s, b) => updateVolumeRatio(s, b.volume)),
  volatility: () => bind(newVolatility(), (s, b) => updateVolatility(s, b.close)),
  atr_ratio: () => bind(newAtrRatio(), updateAtrRatio),
  ema_slope: () => bind(newEmaSlope(), (s, b) => updateEmaSlope(s, b.close)),
};

function run(name: string, bars: readonly Bar[]): (number | null)[] {
  const indicator = INDICATORS[name]?.();
  if (indicator === undefined) throw new Error(`no indicator ${name}`);
  return bars.map((bar) => indicator.update(bar) ?? null);
}

function expectNear(actual: number | null | undefined, expected: number): void {
  expect(Math.abs((actual ?? Number.NaN) / expected - 1)).toBeLessThan(1e-9);
}

describe('golden series: index of the first value, first value, value at bar 99', () => {
  test.each<[string, number, number | null, number | null]>([
    ['sma_20', 19, 106.2095201168, 114.196822777],
    ['sma_50', 49, 106.787339311, 113.5113097257],
    ['ema_9', 8, 107.0540218236, 121.3178052363],
    ['ema_21', 20, 105.7439227325, 117.4691607713],
    ['ema_20', 19, 106.2095201168, 117.6409017002],
    ['ema_50', 49, 106.787339311, 114.3225955071],
    ['macd_line', 33, -0.7951504713, 3.0443102866],
    ['macd_signal', 33, -3.3553722148, 1.1518965413],
    ['macd_histogram', 33, 2.5602217435, 1.8924137453],
    ['rsi_14', 14, 68.0437426899, 79.0454599747],
    ['atr_14', 14, 2.9835601475, 3.1389072702],
    ['adx', 27, 20.8416223025, 34.9631537914],
    ['plus_di', 14, 27.6158205562, 37.7497231157],
    ['minus_di', 14, 13.2636266986, 10.0070260464],
    ['bollinger_low', 19, 97.3561853725, 100.8279436416],
    ['bollinger_high', 19, 115.0628548611, 127.5657019125],
    ['vwap_24', 23, 104.6245812141, 114.7684599827],
    ['obv', 0, 1000, 15500],
    ['slow_k', 15, 39.7488014053, 93.1078096152],
    ['slow_d', 17, 24.4326441611, 92.4117800709],
    ['williams', 13, -37.2286392338, -6.3950236728],
    ['mfi', 14, 55.7381629048, 93.9017647433],
    ['roc_10', 10, 11.0929742683, 17.2355059438],
    ['volume_ratio_20', 20, 1.2451361868, 0.8396946565],
    ['volatility', 24, null, 122.5097926705],
    ['atr_ratio', 41, null, null],
    ['ema_slope', 23, null, null],
  ])('%s', (name, first, firstValue, lastValue) => {
    const values = run(name, GOLDEN_BARS);
    expect(values.findIndex((value) => value !== null)).toBe(first);
    expect(values.slice(first).every((value) => value !== null)).toBe(true);
    if (firstValue !== null) expectNear(values[first], firstValue);
    if (lastValue !== null) expectNear(values[99], lastValue);
  });

  test('every indicator has a row in the table above or values of its own', () => {
    expect(run('atr_ratio', GOLDEN_BARS)[99]).toBeGreaterThan(0);
    const ema = run('ema_21', GOLDEN_BARS);
    expect(run('ema_slope', GOLDEN_BARS)[99]).toBe(((ema[99] ?? 0) / (ema[96] ?? 0) - 1) / 3);
  });

  test('support and resistance at bar 99', () => {
    const state = newLevels();
    GOLDEN_BARS.forEach((bar, i) => {
      updateLevels(state, bar);
      expect(levelsOf(state) === null).toBe(i < 4);
    });
    const levels = levelsOf(state);
    expect(levels?.resistances).toEqual([]);
    expect(levels?.supports.map((level) => level.strength)).toEqual([1, 1, 1, 1, 1]);
    const expected = [125.6802665272, 119.3935824662, 113.0957360304, 105.9809993396, 99.7406376993];
    levels?.supports.forEach((level, i) => {
      expectNear(level.price, expected[i] ?? Number.NaN);
    });
  });
});

test.each<[number, number, number | null]>([
  [120, 80, 0.2],
  [80, 120, -0.2],
  [0, 0, null],
  [5, 0, 1],
])('imbalance of bids %d and offers %d is %d', (bids, offers, expected) => {
  expect(imbalance(bids, offers)).toBe(expected);
});

test('close pivots form one level, and the more touched one is the stronger', () => {
  const state = newLevels();
  const path = [100, 101, 110, 101, 100, 101, 111, 101, 100, 101, 140, 101, 100, 101, 102];
  for (const x of path) updateLevels(state, { open: x, high: x, low: x, close: x, volume: 1 });
  const levels = levelsOf(state);
  expect(levels?.resistances).toEqual([
    { price: 110.5, strength: 2 / 3 },
    { price: 140, strength: 1 / 3 },
  ]);
  expect(levels?.supports).toEqual([{ price: 100, strength: 1 }]);
});

describe('a flat series', () => {
  const flat = Array.from({ length: 100 }, (): Bar => ({ open: 7, high: 7, low: 7, close: 7, volume: 3 }));
  test.each<[string, number]>([
    ['rsi_14', 50],
    ['atr_14', 0],
    ['macd_line', 0],
    ['macd_histogram', 0],
    ['adx', 0],
    ['slow_k', 50],
    ['slow_d', 50],
    ['williams', -50],
    ['mfi', 50],
    ['volatility', 0],
    ['roc_10', 0],
  ])('%s is %d', (name, expected) => {
    expect(run(name, flat)[99]).toBe(expected);
  });
  test('ratios to nothing are unknown, never zero', () => {
    expect(run('atr_ratio', flat)[99]).toBeNull();
    const silent = flat.map((bar) => ({ ...bar, volume: 0 }));
    expect(run('volume_ratio_20', silent)[99]).toBeNull();
    expect(run('vwap_24', silent)[99]).toBeNull();
  });
});

test.each(['rsi_14', 'adx', 'mfi', 'williams', 'slow_k', 'slow_d'])('%s does not depend on the unit of the price', (name) => {
  const small = GOLDEN_BARS.map((bar) => ({
    ...bar,
    open: bar.open * 1e-7,
    high: bar.high * 1e-7,
    low: bar.low * 1e-7,
    close: bar.close * 1e-7,
  }));
  const values = run(name, small);
  run(name, GOLDEN_BARS).forEach((expected, i) => {
    if (expected === null) expect(values[i]).toBeNull();
    else expect(Math.abs((values[i] ?? Number.NaN) - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
  });
});

const anyBar = fc
  .record({ a: fc.double({ min: 1, max: 1e5, noNaN: true }), b: fc.double({ min: 1, max: 1e5, noNaN: true }), v: fc.nat(1000) })
  .map(({ a, b, v }): Bar => ({ open: a, high: Math.max(a, b) * 1.01, low: Math.min(a, b) * 0.99, close: b, volume: v }));
const anySeries = fc.array(anyBar, { minLength: 30, maxLength: 120 });

describe.each(Object.keys(INDICATORS))('%s on any series', (name) => {
  test('removing later bars changes no earlier value', () => {
    fc.assert(
      fc.property(anySeries, fc.nat(), (bars, cut) => {
        const whole = run(name, bars);
        const keep = cut % bars.length;
        expect(run(name, bars.slice(0, keep))).toEqual(whole.slice(0, keep));
      }),
      { numRuns: 20 },
    );
  });

  test('a snapshot taken anywhere goes on bit for bit', () => {
    fc.assert(
      fc.property(anySeries, fc.nat(), (bars, cut) => {
        const indicator = INDICATORS[name]?.();
        const restored = bars.map((bar, i) => {
          if (indicator === undefined) return null;
          if (i === cut % bars.length) indicator.state = structuredClone(indicator.state);
          return indicator.update(bar) ?? null;
        });
        expect(restored).toEqual(run(name, bars));
      }),
      { numRuns: 20 },
    );
  });
});

test.each<[string, number]>([
  ['sma_20', 20],
  ['bollinger_low', 20],
  ['vwap_24', 24],
  ['williams', 14],
  ['mfi', 15],
  ['roc_10', 11],
  ['volume_ratio_20', 21],
  ['slow_d', 18],
])('%s is the same bit for bit from its last %d bars alone', (name, reach) => {
  fc.assert(
    fc.property(anySeries, (bars) => {
      expect(run(name, bars.slice(-reach)).at(-1)).toBe(run(name, bars).at(-1));
    }),
    { numRuns: 50 },
  );
});

test('arithmetic that leaves the finite numbers gives null', () => {
  const huge = Array.from({ length: 25 }, (): Bar => ({ open: 1, high: 1e308, low: 1, close: 1e308, volume: 1e308 }));
  expect(run('sma_20', huge)[24]).toBeNull();
  expect(run('vwap_24', huge)[24]).toBeNull();
});

test.each<[string, () => unknown]>([
  ['ring: size 0', () => newSma(0)],
  ['ema: period 1.5', () => newEma(1.5)],
  ['rsi: period 0', () => newRsi(0)],
  ['atr: period 0', () => newAtr(0)],
  ['adx: period 1', () => newAdx(1)],
  ['macd: fast 26', () => newMacd(26, 26)],
])('a period that is no whole number of bars is refused: %s', (message, make) => {
  expect(make).toThrow(message);
});
