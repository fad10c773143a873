// The synthetic market in wall time, by a clock that only the test moves: history, quotes, bars, restarts, back-pressure.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { toNumber } from '../../../schemas/money.ts';
import type { Candle, Quote } from '../../../schemas/records.generated.ts';
import { HOUR, MINUTE, type Micros, SECOND } from '../../../schemas/time.ts';
import { newDraft } from '../../../topology/log/draft.ts';
import { createMemoryLog } from '../../../topology/log/memory.ts';
import type { MarketEvent } from '../event.ts';
import { INTERVALS } from '../interval.ts';
import type { Scenario } from '../synthetic/scenarios.ts';
import { feed } from './feed.ts';
import { lastMinutes } from './last-minute.ts';
import { listingOf } from './listing.ts';
import { liveSyntheticSource } from './live-synthetic.ts';
import { priceAt } from './minute-path.ts';
import { MarketOriginError, openOrigin } from './origin.ts';

const BTC = 'BTC-USDT-PERP';
const ETH = 'ETH-USDT';
/** 2026-01-05T10:07:00Z. */
const BEGAN = 1_767_607_620_000_000;

interface Run {
  readonly instruments?: readonly string[];
  readonly scenario?: Scenario;
  readonly from: Micros;
  readonly until: Micros;
  readonly last?: ReadonlyMap<string, Micros>;
  /** How long the consumer of each event takes. */
  readonly slow?: (event: MarketEvent) => Micros;
}

async function run({ instruments = [BTC], scenario = 'calm', from, until, last = new Map(), slow }: Run): Promise<MarketEvent[]> {
  const abort = new AbortController();
  let now = from;
  const clock = {
    now: () => now,
    sleep: async (time: Micros) => {
      now += time;
      if (now > until) abort.abort();
    },
  };
  const events: MarketEvent[] = [];
  const source = liveSyntheticSource({
    instruments: instruments.map(listingOf),
    seed: 7,
    scenario,
    began: BEGAN,
    clock,
    signal: abort.signal,
    last_minutes: last,
  });
  for await (const event of source) {
    events.push(event);
    now += slow?.(event) ?? 0;
  }
  return events;
}

const candlesOf = (events: readonly MarketEvent[]): Candle[] =>
  events.flatMap(({ records }) => records.flatMap((r) => (r.type === 'Candle' ? [r.value] : [])));
const quotesOf = (events: readonly MarketEvent[]): Quote[] =>
  events.flatMap(({ records }) => records.flatMap((r) => (r.type === 'Quote' ? [r.value] : [])));
const bar = ({ received_at: _, history: __, ...rest }: Candle) => rest;

