// What enrichment remembers of one instrument's market: updated by each market record at small, constant cost.
import type { Candle, DepthBand, DerivativesState, InstrumentInfo, Quote } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type Mids, newMids, pushMid } from './mids.ts';
import type { Plan } from './plan.ts';
import { addTrack, type Track, takeBar, trackOf } from './track.ts';

export interface Seen<T> {
  value: T;
  /** Its offset on the market topic. */
  offset: number;
}

export interface MarketState {
  quote: Seen<Quote> | null;
  depth: (Seen<readonly DepthBand[]> & { at: Micros }) | null;
  derivatives: Seen<DerivativesState> | null;
  info: Seen<InstrumentInfo> | null;
  readonly mids: Mids;
  /** By interval, the finest first. */
  readonly tracks: Track[];
}

export function newMarketState(): MarketState {
  return { quote: null, depth: null, derivatives: null, info: null, mids: newMids(), tracks: [] };
}

/** A price of nothing is no quote: the market stage drops such quotes, and nothing here divides by one that slipped through. */
export function takeQuote(market: MarketState, quote: Quote, offset: number): void {
  if (quote.bid <= 0n || quote.ask <= 0n) return;
  const { quote: last, depth } = market;
  if (last === null) market.quote = { value: quote, offset };
  else {
    if (quote.event_time < last.value.event_time) return;
    last.value = quote;
    last.offset = offset;
  }
  if (quote.depth.length > 0) {
    const at = quote.depth_time ?? quote.event_time;
    if (depth === null) market.depth = { value: quote.depth, offset, at };
    else {
      depth.value = quote.depth;
      depth.offset = offset;
      depth.at = at;
    }
  }
  pushMid(market.mids, quote.event_time, quote.bid, quote.ask);
}

export function takeCandle(market: MarketState, candle: Candle, offset: number, plan: Plan): void {
  const { tracks } = market;
  takeBar(trackOf(tracks, candle.interval) ?? addTrack(tracks, candle.interval, plan), candle, offset, plan);
}

export function takeDerivatives(market: MarketState, value: DerivativesState, offset: number): void {
  if (market.derivatives !== null && value.event_time < market.derivatives.value.event_time) return;
  market.derivatives = { value, offset };
}

export function takeInfo(market: MarketState, value: InstrumentInfo, offset: number): void {
  if (market.info !== null && value.event_time < market.info.value.event_time) return;
  market.info = { value, offset };
}
