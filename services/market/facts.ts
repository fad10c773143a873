// What is known of an instrument before any price: the venue's facts and the operator's settings for it.
import type { Money, Price, Quantity } from '../../schemas/money.ts';
import type { Fees, Filters, InstrumentKind, InstrumentStatus } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Interval } from './interval.ts';
import type { UniverseTier } from './universe/config.ts';

export interface InstrumentFacts {
  readonly instrument: string;
  readonly venue: string;
  readonly venue_symbol: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  readonly chain: string | null;
  readonly address: string | null;
  readonly status: InstrumentStatus;
  readonly filters: Filters;
  readonly fees: Fees;
  readonly max_leverage: number;
  readonly contract_size: Quantity;
  readonly listed_at: Micros | null;
  readonly market_cap_usd: Money | null;
  /** Best tier it may reach; null = by base and market cap. */
  readonly ceiling: UniverseTier | null;
  /** Null = by base. */
  readonly theme: string | null;
}

/** What a market of candles alone has to assume: nothing of it was measured. */
export interface Assumed {
  readonly spread_bps: number;
  /** Value within ±20 bps of mid, both sides together, in the quote currency. */
  readonly depth_usd: Money;
}

/** The touch as a source reports it. */
export interface SourceQuote {
  readonly event_time: Micros;
  readonly bid: Price;
  readonly ask: Price;
}

/** A closed bar as a source reports it. */
export interface SourceBar {
  readonly open_time: Micros;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  readonly volume: Quantity;
  /** Null where the source does not say it. */
  readonly quote_volume: Money | null;
  /** The closing touch; null where the source has none for this bar. */
  readonly quote: SourceQuote | null;
}

/** The closed bars of one instrument, in order of time. */
export interface Series {
  readonly facts: InstrumentFacts;
  readonly interval: Interval;
  /** True = the bars' own quotes are published; false = one is derived from each close. */
  readonly quoted: boolean;
  readonly assumed: Assumed;
  readonly bars: Iterable<SourceBar>;
}
