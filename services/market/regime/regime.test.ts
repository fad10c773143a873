// The rules of the regime on their vectors, the hysteresis, and the detector over candles.
import { describe, expect, test } from 'vitest';
import { fromNumber } from '../../../schemas/money.ts';
import { blankCandle, type Candle, type Regime } from '../../../schemas/records.generated.ts';
import { DAY, HOUR } from '../../../schemas/time.ts';
import { newRing, pushRing } from '../../indicators/ring.ts';
import { newRegimeState, pinnedRegime, slopeShare, updateRegime } from './detector.ts';
import { hold, newHeld } from './hysteresis.ts';
import { fastTrend, judge, slowTrend, type Trend, volatilityLabel } from './rules.ts';

describe('labels before hysteresis', () => {
  test.each<[number, number, number, number, Trend, number]>([
    [12, 40, 0, 0, 'bull', 0.54],
    [12, 70, 0, 0, 'chop', 0.6],
    [10, 59.9, 0, 0, 'bull', 0.5],
    [-5, 50, 0, 0, 'bear', 0.5],
    [-8, 50, 0, 0, 'bear', 0.65],
    [-10, 50, 0, 0, 'bear', 0.75],
    [-10.01, 50, 0, 0, 'crash', 0.7],
    [3, 101, 0, 0, 'crash', 0.7],
    [-16, 121, 0, 0, 'crash', 0.9],
    [60, 30, 0, 0, 'bull', 0.9],
    [3, 40, 0.2, 5, 'bull', 0.7],
    [3, 40, 0.2, 15, 'bear', 0.6],
    [12, 40, -0.2, 0, 'bear', 0.56],
    [-6, 40, 0.2, 5, 'bear', 0.44],
    [12, 40, 0.2, 0, 'bull', 0.7],
    [3, 40, 0.1499, 0, 'chop', 0.8],
    [3, 100, 0, 0, 'chop', 0.8],
    [3, 40, 0.2, 14.99, 'bull', 0.7],
    [3, 40, 0.9, 0, 'bull', 0.95],
    [-16, 121, 0.2, 0, 'crash', 0.72],
  ])('t %d, v %d, s %d, d %d: %s %d', (t, v, s, d, trend, confidence) => {
    const seen = judge(fastTrend(t, v), slowTrend(s, d), null);
    expect(seen.trend).toBe(trend);
    expect(seen.confidence).toBeCloseTo(confidence, 12);
  });

  test.each<[number, number, number]>([
    [12, 34, 0.54 * 0.8],
    [12, 35, 0.54],
    [-8, 66, 0.65 * 0.8],
    [-8, 65, 0.65],
    [3, 90, 0.8],
  ])('t %d with fear-greed %d: confidence %d', (t, fearGreed, confidence) => {
    expect(judge(fastTrend(t, 40), slowTrend(0, 0), fearGreed).confidence).toBeCloseTo(confidence, 12);
  });

  test.each([
    [3.5, 'high'],
    [3.49, 'normal'],
    [1.51, 'normal'],
    [1.5, 'low'],
  ])('a daily ATR of %d %% is %s', (a, label) => {
    expect(volatilityLabel(a)).toBe(label);
  });

  test('closes 100 to 129: slope in % of the mean', () => {
    const ring = newRing(30);
    for (let i = 0; i < 30; i += 1) pushRing(ring, 100 + i);
    expect(slopeShare(ring)).toBeCloseTo(0.873362, 6);
  });
});

describe('hysteresis', () => {
  const order: readonly Trend[] = ['crash', 'bear', 'chop', 'bull'];
  test.each<[string, Trend[], Trend[]]>([
    ['from unknown at once', ['bull'], ['bull']],
    ['to the cautious side at once', ['bull', 'bear', 'crash'], ['bull', 'bear', 'crash']],
    ['back on the third', ['crash', 'bull', 'bull', 'bull'], ['crash', 'crash', 'crash', 'bull']],
    [
      'an interruption starts anew',
      ['bear', 'bull', 'bull', 'bear', 'bull', 'bull', 'bull'],
      ['bear', 'bear', 'bear', 'bear', 'bear', 'bear', 'bull'],
    ],
    [
      'back only as far as all three agree',
      ['crash', 'bull', 'chop', 'bull', 'bull'],
      ['crash', 'crash', 'crash', 'chop', 'chop'],
    ],
  ])('%s', (_name, seen, expected) => {
    const held = newHeld<Trend>();
    expect(seen.map((label) => hold(held, label, order, 3))).toEqual(expected);
  });
});

const START = 1_767_225_600_000_000;

function candle(interval: '1h' | '1d', open_time: number, close: number, reach = 0): Candle {
  const length = interval === '1h' ? HOUR : DAY;
  const price = (x: number): bigint => fromNumber(Number(x.toFixed(8))) ?? 0n;
  return {
    ...blankCandle(),
    interval,
    open_time,
    close_time: open_time + length,
    open: price(close),
    high: price(close + reach),
    low: price(close - reach),
    close: price(close),
  };
}