describe('from the first start', async () => {
  const events = await run({ instruments: [BTC, ETH], from: BEGAN, until: BEGAN + 11 * MINUTE });
  const candles = candlesOf(events);
  const quotes = quotesOf(events);

  test.each([
    ['1m', 150],
    ['5m', 150],
    ['15m', 150],
    ['1h', 240],
    ['4h', 150],
    ['1d', 45],
  ] as const)('history of %s: %i bars of each instrument', (interval, amount) => {
    for (const instrument of [BTC, ETH]) {
      const bars = candles.filter((c) => c.history && c.interval === interval && c.instrument === instrument);
      expect(bars).toHaveLength(amount);
      bars.slice(1).forEach((each, i) => {
        expect(each.open_time).toBe(bars[i]?.close_time);
      });
    }
  });
  test('history closed before the start, and comes before anything else', () => {
    for (const candle of candles) expect(candle.history).toBe(candle.close_time < BEGAN);
    const first = events.findIndex(({ records }) => records.some((r) => r.type === 'Quote'));
    expect(candlesOf(events.slice(first)).some(({ history }) => history)).toBe(false);
  });
  test('one quote a second and instrument, fresh, not derived, with depth in every band', () => {
    const btc = quotes.filter(({ instrument }) => instrument === BTC);
    expect(btc.map(({ event_time }) => event_time)).toEqual(
      Array.from({ length: 661 }, (_, i) => BEGAN + i * SECOND).slice(-btc.length),
    );
    expect(btc.length).toBeGreaterThan(655);
    for (const quote of quotes) {
      expect(quote.flags).toEqual([]);
      expect(quote.bid < quote.ask && quote.bid_size > 0n && quote.ask_size > 0n).toBe(true);
      expect(quote.depth.map(({ band_bps }) => band_bps)).toEqual([20, 100, 200, 500]);
      expect(quote.received_at - quote.event_time).toBeLessThan(SECOND);
    }
  });
  test('a bar comes two seconds after its close, the shorter one first', () => {
    const live = events.flatMap((event) => candlesOf([event]).map((candle) => ({ at: event.at, candle })));
    for (const { at, candle } of live.filter(({ candle }) => !candle.history)) expect(at).toBe(candle.close_time + 2 * SECOND);
    const together = events.map((event) =>
      candlesOf([event])
        .filter((c) => !c.history && c.instrument === BTC)
        .map((c) => c.interval),
    );
    const shown = together.filter((intervals) => intervals.length > 0).map((intervals) => intervals.join(' '));
    expect(shown).toEqual(['1m', '1m', '1m', '1m 5m', '1m', '1m', '1m', '1m', '1m 5m 15m', '1m', '1m']);
  });
  test('the quotes of a minute stay inside its bar and end where it closed', () => {
    const minute = candles.find((c) => c.interval === '1m' && c.instrument === BTC && c.open_time === BEGAN + 3 * MINUTE);
    const inside = quotes.filter(
      (q) => q.instrument === BTC && q.event_time >= BEGAN + 3 * MINUTE && q.event_time <= BEGAN + 4 * MINUTE,
    );
    expect(inside).toHaveLength(61);
    const mid = (quote: Quote | undefined): number => toNumber(((quote?.bid ?? 0n) + (quote?.ask ?? 0n)) / 2n);
    const [high, low, open, close] = [minute?.high, minute?.low, minute?.open, minute?.close].map((price) =>
      toNumber(price ?? 0n),
    );
    for (const quote of inside) {
      expect(mid(quote)).toBeLessThan((high ?? 0) + 0.02);
      expect(mid(quote)).toBeGreaterThan((low ?? 0) - 0.02);
    }
    expect(mid(inside[0])).toBeCloseTo(open ?? 0, 1);
    expect(mid(inside.at(-1))).toBeCloseTo(close ?? 0, 1);
  });
  test('facts every 300 s, warm: a day of volume, a tier, a regime', () => {
    const infos = events.flatMap(({ records }) =>
      records.flatMap((r) => (r.type === 'InstrumentInfo' && r.key === BTC ? [r.value] : [])),
    );
    expect(infos.map(({ event_time }) => event_time)).toEqual([BEGAN - 2 * MINUTE, BEGAN + 3 * MINUTE, BEGAN + 8 * MINUTE]);
    for (const info of infos) {
      expect(info.universe).toMatchObject({ tier: 'T1', eligible: true });
      expect(info.volume_24h_usd).not.toBeNull();
      expect(info.regime.tag).not.toBe('unknown');
    }
  });
  test('another run of the same seed and time says the same', async () => {
    const again = await run({ instruments: [BTC, ETH], from: BEGAN, until: BEGAN + 11 * MINUTE });
    expect(again).toEqual(events);
  });
});

describe('after a restart', async () => {
  const whole = await run({ from: BEGAN, until: BEGAN + 40 * MINUTE });
  const before = await run({ from: BEGAN, until: BEGAN + 13 * MINUTE });
  const last =
    candlesOf(before)
      .filter(({ interval }) => interval === '1m')
      .at(-1)?.close_time ?? 0;
  const inOrder = (events: readonly MarketEvent[]) =>
    INTERVALS.map((interval) =>
      candlesOf(events)
        .filter((candle) => candle.interval === interval)
        .map(bar),
    );

  test('the bars that were missed come first, and the whole is what it would have been', async () => {
    const after = await run({ from: BEGAN + 31 * MINUTE, until: BEGAN + 40 * MINUTE, last: new Map([[BTC, last]]) });
    expect(inOrder([...before, ...after])).toEqual(inOrder(whole));
    expect(candlesOf(after).some(({ history }) => history)).toBe(false);
    const when = BEGAN + 35 * MINUTE;
    expect(quotesOf(after).find(({ event_time }) => event_time === when)).toEqual(
      quotesOf(whole).find(({ event_time }) => event_time === when),
    );
  });
  test('after a long one it is warm-up again, without what stands', async () => {
    const start = BEGAN + 30 * HOUR;
    const after = candlesOf(await run({ from: start, until: start + 2 * MINUTE, last: new Map([[BTC, last]]) }));
    const history = after.filter((candle) => candle.history);
    expect(history.filter(({ interval }) => interval === '1m')).toHaveLength(150);
    expect(history.filter(({ interval }) => interval === '1h').map(({ close_time }) => close_time)).toHaveLength(30);
    for (const candle of after) expect(candle.close_time).toBeGreaterThan(last);
    for (const candle of history) expect(candle.close_time).toBeLessThan(start);
  });
});

test('whoever is slow misses quotes and no bar', async () => {
  const fast = candlesOf(await run({ from: BEGAN, until: BEGAN + 30 * MINUTE }));
  const events = await run({
    from: BEGAN,
    until: BEGAN + 30 * MINUTE,
    slow: ({ records }) => (records[0]?.type === 'Quote' ? 7 * MINUTE : 0),
  });
  const slow = candlesOf(events);
  expect(slow.map(bar)).toEqual(fast.map(bar).slice(0, slow.length));
  expect(slow.filter(({ interval, history }) => interval === '1m' && !history).length).toBeGreaterThan(20);
  expect(quotesOf(events).length).toBeLessThan(20);
});

