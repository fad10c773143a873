// The Quote record of a bar's close: from the source's own touch, or derived from the close and an assumed spread.
import {
  ceilToStep,
  type Decimal,
  divFloor,
  floorToStep,
  mulDiv,
  type Price,
  type Quantity,
  SCALE,
} from '../../schemas/money.ts';
import type { Quote } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Assumed, InstrumentFacts, SourceQuote } from './facts.ts';

/** The band, in bps around mid, that a depth is assumed for. Wider bands stay unknown. */
export const DEPTH_BAND_BPS = 20;

/** A quote around the close, half the assumed spread on each side, outward to the tick. */
export function derivedQuote(facts: InstrumentFacts, assumed: Assumed, close: Price, at: Micros): Quote {
  const { tick } = facts.filters;
  const half = mulDiv(close, halfSpread(assumed.spread_bps), SCALE);
  const bid = floorToStep(close - half, tick);
  const ask = ceilToStep(close + half, tick);
  return quoteRecord(facts, assumed, { event_time: at, bid: bid > 0n ? bid : close, ask }, at, ['DERIVED']);
}

/** The source's own touch; how much stands behind it was not recorded and is assumed. */
export function recordedQuote(facts: InstrumentFacts, assumed: Assumed, quote: SourceQuote, at: Micros): Quote {
  return quoteRecord(facts, assumed, quote, at, []);
}

function quoteRecord(facts: InstrumentFacts, assumed: Assumed, quote: SourceQuote, at: Micros, flags: string[]): Quote {
  const side = assumed.depth_usd / 2n;
  const { step } = facts.filters;
  return {
    instrument: facts.instrument,
    venue: facts.venue,
    event_time: quote.event_time,
    received_at: at,
    sequence: null,
    flags,
    bid: quote.bid,
    ask: quote.ask,
    bid_size: sizeOf(side, quote.bid, step),
    ask_size: sizeOf(side, quote.ask, step),
    last: null,
    depth: [{ band_bps: DEPTH_BAND_BPS, bid_usd: side, ask_usd: side }],
    depth_time: quote.event_time,
  };
}

function sizeOf(value: Decimal, price: Price, step: Quantity): Quantity {
  return price > 0n ? floorToStep(divFloor(value, price), step) : 0n;
}

/** Half of a spread in bps (two decimals count) as a share of the price. */
function halfSpread(bps: number): Decimal {
  return (BigInt(Math.round(bps * 100)) * SCALE) / 2_000_000n;
}
