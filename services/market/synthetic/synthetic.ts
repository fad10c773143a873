// A seeded synthetic market: series of minutes for the same ordered flow as recorded data.
import { decimal, type Price, type Quantity } from '../../../schemas/money.ts';
import { blankFilters } from '../../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../../schemas/time.ts';
import type { MarketEvent } from '../event.ts';
import type { Assumed, InstrumentFacts, Series, SourceBar, SourceQuote } from '../facts.ts';
import { type MarketOptions, marketEvents } from '../market.ts';
import { driftOf, isMissing, type Scenario, touchOf } from './scenarios.ts';
import { newWalk, nextMinute, type WalkMinute } from './walk.ts';

export interface SyntheticMarket {
  readonly facts: InstrumentFacts;
  readonly assumed: Assumed;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Price before the first minute. */
  readonly start_price: number;
  /** Usual volume of a minute, base units. */
  readonly volume: number;
  /** Open of the first minute. */
  readonly from: Micros;
  readonly minutes: number;
  /** Minutes that are walked through before the first bar is yielded; default 0. */
  readonly skip?: number;
  /** Minutes before which the market is calm: its scenario begins with this one; default 0. */
  readonly scenario_from?: number;
  /** Whether the market has a touch of its own; default only where the scenario is about it. */
  readonly quoted?: boolean;
}

export function syntheticSource(markets: readonly SyntheticMarket[], options: MarketOptions = {}): Iterable<MarketEvent> {
  return marketEvents(markets.map(syntheticSeries), options);
}

export function syntheticSeries(market: SyntheticMarket): Series {
  const { facts, assumed, scenario } = market;
  return {
    facts,
    interval: '1m',
    quoted: market.quoted ?? (scenario === 'stale' || scenario === 'crossed'),
    assumed,
    bars: { [Symbol.iterator]: () => minutesOf(market) },
  };
}

function* minutesOf(market: SyntheticMarket): Generator<SourceBar, undefined> {
  const { facts, scenario } = market;
  const { tick, step } = facts.filters;
  const walk = newWalk(facts.instrument, market.seed, market.start_price);
  let quote: SourceQuote | null = null;
  const { skip = 0, scenario_from = 0 } = market;
  for (let i = 0; i < market.minutes; i += 1) {
    const phase = i < scenario_from ? 'calm' : scenario;
    const drift = driftOf(phase, i - scenario_from);
    const minute = nextMinute(walk, { ...drift, volume: drift.volume * market.volume });
    if (i < skip) continue;
    const open_time = market.from + i * MINUTE;
    const touch = touchOf(phase, i - scenario_from);
    if (touch !== 'stale' || quote === null)
      quote = quoteOf(minute, tick, market.assumed, open_time + MINUTE, touch === 'crossed');
    if (isMissing(phase, i - scenario_from)) continue;
    yield {
      open_time,
      open: toStep(minute.open, tick),
      high: toStep(minute.high, tick),
      low: toStep(minute.low, tick),
      close: toStep(minute.close, tick),
      volume: toStep(minute.volume, step),
      quote_volume: null,
      quote,
    };
  }
  return undefined;
}

function quoteOf({ close }: WalkMinute, tick: Price, assumed: Assumed, event_time: Micros, crossed: boolean): SourceQuote {
  const half = (close * assumed.spread_bps) / 20_000;
  const bid = toStep(close - half, tick);
  const ask = toStep(close + half, tick);
  const wide = ask > bid ? ask : bid + tick;
  return crossed ? { event_time, bid: wide, ask: bid } : { event_time, bid, ask: wide };
}

/** The nearest multiple of the step, at least one: a price never rounds to nothing. */
export function toStep(x: number, step: Price | Quantity): bigint {
  const count = Math.round(x / (Number(step) / 1e12));
  return BigInt(Math.max(count, 1)) * step;
}

/** Facts of a made-up listing, named BASE-QUOTE or BASE-QUOTE-PERP. */
export function syntheticFacts(instrument: string, tick = decimal('0.01'), step = decimal('0.0001')): InstrumentFacts {
  const [base = instrument, quote = 'USDT', perp] = instrument.split('-');
  return {
    instrument,
    venue: 'sim',
    venue_symbol: instrument,
    kind: perp === 'PERP' ? 'perp' : 'spot',
    base,
    quote,
    chain: null,
    address: null,
    status: 'TRADING',
    filters: { ...blankFilters(), tick, step, min_qty: step, min_notional: decimal('10') },
    fees: { maker_bps: 10, taker_bps: 10 },
    max_leverage: 1,
    contract_size: decimal('1'),
    listed_at: 0,
    market_cap_usd: null,
    ceiling: null,
    theme: null,
  };
}