describe('scenarios', () => {
  test('before the first start the market was calm, whatever came after', async () => {
    const until = BEGAN + 2 * MINUTE + 3 * SECOND;
    const [calm, crash] = await Promise.all([run({ from: BEGAN, until }), run({ from: BEGAN, until, scenario: 'crash' })]);
    const history = (events: readonly MarketEvent[]) => candlesOf(events).filter((candle) => candle.history);
    expect(history(crash)).toEqual(history(calm));
    expect(candlesOf(crash).at(-1)?.close).not.toBe(candlesOf(calm).at(-1)?.close);
  });
  test.each([
    ['gap', 725, 0],
    ['crossed', 57, 0],
    ['stale', 725, 60],
  ] as const)('%s in minute %i: %i quotes', async (scenario, minute, amount) => {
    const from = BEGAN + minute * MINUTE;
    const last = new Map([[BTC, from]]);
    const quotes = quotesOf(await run({ scenario, from: from - MINUTE, until: from + 59 * SECOND, last })).filter(
      ({ received_at }) => received_at >= from,
    );
    expect(quotes).toHaveLength(amount);
    for (const quote of quotes) expect(quote.event_time).toBeLessThan(from);
  });
});

test('the path through a minute: from open to close, never outside, both ends touched', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, unit, unit, unit, fc.double({ min: 0, max: 60, noNaN: true }), (a, b, up, down, second) => {
      const minute = {
        open: 100 + a,
        close: 100 + b,
        high: Math.max(100 + a, 100 + b) + up,
        low: Math.min(100 + a, 100 + b) - down,
        volume: 1,
      };
      const price = priceAt(minute, second);
      expect(price).toBeGreaterThanOrEqual(minute.low - 1e-9);
      expect(price).toBeLessThanOrEqual(minute.high + 1e-9);
      expect(priceAt(minute, 0)).toBe(minute.open);
      expect(priceAt(minute, 60)).toBeCloseTo(minute.close, 9);
      expect([priceAt(minute, 20), priceAt(minute, 40)].toSorted((x, y) => x - y)).toEqual([minute.low, minute.high]);
    }),
  );
});

test('the log tells up to which minute each instrument stands', async () => {
  const log = createMemoryLog();
  expect(lastMinutes(log, [BTC])).toEqual(new Map());
  const events = await run({ instruments: [BTC, ETH], from: BEGAN, until: BEGAN + 20 * MINUTE });
  const records = events.flatMap((event) => event.records);
  await log.append(records.map((r) => newDraft('market.v1', 0, r.type, r.key, r.value, BEGAN, '', '', '', null, '', null)));
  expect(lastMinutes(log, [BTC, ETH, 'SOL-USDT'])).toEqual(
    new Map([
      [ETH, BEGAN + 19 * MINUTE],
      [BTC, BEGAN + 19 * MINUTE],
    ]),
  );
});

test('a source waits for room and for each append before it goes on', async () => {
  const seen: string[] = [];
  async function* source() {
    for (const at of [1, 2]) {
      seen.push(`made ${at}`);
      yield { at, records: [] };
    }
  }
  await feed(source(), {
    room: async () => void seen.push('room'),
    append: async () => {
      seen.push('appended');
      return [];
    },
  });
  expect(seen).toEqual(['made 1', 'room', 'appended', 'made 2', 'room', 'appended']);
});

describe('the origin of a data directory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-origin-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  test('stays what it was first', () => {
    const first = openOrigin(folder, 7, 'chop', BEGAN + 3 * SECOND);
    expect(first).toEqual({ seed: 7, scenario: 'chop', began: BEGAN });
    expect(openOrigin(folder, 7, 'chop', BEGAN + HOUR)).toEqual(first);
  });
  test.each([
    [8, 'chop', 'seed 8, scenario chop: expected seed 7, scenario chop'],
    [7, 'calm', 'seed 7, scenario calm: expected seed 7, scenario chop'],
  ] as const)('seed %i, scenario %s is refused', (seed, scenario, message) => {
    expect(() => openOrigin(folder, seed, scenario, BEGAN)).toThrow(MarketOriginError);
    expect(() => openOrigin(folder, seed, scenario, BEGAN)).toThrow(message);
  });
  test.each(['', '{}', 'null', '{"seed":7,"scenario":"none","began":"2026-01-01T00:00:00Z"}'])(
    'a file of %o is refused',
    (text) => {
      const path = join(folder, 'market.json');
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, text);
      expect(() => openOrigin(folder, 7, 'chop', BEGAN)).toThrow('expected {seed, scenario, began}');
      writeFileSync(path, whole);
    },
  );
});
