// Tests of what is remembered of a market: mids, closes, gaps, changes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, mulDiv, nearest } from '../../schemas/money.ts';
import { blankCandle, blankQuote, type Candle } from '../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import { changeOver } from './changes.ts';
import { type MarketState, newMarketState, takeCandle, takeQuote } from './market-state.ts';
import { hasJumped, type Mids, medianMid, midAt, midOf, newMids, pushMid, recentMids } from './mids.ts';
import { planOf } from './plan.ts';
import { PROFILES, resolveProfile } from './profiles.ts';
import { LENGTH_US, trackOf } from './track.ts';

const plan = planOf([resolveProfile('trend_follow_v1', PROFILES)]);
/** A UTC midnight. */
const T = 1_767_312_000_000_000;

function mids(...points: readonly (readonly [seconds: number, price: string])[]): Mids {
  const made = newMids();
  for (const [seconds, price] of points) pushMid(made, T + seconds * SECOND, decimal(price), decimal(price));
  return made;
}

describe('mid at a time', () => {
  const given = mids([0, '1'], [10, '2'], [10, '3'], [20, '4']);
  const rows: readonly (readonly [number, string | null])[] = [
    [-1, null],
    [0, '1'],
    [9.999999, '1'],
    [10, '3'],
    [20, '4'],
    [1_000, '4'],
  ];
  for (const [seconds, price] of rows) {
    test(`${seconds} s`, () =>
      expect(midAt(given, T + Math.round(seconds * SECOND))).toBe(price === null ? null : decimal(price)));
  }
});

test('old quotes are thinned to one a second, recent ones are not', () => {
  const given = newMids();
  for (let i = 0; i < 4 * 3 * 3_600; i += 1) pushMid(given, T + i * (SECOND / 4), decimal(String(i + 1)), decimal(String(i + 1)));
  const now = T + 3 * HOUR;
  expect(given.at.length).toBeLessThan(20_000);
  expect(midAt(given, now - 200 * SECOND)).toBe(decimal(String(4 * (3 * 3_600 - 200) + 1)));
  // The last of its second, and still there after more than an hour.
  expect(midAt(given, now - 3_600 * SECOND - 1)).toBe(decimal(String(4 * 2 * 3_600)));
  expect(midAt(given, T)).toBeNull();
});

describe('median of five minutes', () => {
  test('odd', () => expect(medianMid(recentMids(mids([0, '1'], [1, '5'], [2, '3']), T + 2 * SECOND))).toBe(decimal('3')));
  test('even', () => expect(medianMid(recentMids(mids([0, '1'], [1, '4']), T + SECOND))).toBe(decimal('2.5')));
  test('300 s old counts, more does not', () => {
    const given = mids([0, '1'], [100, '3']);
    expect(medianMid(recentMids(given, T + 300 * SECOND))).toBe(decimal('2'));
    expect(medianMid(recentMids(given, T + 300 * SECOND + 1))).toBe(decimal('3'));
  });
  test('of few and of many', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 }), (prices) => {
        const sorted = prices.toSorted((a, b) => a - b);
        const [lower = 0, upper = 0] = [sorted[(prices.length - 1) >> 1], sorted[prices.length >> 1]];
        const given = mids(...prices.map((price, i) => [i, String(price)] as const));
        expect(medianMid(recentMids(given, T + 100 * SECOND))).toBe(decimal(String((lower + upper) / 2)));
      }),
    );
  });
  test('none', () => expect(medianMid(recentMids(newMids(), T))).toBeNull());
});

test('the mid is half of both, a tie going to the even one', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (bid, ask) => {
      expect(midOf(bid, ask)).toBe(mulDiv(bid + ask, 1n, 2n));
    }),
  );
});

