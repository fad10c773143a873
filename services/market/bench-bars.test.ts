// The benchmark's bars against their published checksums, and the records made of them.
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../schemas/hash.ts';
import { decimal, formatDecimal } from '../../schemas/money.ts';
import { MINUTE } from '../../schemas/time.ts';
import { BENCH_START, benchBars, benchSource } from './bench-bars.ts';

describe('golden bars', () => {
  test.each<[number, number, number, string]>([
    [100_000, 944_993, 97_357_822_880, '6d71fc8bd670a960cc7c338ce4e8d5eb4531a69aaf1bb1f1e33b3e19fe079f44'],
    [500_000, 732_298, 431_481_391_125, 'f7b602cb2e61e5e14702929b6c1dabc7950a47e69098fdb1cc782c6502b66c44'],
  ])('%d bars: last close, sum of closes, hash', (n, last, sum, hash) => {
    const { close, exact } = benchBars(n);
    const whole = (column: BigInt64Array): string[] => Array.from(column, (x) => formatDecimal(x));
    const [high, low, exactClose, volume] = [exact.high, exact.low, exact.close, exact.volume].map(whole);
    const lines = Array.from(close, (c, i) => `${i},${close[i - 1] ?? 1_000_000},${high?.[i]},${low?.[i]},${c},${volume?.[i]}\n`);
    expect(lines[0]).toBe('0,1000000,1000000,999972,999976,620\n');
    expect(exactClose).toEqual(Array.from(close, String));
    expect([...close.slice(0, 3)]).toEqual([999_976, 999_973, 999_969]);
    expect(close.at(-1)).toBe(last);
    expect(close.reduce((all, x) => all + x, 0)).toBe(sum);
    expect(sha256Hex(lines.join(''))).toBe(hash);
  });
});

test('each bar is one instant: its quote without spread, then its candle; the facts come first', () => {
  const events = [...benchSource(benchBars(3))];
  expect(events.map(({ at }) => at)).toEqual([1, 2, 3].map((i) => BENCH_START + i * MINUTE));
  expect(events.map(({ records }) => records.map(({ type }) => type))).toEqual([
    ['InstrumentInfo', 'Quote', 'Candle'],
    ['Quote', 'Candle'],
    ['Quote', 'Candle'],
  ]);
  const [quote, candle] = events[1]?.records ?? [];
  expect(quote?.value).toMatchObject({ bid: decimal('999973'), ask: decimal('999973'), flags: ['DERIVED'] });
  expect(candle?.value).toMatchObject({ open: decimal('999976'), close: decimal('999973'), interval: '1m' });
});

test('the facts come every five minutes', () => {
  const events = [...benchSource(benchBars(11))];
  const places = events.flatMap(({ records }, i) => (records[0]?.type === 'InstrumentInfo' ? [i] : []));
  expect(places).toEqual([0, 5, 10]);
});

test('a source that begins later tells the same bars', () => {
  expect([...benchSource(benchBars(5), 3)]).toEqual([...benchSource(benchBars(5))].slice(3));
});
