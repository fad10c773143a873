// What a venue takes per fill: the fee table by venue, and the size that leaves a wanted amount after the fee.
import { type Decimal, decimal, divCeil, divFloor, type Money, SCALE } from '../../schemas/money.ts';
import { DAY, type Micros } from '../../schemas/time.ts';

export interface Fees {
  readonly maker_bps: number;
  readonly taker_bps: number;
  /** Least `market` cost of SIM-15 at this venue (pools price worse than books); 0 for none. */
  readonly market_min_bps: number;
  /** Flat cost of one transaction in millionths of the quote unit; 0 for none. */
  readonly gas_micros: number;
}

/** Policy key `venue.fees_bps`: the row `default` serves every venue that has none of its own. */
export type FeesByVenue = Readonly<Record<string, Fees>> & { readonly default: Fees };

/** `told`: the account's own rates where a live venue reports them; they replace the table's. */
export function feesOf(
  table: FeesByVenue,
  venue: string,
  told?: { readonly maker_bps: number; readonly taker_bps: number } | null,
): Fees {
  const row = Object.hasOwn(table, venue) ? (table[venue] ?? table.default) : table.default;
  return told == null ? row : { ...row, maker_bps: told.maker_bps, taker_bps: told.taker_bps };
}

const MICRO: Decimal = decimal('0.000001');

export function gasOf(fees: Fees): Money {
  return BigInt(fees.gas_micros) * MICRO;
}

/** The amount of which `net` is left after a fee taken out of it, net / (1 − fee): rounded down for display, up for sizing. */
export function grossUpFloor(net: Money, fee_bps: number): Money {
  return divFloor(net, keptShare(fee_bps));
}
export function grossUpCeil(net: Money, fee_bps: number): Money {
  return divCeil(net, keptShare(fee_bps));
}

function keptShare(fee_bps: number): Decimal {
  return SCALE - (SCALE * BigInt(fee_bps)) / 10_000n;
}

const FEE_TABLE_AGE_MAX = 30 * DAY;

/** A fee table that nobody has looked at for a month is worth a warning. */
export function isFeeTableOld(as_of: Micros, now: Micros): boolean {
  return now - as_of > FEE_TABLE_AGE_MAX;
}