/** Hours of the closes, and days from every 24 of them, the day before the hour that closes with it. */
function detect(closes: readonly number[], reach = 0.5, skip = -1): Regime[] {
  const state = newRegimeState();
  return closes.flatMap((close, i) => {
    if (i === skip) return [];
    if (i % 24 === 23) updateRegime(state, candle('1d', START + (i - 23) * HOUR, close, reach));
    return [updateRegime(state, candle('1h', START + i * HOUR, close, reach))];
  });
}

describe('the detector', () => {
  const flat = (n: number): number[] => Array.from({ length: n }, () => 100);

  test('unknown before 30 days, then at once', () => {
    const regimes = detect(flat(31 * 24));
    expect(regimes[30 * 24 - 2]?.tag).toBe('unknown');
    expect(regimes[30 * 24 - 1]).toMatchObject({ tag: 'chop_low', confidence: 0.8, t: 0, v: 0, s: 0, a: 1 });
    expect(regimes[30 * 24 - 1]?.d).toBeCloseTo(100 * (1 - 100 / 100.5), 9);
    expect(regimes[30 * 24 - 1]?.as_of).toBe(START + 30 * DAY);
  });

  test('a warm fast horizon says crash before the slow one is warm', () => {
    const regimes = detect([...flat(168), 89]);
    expect(regimes[167]?.tag).toBe('unknown');
    expect(regimes[168]).toMatchObject({ tag: 'crash', trend: 'crash', volatility: 'unknown' });
  });

  test('a missing hour makes the fast horizon unknown for a week', () => {
    const regimes = detect(flat(45 * 24), 0.5, 31 * 24 + 5);
    const known = regimes.map(({ tag }) => tag !== 'unknown');
    const again = 31 * 24 + 5 + 169;
    expect(known.slice(30 * 24 - 1, 31 * 24 + 5).every((is) => is)).toBe(true);
    expect(known.slice(31 * 24 + 5, again - 1).some((is) => is)).toBe(false);
    expect(known[again - 1]).toBe(true);
  });

  test('a crash is left on the third calm hour', () => {
    // The volatility of the fall keeps the label until the fall leaves the window of a week.
    const regimes = detect([...flat(31 * 24), ...Array.from({ length: 10 * 24 }, () => 80)]);
    const tags = regimes.map(({ trend }) => trend);
    const fall = 31 * 24;
    expect(tags[fall - 1]).toBe('chop');
    expect(tags[fall]).toBe('crash');
    const out = tags.findIndex((trend, i) => i > fall && trend !== 'crash');
    expect(regimes.slice(out - 3, out + 1).map(({ pending_count }) => pending_count)).toEqual([0, 1, 2, 0]);
  });

  test('fear and greed is published, and a contradiction lowers the confidence', () => {
    const regimeAt = (fear_greed: number | null): Regime => {
      const state = newRegimeState();
      state.fear_greed = fear_greed;
      // A slow rise of 0.3 % a day: bull by the slow horizon alone.
      for (let i = 0; i < 40 * 24; i += 1) {
        const close = 100 * (1 + (0.003 * i) / 24);
        if (i % 24 === 23) updateRegime(state, candle('1d', START + (i - 23) * HOUR, close, 0.1));
        updateRegime(state, candle('1h', START + i * HOUR, close));
      }
      return state.regime;
    };
    const calm = regimeAt(null);
    expect(calm).toMatchObject({ trend: 'bull', fear_greed: null });
    expect(regimeAt(34)).toMatchObject({ trend: 'bull', fear_greed: 34, confidence: calm.confidence * 0.8 });
  });

  test('the same bar again changes nothing', () => {
    const state = newRegimeState();
    for (let i = 0; i < 200; i += 1) updateRegime(state, candle('1h', START + i * HOUR, 100 + i));
    const before = structuredClone(state);
    updateRegime(state, candle('1h', START + 199 * HOUR, 5));
    expect(state).toEqual(before);
  });

  test('removing later bars changes no earlier regime', () => {
    const closes = Array.from({ length: 40 * 24 }, (_, i) => 100 + 20 * Math.sin(i / 90));
    const whole = detect(closes);
    for (const cut of [100, 500, 731, 900]) expect(detect(closes.slice(0, cut))).toEqual(whole.slice(0, cut));
  });
});

test.each([
  ['chop_high', 'chop', 'high'],
  ['bull_low', 'bull', 'low'],
  ['crash', 'crash', 'unknown'],
  ['unknown', 'unknown', 'unknown'],
])('a pinned regime %s', (tag, trend, volatility) => {
  expect(pinnedRegime(tag, 7)).toMatchObject({ tag, trend, volatility, as_of: 7 });
});

test.each(['chop', 'crash_high', 'sideways_low', '', 'chop_low_x'])('a regime "%s" cannot be pinned', (tag) => {
  expect(() => pinnedRegime(tag, 0)).toThrow(`regime "${tag}": expected`);
});
