// The market beside a signal, at one moment and under one mode's limits: values, ages, and what is wrong with them.
import { type Money, type Price, toNumber } from '../../schemas/money.ts';
import type {
  DepthBand,
  DerivativesState,
  EnrichedDerivatives,
  EnrichedInfo,
  EnrichedQuote,
  InstrumentInfo,
  Mode,
  Quote,
  Regime,
  Universe,
} from '../../schemas/records.generated.ts';
import { HOUR, MINUTE, type Micros } from '../../schemas/time.ts';
import { changeOver } from './changes.ts';
import type { EnrichmentConfig } from './config.ts';
import type { MarketState, Seen } from './market-state.ts';
import { hasJumped, medianMid, midAt, midOf, recentMids } from './mids.ts';
import { NO_TRACKS } from './track.ts';

export interface MarketView {
  readonly quote: EnrichedQuote | null;
  readonly quote_fresh: boolean;
  readonly mid: Price | null;
  readonly signal_mid: Price | null;
  readonly median_mid_5m: Price | null;
  readonly spread_bps: number | null;
  readonly depth: DepthBand[];
  readonly depth_time: Micros | null;
  readonly depth_offset: number | null;
  readonly depth_fresh: boolean;
  readonly change_5m_bps: number | null;
  readonly change_30m_bps: number | null;
  readonly change_1h_bps: number | null;
  readonly change_24h_bps: number | null;
  readonly derivatives: EnrichedDerivatives | null;
  readonly derivatives_fresh: boolean;
  readonly info: EnrichedInfo | null;
  readonly facts_fresh: boolean;
  /** Volume, tier and eligibility count. */
  readonly derived_fresh: boolean;
  readonly volume_24h_usd: Money | null;
  readonly universe: Universe | null;
  readonly regime: Regime | null;
  readonly regime_fresh: boolean;
  readonly jumped: boolean;
  /** Flags that the market stage set on what is used here. */
  readonly feed_flags: readonly string[];
  /** By input, bars excepted. */
  readonly ages_us: Record<string, number>;
}

/** `market` null: nothing was ever heard of the instrument. */
export function viewMarket(
  market: MarketState | null,
  event_time: Micros,
  now: Micros,
  mode: Mode,
  config: EnrichmentConfig,
): MarketView {
  const limits = config.limits[mode];
  const ages: Record<string, number> = {};
  const quote = market?.quote ?? null;
  // A quote derived from a bar is as old as bars are long.
  const modelled = mode === 'backtest' && quote !== null && quote.value.flags.includes('DERIVED');
  const quote_limit = modelled ? 2 * config.base_interval_us : limits.quote_us;
  const depth_limit = modelled ? 2 * config.base_interval_us : limits.depth_us;
  const mid = quote === null ? null : midOf(quote.value.bid, quote.value.ask);
  const depth = market?.depth ?? null;
  const info = market?.info ?? null;
  const derivatives = market?.derivatives ?? null;
  if (quote !== null) ages.quote = now - quote.value.event_time;
  if (depth !== null) ages.depth = now - depth.at;
  if (derivatives !== null) ages.derivatives = now - derivatives.value.event_time;
  if (info !== null) {
    ages.facts = now - info.value.facts_at;
    ages.derived = now - info.value.derived_at;
    ages.regime = now - info.value.regime.as_of;
  }
  const derived_fresh = isFresh(ages.derived, limits.derived_us);
  const tracks = market?.tracks ?? NO_TRACKS;
  const recent = market === null ? null : recentMids(market.mids, now);
  return {
    quote: quote === null ? null : quoteOf(quote, now),
    quote_fresh: isFresh(ages.quote, quote_limit),
    mid,
    signal_mid: market === null ? null : midAt(market.mids, event_time),
    median_mid_5m: recent === null ? null : medianMid(recent),
    spread_bps: quote === null || mid === null ? null : (toNumber(quote.value.ask - quote.value.bid) / toNumber(mid)) * 10_000,
    depth: depth === null ? [] : depth.value.slice(),
    depth_time: depth?.at ?? null,
    depth_offset: depth?.offset ?? null,
    depth_fresh: isFresh(ages.depth, depth_limit),
    change_5m_bps: changeOver(tracks, 5 * MINUTE, now, limits.candle_intervals),
    change_30m_bps: changeOver(tracks, 30 * MINUTE, now, limits.candle_intervals),
    change_1h_bps: changeOver(tracks, HOUR, now, limits.candle_intervals),
    change_24h_bps: changeOver(tracks, 24 * HOUR, now, limits.candle_intervals),
    derivatives: derivatives === null ? null : derivativesOf(derivatives, now),
    derivatives_fresh: isFresh(ages.derivatives, limits.derivatives_us),
    info: info === null ? null : infoOf(info, now),
    facts_fresh: isFresh(ages.facts, limits.facts_us),
    derived_fresh,
    volume_24h_usd: info !== null && derived_fresh ? info.value.volume_24h_usd : null,
    universe: info?.value.universe ?? null,
    regime: info?.value.regime ?? null,
    regime_fresh: isFresh(ages.regime, limits.regime_us),
    jumped: market !== null && recent !== null && !config.check_venue && hasJumped(market.mids, recent),
    feed_flags: joined(quote?.value.flags ?? NO_FLAGS, info?.value.flags ?? NO_FLAGS),
    ages_us: ages,
  };
}

const NO_FLAGS: readonly string[] = [];

/** Mostly one of them is empty. */
function joined(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}

function isFresh(age: Micros | undefined, limit: Micros): boolean {
  return age !== undefined && age <= limit;
}

function quoteOf({ value, offset }: Seen<Quote>, now: Micros): EnrichedQuote {
  const { bid, ask, bid_size, ask_size, event_time, flags } = value;
  return { bid, ask, bid_size, ask_size, event_time, offset, age_us: now - event_time, flags: flags.slice() };
}

function derivativesOf({ value, offset }: Seen<DerivativesState>, now: Micros): EnrichedDerivatives {
  return {
    funding_rate: value.funding_rate,
    funding_predicted: value.funding_predicted,
    funding_interval_s: value.funding_interval_s,
    next_funding_time: value.next_funding_time,
    open_interest: value.open_interest,
    open_interest_usd: value.open_interest_usd,
    oi_change_24h_bps: value.oi_change_24h_bps,
    mark_price: value.mark_price,
    oracle_price: value.oracle_price,
    offset,
    age_us: now - value.event_time,
  };
}

function infoOf({ value, offset }: Seen<InstrumentInfo>, now: Micros): EnrichedInfo {
  return {
    venue: value.venue,
    venue_symbol: value.venue_symbol,
    kind: value.kind,
    base: value.base,
    quote: value.quote,
    chain: value.chain,
    address: value.address,
    status: value.status,
    filters: value.filters,
    fees: value.fees,
    max_leverage: value.max_leverage,
    contract_size: value.contract_size,
    listed_at: value.listed_at,
    market_cap_usd: value.market_cap_usd,
    theme: value.theme,
    compliance: value.compliance,
    feed: value.feed,
    facts_at: value.facts_at,
    derived_at: value.derived_at,
    offset,
    age_us: now - value.event_time,
  };
}
