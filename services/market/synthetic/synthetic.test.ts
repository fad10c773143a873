// The synthetic market against its published vector, and what each scenario is there for.
import { describe, expect, test } from 'vitest';
import { H } from '../../../schemas/ids.ts';
import { decimal, formatDecimal, toNumber } from '../../../schemas/money.ts';
import type { Candle, Quote } from '../../../schemas/records.generated.ts';
import { MINUTE } from '../../../schemas/time.ts';
import type { MarketEvent } from '../event.ts';
import { type Dropped, marketEvents } from '../market.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { newStream, nextUnit } from './splitmix64.ts';
import { type SyntheticMarket, syntheticFacts, syntheticSeries, syntheticSource } from './synthetic.ts';

const START = 1_767_225_600_000_000;

function market(scenario: Scenario, change: Partial<SyntheticMarket> = {}): SyntheticMarket {
  return {
    facts: syntheticFacts('BTC-USDT'),
    assumed: { spread_bps: 10, depth_usd: decimal('200000') },
    scenario,
    seed: 42,
    start_price: 100,
    volume: 10,
    from: START,
    minutes: 3,
    ...change,
  };
}

function minutesOf(events: Iterable<MarketEvent>): Candle[] {
  return [...events].flatMap(({ records }) =>
    records.flatMap((record) => (record.type === 'Candle' && record.value.interval === '1m' ? [record.value] : [])),
  );
}

function quotesOf(events: Iterable<MarketEvent>): Quote[] {
  return [...events].flatMap(({ records }) => records.flatMap((record) => (record.type === 'Quote' ? [record.value] : [])));
}

test('the published minutes: open, high, low, close, volume', () => {
  const texts = minutesOf(syntheticSource([market('calm')])).map(({ open, high, low, close, volume }) =>
    [open, high, low, close, volume].map(formatDecimal).join('/'),
  );
  expect(texts).toEqual([
    '100/100.03/99.99/100.02/12.8001',
    '100.02/100.03/99.95/99.95/27.5637',
    '99.95/99.96/99.93/99.96/14.3437',
  ]);
});

test('numbers of a stream lie in [0, 1), differ by seed and instrument, and go on after a clone', () => {
  const stream = newStream('BTC-USDT', 42);
  const numbers = Array.from({ length: 1000 }, () => nextUnit(stream));
  expect(numbers.every((u) => u >= 0 && u < 1)).toBe(true);
  expect(numbers.reduce((all, u) => all + u, 0) / 1000).toBeCloseTo(0.5, 1);
  expect(nextUnit(newStream('BTC-USDT', 43))).not.toBe(numbers[0]);
  expect(nextUnit(newStream('ETH-USDT', 42))).not.toBe(numbers[0]);
  // The reference algorithm in whole 64-bit words.
  let state = BigInt(`0x${H({ instrument: 'BTC-USDT', kind: 'synthetic', seed: 42 }).slice(0, 16)}`);
  const reference = numbers.map(() => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  });
  expect(numbers).toEqual(reference);
  const copy = structuredClone(stream);
  expect(nextUnit(copy)).toBe(nextUnit(stream));
});

describe.each(SCENARIOS)('%s', (scenario) => {
  const events = (): MarketEvent[] => [...syntheticSource([market(scenario, { minutes: 1500 })])];
  test('is the same every time', () => {
    expect(events()).toEqual(events());
  });
  test('has consistent bars on the tick, each opening where the last one closed', () => {
    const candles = minutesOf(events());
    candles.forEach((candle, i) => {
      const { open, high, low, close, volume } = candle;
      expect(low > 0n && low <= open && low <= close && high >= open && high >= close && volume > 0n).toBe(true);
      expect(open % decimal('0.01')).toBe(0n);
      const before = candles[i - 1];
      if (before?.close_time === candle.open_time) expect(open).toBe(before.close);
    });
  });
});

const moved = (scenario: Scenario, minutes: number, from = 0): number => {
  const closes = minutesOf(syntheticSource([market(scenario, { minutes })])).map(({ close }) => toNumber(close));
  return (closes.at(-1) ?? 0) / (closes[from] ?? 1) - 1;
};

test('a crash falls, a calm market hardly moves, a planted edge goes up and comes back down', () => {
  expect(moved('crash', 300)).toBeLessThan(-0.1);
  expect(Math.abs(moved('calm', 300))).toBeLessThan(0.03);
  expect(moved('planted_edge', 720)).toBeGreaterThan(0.05);
  expect(moved('planted_edge', 1440, 719)).toBeLessThan(-0.05);
});

test('trends lean their way over a month', () => {
  expect(moved('trend_up', 40_000)).toBeGreaterThan(0.1);
  expect(moved('trend_down', 40_000)).toBeLessThan(-0.1);
});

test('a pump rises on many times the volume, and is dumped', () => {
  const candles = minutesOf(syntheticSource([market('pump_dump', { minutes: 900 })]));
  const close = (i: number): number => toNumber(candles[i]?.close ?? 0n);
  const volume = (from: number, to: number): number =>
    candles.slice(from, to).reduce((all, candle) => all + toNumber(candle.volume), 0) / (to - from);
  expect(close(749) / close(719)).toBeGreaterThan(1.15);
  expect(close(809) / close(749)).toBeLessThan(0.85);
  expect(volume(720, 750)).toBeGreaterThan(8 * volume(0, 720));
});

test('a gap leaves out half an hour, and the next bar says so', () => {
  const candles = minutesOf(syntheticSource([market('gap', { minutes: 800 })]));
  expect(candles).toHaveLength(770);
  const first = candles.find(({ flags }) => flags.includes('CANDLE_GAP'));
  expect(first?.open_time).toBe(START + 750 * MINUTE);
});

test('a stale touch keeps its time while bars go on', () => {
  const quotes = quotesOf(syntheticSource([market('stale', { minutes: 740 })]));
  const stuck = quotes.filter(({ event_time }) => event_time === START + 720 * MINUTE);
  expect(stuck).toHaveLength(11);
  expect(stuck.at(-1)?.received_at).toBe(START + 730 * MINUTE);
  expect(quotes.every(({ flags }) => !flags.includes('DERIVED'))).toBe(true);
});

test('a crossed touch is not published but counted', () => {
  const dropped: Dropped = new Map();
  const quotes = quotesOf(marketEvents([syntheticSeries(market('crossed', { minutes: 120 }))], {}, dropped));
  expect(quotes).toHaveLength(114);
  expect(quotes.every(({ bid, ask }) => bid < ask)).toBe(true);
  expect(dropped.get('BTC-USDT')?.get('QUOTE_CROSSED')).toBe(6);
});
