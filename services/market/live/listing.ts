// The made-up listings of the live synthetic market: what each instrument costs, how much of it trades, and how deep its book is.
import { decimal, type Price, type Quantity } from '../../../schemas/money.ts';
import type { Assumed, InstrumentFacts } from '../facts.ts';
import { syntheticFacts } from '../synthetic/synthetic.ts';

export interface Listing {
  readonly facts: InstrumentFacts;
  /** Price before the first minute. */
  readonly start_price: number;
  /** Usual volume of a minute, base units. */
  readonly volume: number;
  readonly assumed: Assumed;
}

interface Row {
  readonly price: number;
  readonly tick: Price;
  readonly step: Quantity;
}

const KNOWN: Readonly<Record<string, Row>> = {
  BTC: { price: 60_000, tick: decimal('0.01'), step: decimal('0.0001') },
  ETH: { price: 3_000, tick: decimal('0.01'), step: decimal('0.001') },
  SOL: { price: 150, tick: decimal('0.01'), step: decimal('0.01') },
};
const OTHER: Row = { price: 100, tick: decimal('0.01'), step: decimal('0.01') };

/** Turnover of a usual minute in the quote currency: enough for the best tier in 24 hours. */
const TURNOVER = 100_000;

/** Everything follows from the name BASE-QUOTE or BASE-QUOTE-PERP. */
export function listingOf(instrument: string): Listing {
  const base = instrument.split('-')[0] ?? '';
  const row = Object.hasOwn(KNOWN, base) ? (KNOWN[base] ?? OTHER) : OTHER;
  return {
    facts: syntheticFacts(instrument, row.tick, row.step),
    start_price: row.price,
    volume: TURNOVER / row.price,
    assumed: { spread_bps: 2, depth_usd: decimal('1000000') },
  };
}
