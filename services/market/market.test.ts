// The ordered flow of a market: order, lazy reading, warm-up, gaps, cycles, regime.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import type { Candle, InstrumentInfo, Quote } from '../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE } from '../../schemas/time.ts';
import { compareRecords, type MarketEvent } from './event.ts';
import type { Series, SourceBar } from './facts.ts';
import { type Interval, lengthOf } from './interval.ts';
import { type MarketOptions, marketEvents } from './market.ts';
import { syntheticFacts } from './synthetic/synthetic.ts';

const START = 1_767_225_600_000_000;

function series(instrument: string, bars: number, interval: Interval = '1m', change: Partial<Series> = {}): Series {
  return {
    facts: syntheticFacts(instrument),
    interval,
    quoted: false,
    assumed: { spread_bps: 10, depth_usd: decimal('200000') },
    bars: Array.from({ length: bars }, (_, i) => bar(i, interval)),
    ...change,
  };
}

function bar(i: number, interval: Interval = '1m', change: Partial<SourceBar> = {}): SourceBar {
  const price = decimal(String(100 + (i % 7)));
  return {
    open_time: START + i * lengthOf(interval),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: decimal('100'),
    quote_volume: null,
    quote: null,
    ...change,
  };
}

const run = (all: readonly Series[], options: MarketOptions = {}): MarketEvent[] => [...marketEvents(all, options)];

function candlesOf(events: readonly MarketEvent[]): Candle[] {
  return events.flatMap(({ records }) => records.flatMap((record) => (record.type === 'Candle' ? [record.value] : [])));
}
function infosOf(events: readonly MarketEvent[]): InstrumentInfo[] {
  return events.flatMap(({ records }) => records.flatMap((record) => (record.type === 'InstrumentInfo' ? [record.value] : [])));
}
function quotesOf(events: readonly MarketEvent[]): Quote[] {
  return events.flatMap(({ records }) => records.flatMap((record) => (record.type === 'Quote' ? [record.value] : [])));
}

describe('order', () => {
  const three = [series('C-USDT', 12, '5m'), series('A-USDT', 61), series('B-USDT', 61)];

  test('one event per instant, ascending; facts, quotes, candles by interval, then names', () => {
    const events = run(three);
    events.slice(1).forEach((event, i) => {
      expect(event.at).toBeGreaterThan(events[i]?.at ?? 0);
    });
    for (const { records } of events) expect(records).toEqual(records.toSorted(compareRecords));
    const at5 = events.find(({ at }) => at === START + 5 * MINUTE);
    expect(
      at5?.records.map((record) => `${record.type} ${record.key}${record.type === 'Candle' ? ` ${record.value.interval}` : ''}`),
    ).toEqual([
      'InstrumentInfo A-USDT',
      'InstrumentInfo B-USDT',
      'InstrumentInfo C-USDT',
      'Quote A-USDT',
      'Quote B-USDT',
      'Quote C-USDT',
      'Candle A-USDT 1m',
      'Candle B-USDT 1m',
      'Candle A-USDT 5m',
      'Candle B-USDT 5m',
      'Candle C-USDT 5m',
    ]);
  });

  test('the order in which the series are given changes nothing', () => {
    const expected = run(three);
    expect(run(three.toReversed())).toEqual(expected);
    expect(run(three)).toEqual(expected);
  });

  test('nothing is visible before it is over', () => {
    for (const { at, records } of run(three)) {
      for (const record of records) {
        expect(record.value.received_at).toBe(at);
        if (record.type === 'Candle') expect(record.value.close_time).toBe(at);
      }
    }
  });

  test('later data changes no earlier event', () => {
    const whole = run([series('A-USDT', 400), series('B-USDT', 80, '5m')]);
    const cut = run([series('A-USDT', 100), series('B-USDT', 20, '5m')]);
    expect(whole.slice(0, cut.length)).toEqual(cut);
  });

  test('bars are read one ahead, not before they are needed', () => {
    let read = 0;
    const bars = {
      *[Symbol.iterator]() {
        for (let i = 0; i < 1_000_000; i += 1) {
          read += 1;
          yield bar(i);
        }
      },
    };
    const events = marketEvents([series('A-USDT', 0, '1m', { bars })]);
    for (let i = 0; i < 10; i += 1) events.next();
    expect(read).toBeLessThanOrEqual(12);
  });
});