describe('jump', () => {
  const jumps = (given: Mids, now: Micros): boolean => hasJumped(given, recentMids(given, now));
  const rows: readonly (readonly [string, readonly (readonly [number, string])[], boolean])[] = [
    [
      '15 % up',
      [
        [0, '100'],
        [1, '115'],
      ],
      false,
    ],
    [
      'more than 15 % up',
      [
        [0, '100'],
        [1, '115.000000000001'],
      ],
      true,
    ],
    [
      '15 % down',
      [
        [0, '100'],
        [1, '85'],
      ],
      false,
    ],
    [
      'more than 15 % down',
      [
        [0, '100'],
        [1, '84.999999999999'],
      ],
      true,
    ],
    [
      'back again',
      [
        [0, '100'],
        [1, '120'],
        [2, '100'],
      ],
      true,
    ],
    [
      'in steps',
      [
        [0, '100'],
        [100, '110'],
        [200, '120'],
      ],
      true,
    ],
    [
      'further apart than 300 s',
      [
        [0, '100'],
        [301, '120'],
      ],
      false,
    ],
    ['one quote', [[0, '100']], false],
  ];
  for (const [name, points, jumped] of rows) {
    test(name, () => expect(jumps(mids(...points), T + (points.at(-1)?.[0] ?? 0) * SECOND)).toBe(jumped));
  }
});

test('a jump is one between any two quotes, from the earlier one', () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 95, max: 120 })), { minLength: 1 });
  fc.assert(
    fc.property(points, (given) => {
      const quotes = given.toSorted(([a], [b]) => a - b);
      const end = quotes.at(-1)?.[0] ?? 0;
      const within = quotes.filter(([at]) => at >= end - 300).map(([, price]) => price);
      const jumped = within.some((price, i) =>
        within.slice(0, i).some((earlier) => 100 * Math.abs(price - earlier) > 15 * earlier),
      );
      const held = mids(...quotes.map(([at, price]) => [at, String(price)] as const));
      expect(hasJumped(held, recentMids(held, T + end * SECOND))).toBe(jumped);
    }),
  );
});

function bar(interval: Candle['interval'], close_time: Micros, close: string, change: Partial<Candle> = {}): Candle {
  const prices = { open: decimal(close), high: decimal(close), low: decimal(close), close: decimal(close), volume: decimal('1') };
  return {
    ...blankCandle(),
    interval,
    open_time: close_time - LENGTH_US[interval],
    close_time,
    event_time: close_time,
    ...prices,
    ...change,
  };
}
function market(...bars: readonly Candle[]): MarketState {
  const made = newMarketState();
  for (const [i, candle] of bars.entries()) takeCandle(made, candle, i, plan);
  return made;
}
const change = (given: MarketState, span: Micros, now: Micros): number | null => changeOver(given.tracks, span, now, 2);

describe('changes', () => {
  test('from the minute bar that closed the span before', () => {
    const given = market(...Array.from({ length: 70 }, (_, i) => bar('1m', T + i * MINUTE, String(100 + i))));
    const now = T + 69 * MINUTE;
    expect(change(given, 5 * MINUTE, now)).toBeCloseTo((169 / 164 - 1) * 1e4, 9);
    expect(change(given, HOUR, now)).toBeCloseTo((169 / 109 - 1) * 1e4, 9);
    expect(change(given, DAY, now)).toBeNull();
  });
  test('a missing bar is unknown, not bridged', () => {
    const given = market(bar('1m', T, '100'), bar('1m', T + 4 * MINUTE, '110'), bar('1m', T + 5 * MINUTE + MINUTE, '120'));
    expect(change(given, 5 * MINUTE, T + 6 * MINUTE)).toBeNull();
  });
  test('a day back comes from hour bars where minutes do not reach', () => {
    const given = market(bar('1h', T, '100'), bar('1m', T + DAY + 37 * MINUTE, '110'));
    expect(change(given, DAY, T + DAY + 37 * MINUTE)).toBeCloseTo(1_000, 9);
    expect(change(given, HOUR, T + DAY + 37 * MINUTE)).toBeNull();
  });
  test('bars longer than the span say nothing about it', () => {
    const given = market(bar('15m', T, '100'), bar('15m', T + 15 * MINUTE, '110'));
    expect(change(given, 5 * MINUTE, T + 15 * MINUTE)).toBeNull();
    expect(change(given, 30 * MINUTE, T + 15 * MINUTE)).toBeNull();
  });
  test('two intervals after the newest bar the change is unknown', () => {
    const given = market(bar('1h', T, '100'), bar('1h', T + HOUR, '110'));
    expect(change(given, HOUR, T + 3 * HOUR)).toBeCloseTo(1_000, 9);
    expect(change(given, HOUR, T + 3 * HOUR + 1)).toBeNull();
  });
  test('a full day of minutes is kept', () => {
    const given = market(...Array.from({ length: 3_000 }, (_, i) => bar('1m', T + i * MINUTE, String(1 + i))));
    expect(change(given, DAY, T + 2_999 * MINUTE)).toBeCloseTo((3_000 / 1_560 - 1) * 1e4, 6);
  });
});

