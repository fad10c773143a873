// Longer candles from minutes: the published vector, missing parts, gaps, alignment.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { blankCandle, type Candle } from '../../schemas/records.generated.ts';
import { HOUR, MINUTE } from '../../schemas/time.ts';
import { INTERVALS, lengthOf } from './interval.ts';
import { newResampler, pushCandle } from './resample.ts';

const START = 1_767_225_600_000_000;

function minute(i: number, [open, high, low, close, volume]: readonly string[], change: Partial<Candle> = {}): Candle {
  const open_time = START + i * MINUTE;
  const close_time = open_time + MINUTE;
  const at = (text: string | undefined): bigint => decimal(text ?? '0');
  return {
    ...blankCandle(),
    instrument: 'A-USDT',
    open_time,
    close_time,
    event_time: close_time,
    received_at: close_time,
    open: at(open),
    high: at(high),
    low: at(low),
    close: at(close),
    volume: at(volume),
    ...change,
  };
}

const VECTOR = [
  '100,101,99,100.5,10',
  '100.5,102,100,101,5',
  '101,101.5,100.5,100.75,7',
  '100.75,100.9,100.6,100.8,3',
  '100.8,101,98,99,12',
];
const minutes = VECTOR.map((line, i) => minute(i, line.split(',')));

describe('one minute to five', () => {
  test('open first, high max, low min, close last, volume sum, visible at minute 5', () => {
    const state = newResampler('1m', ['5m']);
    const emitted = minutes.map((candle) => pushCandle(state, candle));
    expect(emitted.slice(0, 4)).toEqual([[], [], [], []]);
    expect(emitted[4]).toEqual([
      minute(0, ['100', '102', '98', '99', '37'], {
        interval: '5m',
        close_time: START + 5 * MINUTE,
        event_time: START + 5 * MINUTE,
        received_at: START + 5 * MINUTE,
      }),
    ]);
  });

  test.each([0, 1, 2, 3])('without part %d nothing is emitted', (missing) => {
    const state = newResampler('1m', ['5m']);
    expect(minutes.toSpliced(missing, 1).flatMap((candle) => pushCandle(state, candle))).toEqual([]);
  });

  test('the first candle after a missing one says so', () => {
    const state = newResampler('1m', ['5m', '15m']);
    const row = VECTOR[0]?.split(',') ?? [];
    const emitted = Array.from({ length: 45 }, (_, i) => i)
      .filter((i) => i !== 7)
      .flatMap((i) => pushCandle(state, minute(i, row)));
    expect(emitted.map((candle) => [candle.interval, (candle.open_time - START) / MINUTE, candle.flags])).toEqual([
      ['5m', 0, []],
      ['5m', 10, ['CANDLE_GAP']],
      ['5m', 15, []],
      ['5m', 20, []],
      ['5m', 25, []],
      ['15m', 15, []],
      ['5m', 30, []],
      ['5m', 35, []],
      ['5m', 40, []],
      ['15m', 30, []],
    ]);
  });

  test('filler or history only where every part is', () => {
    const all = newResampler('1m', ['5m']);
    const some = newResampler('1m', ['5m']);
    const row = VECTOR[0]?.split(',') ?? [];
    const marked = { filler: true, history: true, quote_volume: 1n };
    const full = [0, 1, 2, 3, 4].flatMap((i) => pushCandle(all, minute(i, row, marked)));
    const partly = [0, 1, 2, 3, 4].flatMap((i) => pushCandle(some, minute(i, row, i === 3 ? {} : marked)));
    expect(full[0]).toMatchObject({ filler: true, history: true, quote_volume: 5n });
    expect(partly[0]).toMatchObject({ filler: false, history: false, quote_volume: null });
  });
});

test('an interval that is not longer than the base is refused', () => {
  expect(() => newResampler('1h', ['15m'])).toThrow('interval 15m: expected one longer than 1h');
});

test('hours made of minutes equal hours made of quarters made of minutes', () => {
  const anyMinute = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 }), fc.nat(50));
  fc.assert(
    fc.property(fc.array(anyMinute, { minLength: 120, maxLength: 120 }), (rows) => {
      const direct = newResampler('1m', ['1h']);
      const quarters = newResampler('1m', ['15m']);
      const hours = newResampler('15m', ['1h']);
      rows.forEach(([a, b, v], i) => {
        const text = [a, Math.max(a, b), Math.min(a, b), b, v].map(String);
        const candle = minute(i, text);
        const viaQuarters = pushCandle(quarters, candle).flatMap((quarter) => pushCandle(hours, quarter));
        expect(viaQuarters).toEqual(pushCandle(direct, candle));
      });
    }),
    { numRuns: 10 },
  );
});

test('intervals are listed ascending, each a multiple of the one before', () => {
  INTERVALS.slice(1).forEach((interval, i) => {
    const shorter = INTERVALS[i] ?? '1m';
    expect(lengthOf(interval) % lengthOf(shorter)).toBe(0);
    expect(lengthOf(interval)).toBeGreaterThan(lengthOf(shorter));
  });
  expect(lengthOf('1h')).toBe(HOUR);
});