describe('what is published of a bar', () => {
  test('every interval above the base, each at its end', () => {
    const counts = new Map<string, number>();
    for (const { interval } of candlesOf(run([series('A-USDT', 1440)]))) counts.set(interval, (counts.get(interval) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ '1m': 1440, '5m': 288, '15m': 96, '1h': 24, '4h': 6, '1d': 1 });
  });

  test('a derived quote lies half the assumed spread around the close, outward to the tick', () => {
    const [quote] = quotesOf(
      run([series('A-USDT', 1, '1m', { bars: [bar(0, '1m', { close: decimal('100.001'), high: decimal('101') })] })]),
    );
    expect(quote).toMatchObject({
      bid: decimal('99.95'),
      ask: decimal('100.06'),
      bid_size: decimal('1000.5002'),
      ask_size: decimal('999.4003'),
      depth: [{ band_bps: 20, bid_usd: decimal('100000'), ask_usd: decimal('100000') }],
      depth_time: START + MINUTE,
      flags: ['DERIVED'],
    });
  });

  test('a recorded touch is a quote of its own, and a bar without one has none', () => {
    const touch = { event_time: START + MINUTE, bid: decimal('99.98'), ask: decimal('100.02') };
    const quotes = quotesOf(run([series('A-USDT', 0, '1m', { quoted: true, bars: [bar(0, '1m', { quote: touch }), bar(1)] })]));
    expect(quotes).toHaveLength(1);
    expect(quotes[0]).toMatchObject({ bid: touch.bid, ask: touch.ask, flags: [], event_time: START + MINUTE });
  });

  test('a locked touch is flagged', () => {
    const touch = { event_time: START + MINUTE, bid: decimal('100'), ask: decimal('100') };
    const quotes = quotesOf(run([series('A-USDT', 0, '1m', { quoted: true, bars: [bar(0, '1m', { quote: touch })] })]));
    expect(quotes[0]?.flags).toEqual(['QUOTE_LOCKED']);
  });

  test('a touch from the future is left out and counted', () => {
    const touch = { event_time: START + MINUTE + 5_000_001, bid: decimal('99'), ask: decimal('100') };
    const dropped = new Map();
    const bars = [bar(0, '1m', { quote: touch })];
    expect(quotesOf([...marketEvents([series('A-USDT', 0, '1m', { quoted: true, bars })], {}, dropped)])).toEqual([]);
    expect(dropped.get('A-USDT')).toEqual(new Map([['TIME_IN_FUTURE', 1]]));
  });

  test('a jump and an outlier are flagged', () => {
    const bars = Array.from({ length: 25 }, (_, i) => bar(i));
    const high = decimal('150');
    bars[22] = bar(22, '1m', { open: high, high, low: high, close: high, volume: decimal('1') });
    const events = run([series('A-USDT', 0, '1m', { bars })]);
    expect(
      candlesOf(events)
        .filter(({ flags }) => flags.includes('BAR_OUTLIER'))
        .map(({ open_time }) => open_time),
    ).toEqual([START + 22 * MINUTE]);
    expect(quotesOf(events).map(({ flags }) => flags.includes('PRICE_JUMP'))).toEqual(bars.map((_, i) => i >= 22));
  });

  test('an impossible bar is left out, counted, and makes a gap', () => {
    const bars = [bar(0), bar(1, '1m', { low: 0n }), bar(2)];
    const dropped = new Map();
    const events = [...marketEvents([series('A-USDT', 0, '1m', { bars })], {}, dropped)];
    expect(candlesOf(events).map(({ flags }) => flags)).toEqual([[], ['CANDLE_GAP']]);
    expect(dropped.get('A-USDT')).toEqual(new Map([['CANDLE_INVALID', 1]]));
  });
});

describe('gaps', () => {
  const holed = (missing: number): Series =>
    series('A-USDT', 0, '1m', {
      bars: Array.from({ length: 60 }, (_, i) => i)
        .filter((i) => i < 20 || i >= 20 + missing)
        .map((i) => bar(i)),
    });
  const oneMinute = (events: readonly MarketEvent[]): Candle[] => candlesOf(events).filter(({ interval }) => interval === '1m');

  test('are left as they are, and the next bar says so', () => {
    const events = run([holed(3)]);
    const candles = oneMinute(events);
    expect(candles).toHaveLength(57);
    expect(candles.filter(({ flags }) => flags.includes('CANDLE_GAP')).map(({ open_time }) => open_time)).toEqual([
      START + 23 * MINUTE,
    ]);
    expect(candlesOf(events).filter(({ interval }) => interval === '5m')).toHaveLength(11);
  });

  test.each<[number, number, number]>([
    [3, 3, 0],
    [5, 5, 0],
    [6, 5, 1],
    [30, 5, 1],
  ])('%d missing bars: %d stand-ins, %d gaps', (missing, fillers, gaps) => {
    const candles = oneMinute(run([holed(missing)], { gap_policy: 'filler' }));
    const made = candles.filter(({ filler }) => filler);
    expect(made).toHaveLength(fillers);
    for (const { open, high, low, close, volume } of made)
      expect([open, high, low, close, volume]).toEqual([...repeat(4, decimal('105')), 0n]);
    expect(candles.filter(({ flags }) => flags.includes('CANDLE_GAP'))).toHaveLength(gaps);
  });

  test('a stand-in has no quote: nobody saw a price', () => {
    expect(quotesOf(run([holed(3)], { gap_policy: 'filler' }))).toHaveLength(57);
  });
});

function repeat<T>(n: number, x: T): T[] {
  return Array.from({ length: n }, () => x);
}

