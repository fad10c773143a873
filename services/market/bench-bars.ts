// The bars of the golden benchmarks: a linear congruential walk, the same on every machine.
import { SCALE } from '../../schemas/money.ts';
import { blankCandle, blankInstrumentInfo, blankQuote, type InstrumentInfo } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../schemas/time.ts';
import type { MarketEvent, MarketRecord } from './event.ts';

export const BENCH_INSTRUMENT = 'BENCH';
export const BENCH_VENUE = 'sim';
/** Open of the first bar. */
export const BENCH_START: Micros = 1_699_999_980_000_000;

const FIRST_PRICE = 1_000_000;
const LOWEST_PRICE = 1000;

/** Columns of whole numbers; bar i opens at BENCH_START + i minutes. */
export interface BenchBars {
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  readonly volume: Int32Array;
}

export function benchBars(n: number): BenchBars {
  const bars = {
    open: new Int32Array(n),
    high: new Int32Array(n),
    low: new Int32Array(n),
    close: new Int32Array(n),
    volume: new Int32Array(n),
  };
  let seed = 42;
  let price = FIRST_PRICE;
  for (let i = 0; i < n; i += 1) {
    const open = price;
    let high = open;
    let low = open;
    for (let k = 0; k < 4; k += 1) {
      seed = (Math.imul(1_664_525, seed) + 1_013_904_223) >>> 0;
      price = Math.max(price + ((seed >>> 24) % 21) - 10, LOWEST_PRICE);
      if (price > high) high = price;
      if (price < low) low = price;
    }
    seed = (Math.imul(1_664_525, seed) + 1_013_904_223) >>> 0;
    bars.open[i] = open;
    bars.high[i] = high;
    bars.low[i] = low;
    bars.close[i] = price;
    bars.volume[i] = 1 + ((seed >>> 16) % 1000);
  }
  return bars;
}

/** What the venue of the benchmark says of its instrument: no filter binds, no age is ever reached. */
export function benchInfo(at: Micros): InstrumentInfo {
  const blank = blankInstrumentInfo();
  return {
    ...blank,
    instrument: BENCH_INSTRUMENT,
    venue: BENCH_VENUE,
    event_time: at,
    received_at: at,
    venue_symbol: BENCH_INSTRUMENT,
    kind: 'perp',
    base: BENCH_INSTRUMENT,
    quote: 'USDT',
    status: 'TRADING',
    filters: { ...blank.filters, tick: SCALE, step: SCALE, min_qty: SCALE },
    fees: { maker_bps: 10, taker_bps: 10 },
    max_leverage: 1,
    contract_size: SCALE,
    listed_at: 0,
    facts_at: at,
    volume_24h_usd: BENCH_MONEY,
    market_cap_usd: BENCH_MONEY,
    theme: 'OTHER',
    universe: { tier: 'T1', eligible: true, reasons: [], since: at, inputs: {} },
    derived_at: at,
    regime: {
      ...blank.regime,
      tag: 'chop_normal',
      trend: 'chop',
      volatility: 'normal',
      confidence: 1,
      as_of: at,
    },
    feed: { connected: true, breaker: 'closed', error_bps: 0, measured_at: at },
  };
}

const BENCH_MONEY = 1_000_000_000_000n * SCALE;

export interface BenchOptions {
  /** µs between two InstrumentInfo records; default 300 s, as in any market. */
  readonly info_every_us?: number;
}

/** Per bar a quote without spread at its close, then its candle. */
export function* benchSource(bars: BenchBars, options: BenchOptions = {}): Generator<MarketEvent> {
  const every = options.info_every_us ?? 5 * MINUTE;
  const depth = [{ band_bps: 20, bid_usd: BENCH_MONEY, ask_usd: BENCH_MONEY }];
  const size = BENCH_MONEY;
  let infoDue = 0;
  let open = SCALE * BigInt(FIRST_PRICE);
  for (let i = 0; i < bars.close.length; i += 1) {
    const open_time = BENCH_START + i * MINUTE;
    const at = open_time + MINUTE;
    const close = SCALE * BigInt(bars.close[i] ?? 0);
    const quote = blankQuote();
    quote.instrument = BENCH_INSTRUMENT;
    quote.venue = BENCH_VENUE;
    quote.event_time = at;
    quote.received_at = at;
    quote.flags = DERIVED;
    quote.bid = close;
    quote.ask = close;
    quote.bid_size = size;
    quote.ask_size = size;
    quote.depth = depth;
    quote.depth_time = at;
    const candle = blankCandle();
    candle.instrument = BENCH_INSTRUMENT;
    candle.venue = BENCH_VENUE;
    candle.event_time = at;
    candle.received_at = at;
    candle.flags = NO_FLAGS;
    candle.interval = '1m';
    candle.open_time = open_time;
    candle.close_time = at;
    candle.open = open;
    candle.high = SCALE * BigInt(bars.high[i] ?? 0);
    candle.low = SCALE * BigInt(bars.low[i] ?? 0);
    candle.close = close;
    candle.volume = SCALE * BigInt(bars.volume[i] ?? 0);
    open = close;
    const records: MarketRecord[] = [
      { topic: 'market.v1', type: 'Quote', key: BENCH_INSTRUMENT, value: quote },
      { topic: 'market.v1', type: 'Candle', key: BENCH_INSTRUMENT, value: candle },
    ];
    if (at >= infoDue) {
      infoDue = at + every;
      records.unshift({ topic: 'market.v1', type: 'InstrumentInfo', key: BENCH_INSTRUMENT, value: benchInfo(at) });
    }
    yield { at, records };
  }
}

// Shared by all records: nobody changes a record that was published.
const DERIVED = ['DERIVED'];
const NO_FLAGS: string[] = [];
