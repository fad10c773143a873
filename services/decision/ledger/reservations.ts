// Reservations: what an open order may still use. Only venue evidence releases one, never a timer.
import { type Money, mulDiv, type Quantity } from '../../../schemas/money.ts';
import type { Ledger, Reservation, Scopes } from './ledger.ts';

export interface EntryRequest {
  readonly order_id: string;
  readonly quantity: Quantity;
  /** At the worst allowed price. */
  readonly notional: Money;
  /** Incl. fee. */
  readonly cash: Money;
}

export interface ReductionRequest {
  readonly order_id: string;
  readonly quantity: Quantity;
  readonly resting_stop: boolean;
}

/** At once with the decision: slot, quantity, notional and cash of an entry order. The same order replaces its own. */
export function reserveEntry(l: Ledger, scopes: Scopes, r: EntryRequest): void {
  set(l, scopes, 'ENTRY', r.order_id, r.quantity, r.notional, r.cash, false);
}

/** Keeps two exits from selling the same quantity. */
export function reserveReduction(l: Ledger, scopes: Scopes, r: ReductionRequest): void {
  set(l, scopes, 'REDUCTION', r.order_id, r.quantity, 0n, 0n, r.resting_stop);
}

function set(
  l: Ledger,
  { instrument, venue, chain, tier, theme, strategy }: Scopes,
  purpose: Reservation['purpose'],
  order_id: string,
  quantity: Quantity,
  notional: Money,
  cash: Money,
  resting_stop: boolean,
): void {
  l.cash_reserved += cash - (l.reservations.get(order_id)?.cash ?? 0n);
  l.reservations.set(order_id, {
    instrument,
    venue,
    chain,
    tier,
    theme,
    strategy,
    order_id,
    purpose,
    resting_stop,
    quantity,
    notional,
    cash,
  });
  l.bookings += 1;
}

/** A fill has used its share; the last of it ends the reservation. */
export function convertReservation(l: Ledger, order_id: string, quantity: Quantity): void {
  const r = l.reservations.get(order_id);
  if (r !== undefined) shrink(l, r, r.quantity - quantity);
}

/** The order is over, except for what the venue reports as filled and has not delivered yet. */
export function releaseReservation(l: Ledger, order_id: string, keep_quantity: Quantity = 0n): void {
  const r = l.reservations.get(order_id);
  if (r !== undefined && keep_quantity < r.quantity) shrink(l, r, keep_quantity);
}

function shrink(l: Ledger, r: Reservation, left: Quantity): void {
  l.bookings += 1;
  if (left <= 0n) {
    l.cash_reserved -= r.cash;
    l.reservations.delete(r.order_id);
    return;
  }
  const cash = mulDiv(r.cash, left, r.quantity);
  l.cash_reserved += cash - r.cash;
  r.notional = mulDiv(r.notional, left, r.quantity);
  r.cash = cash;
  r.quantity = left;
}

/** Position quantity that closing orders hold; a stop resting at the venue is not counted. */
export function pendingReduction(l: Ledger, instrument: string): Quantity {
  let sum = 0n;
  for (const r of l.reservations.values()) {
    if (r.purpose === 'REDUCTION' && r.instrument === instrument && !r.resting_stop) sum += r.quantity;
  }
  return sum;
}