describe('the part of the data that is used', () => {
  test('bars up to a time are history', () => {
    const candles = candlesOf(run([series('A-USDT', 10)], { history_until: START + 5 * MINUTE }));
    expect(candles.filter(({ history }) => history).map(({ interval }) => interval)).toEqual([
      '1m',
      '1m',
      '1m',
      '1m',
      '1m',
      '5m',
    ]);
    expect(candles.filter(({ history }) => !history)).toHaveLength(6);
  });
  test('only bars that close after one time and not after another', () => {
    const events = run([series('A-USDT', 10)], { after: START + 2 * MINUTE, until: START + 4 * MINUTE });
    expect(events.map(({ at }) => (at - START) / MINUTE)).toEqual([3, 4]);
  });
  test('a series without bars in that part is silent', () => {
    expect(run([series('A-USDT', 0), series('B-USDT', 3)], { after: START + 9 * MINUTE })).toEqual([]);
  });
});

describe('facts and universe', () => {
  const traded = (n: number, quote = 'USDT'): Series => {
    const bars = Array.from({ length: n }, (_, i) => bar(i, '1m', { quote_volume: decimal('10000') }));
    return series(`BTC-${quote}`, 0, '1m', { bars });
  };

  test('are published first, then every five minutes', () => {
    const infos = infosOf(run([series('BTC-USDT', 16)]));
    expect(infos.map(({ event_time }) => (event_time - START) / MINUTE)).toEqual([1, 5, 10, 15]);
  });

  test('the volume is unknown for a day, then exact; nothing is eligible before', () => {
    const infos = infosOf(run([traded(1500)]));
    const first = infos.find(({ volume_24h_usd }) => volume_24h_usd !== null);
    expect(first?.event_time).toBe(START + DAY);
    expect(first?.volume_24h_usd).toBe(decimal('14400000'));
    const before = infos.filter(({ event_time }) => event_time < START + DAY);
    expect(before.every(({ universe }) => universe.reasons[0]?.code === 'UNIVERSE_DATA_MISSING')).toBe(true);
    const eligible = infos.find(({ universe }) => universe.eligible);
    expect(eligible).toMatchObject({ event_time: START + DAY + 10 * MINUTE, universe: { tier: 'T1', reasons: [] } });
  });

  test('a turnover in another currency is no volume in dollars', () => {
    expect(infosOf(run([traded(1500, 'ETH')])).every(({ volume_24h_usd }) => volume_24h_usd === null)).toBe(true);
  });

  test('a touch of more than two bars ago is missing', () => {
    const bars = Array.from({ length: 1510 }, (_, i) => {
      const event_time = START + (i + 1) * MINUTE;
      const quote = i < 1493 ? { event_time, bid: decimal('99.98'), ask: decimal('100.02') } : null;
      return bar(i, '1m', { quote_volume: decimal('10000'), quote });
    });
    const infos = infosOf(run([series('BTC-USDT', 0, '1m', { quoted: true, bars })]));
    const codes = infos.slice(-5).map(({ universe }) => universe.reasons.map(({ code }) => code));
    expect(codes).toEqual([[], [], ['UNIVERSE_DATA_MISSING'], ['UNIVERSE_DATA_MISSING'], ['UNIVERSE_DATA_MISSING']]);
  });

  test('carry theme, lists and health', () => {
    const [info] = infosOf(run([series('BTC-USDT', 1)]));
    expect(info).toMatchObject({ theme: 'LAYER1', compliance: [], facts_at: START + MINUTE, derived_at: START + MINUTE });
    expect(info?.feed).toEqual({ connected: true, breaker: 'closed', error_bps: 0, measured_at: START + MINUTE });
  });
});

describe('regime', () => {
  test('every instrument carries the one of the benchmark, from the hour that closes', () => {
    const hours = 31 * 24;
    const bars = Array.from({ length: hours }, (_, i) => bar(7 * i, '1h', { open_time: START + i * HOUR }));
    const events = run([series('BTC-USDT', 0, '1h', { bars }), series('A-USDT', hours, '1h')]);
    const infos = infosOf(events).filter(({ instrument }) => instrument === 'A-USDT');
    const known = infos.find(({ regime }) => regime.tag !== 'unknown');
    expect(known?.event_time).toBe(START + 30 * DAY);
    expect(known?.regime.as_of).toBe(START + 30 * DAY);
    expect(infos.at(-1)?.regime.as_of).toBe(START + hours * HOUR);
  });
  test('without the benchmark it stays unknown', () => {
    const infos = infosOf(run([series('A-USDT', 31 * 24, '1h')]));
    expect(infos.every(({ regime }) => regime.tag === 'unknown')).toBe(true);
    expect(infosOf(run([series('A-USDT', 31 * 24, '1h')], { regime_benchmark: 'A-USDT' })).at(-1)?.regime.tag).not.toBe(
      'unknown',
    );
  });
  test('a pinned one replaces the detector', () => {
    const infos = infosOf(run([series('BTC-USDT', 10)], { regime_pin: 'bull_low' }));
    expect(infos.map(({ regime }) => regime.tag)).toEqual(['bull_low', 'bull_low', 'bull_low']);
    expect(infos.map(({ regime, event_time }) => event_time - regime.as_of)).toEqual([0, 0, 0]);
    expect(() => run([series('BTC-USDT', 1)], { regime_pin: 'sideways' })).toThrow('regime "sideways"');
  });
});
