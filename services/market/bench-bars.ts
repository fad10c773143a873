// The bars of the golden benchmarks: a linear congruential walk, the same on every machine.
import { type Price, SCALE } from '../../schemas/money.ts';
import { blankFilters, blankRegime, type Candle, type InstrumentInfo, type Quote } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../schemas/time.ts';
import type { MarketEvent, MarketRecord } from './event.ts';

export const BENCH_INSTRUMENT = 'BENCH';
export const BENCH_VENUE = 'sim';
/** Open of the first bar. */
export const BENCH_START: Micros = 1_699_999_980_000_000;

const FIRST_PRICE = 1_000_000;
const LOWEST_PRICE = 1000;
const FIRST_OPEN = SCALE * BigInt(FIRST_PRICE);

/** Columns; bar i opens at BENCH_START + i minutes, at the close of the one before. */
export interface BenchBars {
  /** Closes as whole numbers. */
  readonly close: Int32Array;
  /** As decimals, which is what records hold. */
  readonly exact: {
    readonly high: BigInt64Array;
    readonly low: BigInt64Array;
    readonly close: BigInt64Array;
    readonly volume: BigInt64Array;
  };
}

export function benchBars(n: number): BenchBars {
  const whole = new Int32Array(n);
  const high = new BigInt64Array(n);
  const low = new BigInt64Array(n);
  const close = new BigInt64Array(n);
  const volume = new BigInt64Array(n);
  let seed = 42;
  let price = FIRST_PRICE;
  for (let i = 0; i < n; i += 1) {
    let highest = price;
    let lowest = price;
    for (let k = 0; k < 4; k += 1) {
      seed = (Math.imul(1_664_525, seed) + 1_013_904_223) >>> 0;
      price = Math.max(price + ((seed >>> 24) % 21) - 10, LOWEST_PRICE);
      if (price > highest) highest = price;
      if (price < lowest) lowest = price;
    }
    seed = (Math.imul(1_664_525, seed) + 1_013_904_223) >>> 0;
    whole[i] = price;
    high[i] = SCALE * BigInt(highest);
    low[i] = SCALE * BigInt(lowest);
    close[i] = SCALE * BigInt(price);
    volume[i] = SCALE * BigInt(1 + ((seed >>> 16) % 1000));
  }
  return { close: whole, exact: { high, low, close, volume } };
}

const BENCH_MONEY = 1_000_000_000_000n * SCALE;

// Parts that all records share: nobody changes a record that was published.
const DERIVED = ['DERIVED'];
const NONE: string[] = [];
const DEPTH = [{ band_bps: 20, bid_usd: BENCH_MONEY, ask_usd: BENCH_MONEY }];
const FILTERS: InstrumentInfo['filters'] = { ...blankFilters(), tick: SCALE, step: SCALE, min_qty: SCALE };
const FEES: InstrumentInfo['fees'] = { maker_bps: 10, taker_bps: 10 };
const UNIVERSE: InstrumentInfo['universe'] = { tier: 'T1', eligible: true, reasons: [], since: BENCH_START, inputs: {} };

/** What the venue of the benchmark says of its instrument: no filter binds, no age is ever reached. */
function benchInfo(at: Micros): InstrumentInfo {
  const regime = blankRegime();
  regime.tag = 'chop_normal';
  regime.trend = 'chop';
  regime.volatility = 'normal';
  regime.confidence = 1;
  regime.as_of = at;
  return {
    instrument: BENCH_INSTRUMENT,
    venue: BENCH_VENUE,
    event_time: at,
    received_at: at,
    sequence: null,
    flags: NONE,
    venue_symbol: BENCH_INSTRUMENT,
    kind: 'perp',
    base: BENCH_INSTRUMENT,
    quote: 'USDT',
    chain: null,
    address: null,
    status: 'TRADING',
    filters: FILTERS,
    fees: FEES,
    max_leverage: 1,
    contract_size: SCALE,
    listed_at: 0,
    facts_at: at,
    volume_24h_usd: BENCH_MONEY,
    market_cap_usd: BENCH_MONEY,
    theme: 'OTHER',
    compliance: NONE,
    universe: UNIVERSE,
    derived_at: at,
    regime,
    feed: { connected: true, breaker: 'closed', error_bps: 0, measured_at: at },
  };
}

function benchQuote(at: Micros, close: Price): Quote {
  return {
    instrument: BENCH_INSTRUMENT,
    venue: BENCH_VENUE,
    event_time: at,
    received_at: at,
    sequence: null,
    flags: DERIVED,
    bid: close,
    ask: close,
    bid_size: BENCH_MONEY,
    ask_size: BENCH_MONEY,
    last: null,
    depth: DEPTH,
    depth_time: at,
  };
}

function benchCandle({ exact }: BenchBars, i: number, open_time: Micros, open: Price, close: Price): Candle {
  const at = open_time + MINUTE;
  return {
    instrument: BENCH_INSTRUMENT,
    venue: BENCH_VENUE,
    event_time: at,
    received_at: at,
    sequence: null,
    flags: NONE,
    interval: '1m',
    open_time,
    close_time: at,
    open,
    high: exact.high[i] ?? 0n,
    low: exact.low[i] ?? 0n,
    close,
    volume: exact.volume[i] ?? 0n,
    quote_volume: null,
    trades_count: null,
    revision: 0,
    history: false,
    filler: false,
  };
}

/** Index of a bar, 0 for the first, after which the facts of the instrument are told again: every 300 s, as in any market. */
const INFO_EVERY_BARS = 5;

/** What the market says when a bar closes: now and then the facts of the instrument, a quote without spread at its close, its candle. */
export function benchEvent(bars: BenchBars, i: number): MarketEvent {
  const key = BENCH_INSTRUMENT;
  const open_time = BENCH_START + i * MINUTE;
  const at = open_time + MINUTE;
  const open = i === 0 ? FIRST_OPEN : (bars.exact.close[i - 1] ?? 0n);
  const close = bars.exact.close[i] ?? 0n;
  const quote: MarketRecord = { topic: 'market.v1', type: 'Quote', key, value: benchQuote(at, close) };
  const candle: MarketRecord = { topic: 'market.v1', type: 'Candle', key, value: benchCandle(bars, i, open_time, open, close) };
  if (i % INFO_EVERY_BARS !== 0) return { at, records: [quote, candle] };
  return { at, records: [{ topic: 'market.v1', type: 'InstrumentInfo', key, value: benchInfo(at) }, quote, candle] };
}

/** All bars from the one with this index on. */
export function* benchSource(bars: BenchBars, from = 0): Generator<MarketEvent> {
  for (let i = from; i < bars.close.length; i += 1) yield benchEvent(bars, i);
}