describe('bars', () => {
  const hours = (from: number, to: number, edit: Partial<Candle> = {}): Candle[] =>
    Array.from({ length: to - from }, (_, i) => bar('1h', T + (from + i) * HOUR, '100', edit));
  const counted = (...bars: readonly Candle[]): number | undefined => trackOf(market(...bars).tracks, '1h')?.series?.bars;

  test('in a row', () => expect(counted(...hours(0, 10))).toBe(10));
  test('a repetition changes nothing', () => expect(counted(...hours(0, 10), ...hours(5, 10))).toBe(10));
  test('a correction changes nothing', () => {
    const given = market(
      ...hours(0, 3),
      bar('1h', T + 2 * HOUR, '200', { revision: 1 }),
      bar('1h', T + 3 * HOUR, '300', { revision: 1 }),
    );
    expect(trackOf(given.tracks, '1h')).toMatchObject({ close: nearest(decimal('100')), close_time: T + 2 * HOUR });
  });
  test('a gap starts the warm-up anew', () => expect(counted(...hours(0, 10), ...hours(11, 13))).toBe(2));
  test('five fillers are bars', () =>
    expect(counted(...hours(0, 10), ...hours(10, 15, { filler: true }), ...hours(15, 16))).toBe(16));
  test('six start the warm-up anew', () => {
    expect(counted(...hours(0, 10), ...hours(10, 16, { filler: true }), ...hours(16, 18))).toBe(3);
  });
  test('an interval that no profile asks for keeps closes only', () => {
    expect(trackOf(market(bar('1d', T, '1')).tracks, '1d')?.series).toBeNull();
  });
});

test('an older quote does not replace a newer one', () => {
  const given = newMarketState();
  const quote = (at: number, price: string) => ({ ...blankQuote(), event_time: at, bid: decimal(price), ask: decimal(price) });
  takeQuote(given, quote(T + 2, '2'), 1);
  takeQuote(given, quote(T + 1, '1'), 2);
  expect(given.quote).toMatchObject({ offset: 1 });
  expect(given.mids.at).toEqual([T + 2]);
});

test('a price of nothing is no quote', () => {
  const given = newMarketState();
  takeQuote(given, { ...blankQuote(), event_time: T, bid: 0n, ask: decimal('1') }, 1);
  takeQuote(given, { ...blankQuote(), event_time: T, bid: decimal('-1'), ask: decimal('1') }, 2);
  expect([given.quote, given.mids.at]).toEqual([null, []]);
});

test('one bar at a time equals a state restored in between', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 80 }), fc.nat(), (closes, cut) => {
      const bars = closes.map((close, i) => bar('1h', T + i * HOUR, String(close)));
      const at = cut % bars.length;
      const restored = structuredClone(market(...bars.slice(0, at)));
      for (const [i, candle] of bars.slice(at).entries()) takeCandle(restored, candle, at + i, plan);
      expect(restored).toEqual(market(...bars));
    }),
    { numRuns: 50 },
  );
});
