// What a venue takes per fill: the fee table by venue, and the size that leaves a wanted amount after the fee.
import { type Decimal, divCeil, divFloor, type Money, SCALE } from '../../schemas/money.ts';
import { exactBps } from './table.ts';

/** Basis points with at most two decimals. */
export interface Fees {
  readonly maker: number;
  readonly taker: number;
  /** Least `market` cost at this venue: pools price worse than books. */
  readonly market_min?: number;
  /** Flat cost of one transaction in the quote currency, as text or whole number. */
  readonly gas?: number | string;
}

/** Policy key `venue.fees_bps`: the row `default` serves every venue that has none of its own. */
export type FeesByVenue = Readonly<Record<string, Fees>>;

const UNNAMED: Fees = { maker: 40, taker: 60 };

/** `told`: the account's own rates where a live venue reports them; they replace the table's. */
export function feesOf(
  table: FeesByVenue,
  venue: string,
  told?: { readonly maker_bps: number; readonly taker_bps: number } | null,
): Fees {
  const row = (Object.hasOwn(table, venue) ? table[venue] : table.default) ?? UNNAMED;
  return told == null ? row : { ...row, maker: told.maker_bps, taker: told.taker_bps };
}

/** The amount of which `net` is left after a fee taken out of it, net / (1 − fee): rounded down for display, up for sizing. */
export function grossUpFloor(net: Money, fee_bps: number): Money {
  return divFloor(net, keptShare(fee_bps));
}
export function grossUpCeil(net: Money, fee_bps: number): Money {
  return divCeil(net, keptShare(fee_bps));
}

function keptShare(fee_bps: number): Decimal {
  return SCALE - exactBps(fee_bps) / 10_000n;
}
