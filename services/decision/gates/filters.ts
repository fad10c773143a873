// The venue's rules for one order: which of them it breaks first, with what was seen and what was asked.
import { type Decimal, mul, mulCeil, type Price, type Quantity, SCALE } from '../../../schemas/money.ts';
import type { Filters } from '../../../schemas/records.generated.ts';

export interface FilteredOrder {
  readonly buy: boolean;
  /** Limit price. */
  readonly price: Price;
  readonly quantity: Quantity;
  /** What the price band is measured from. */
  readonly reference: Price;
  /** Own orders open at the venue. */
  readonly open_orders: number;
  /** One slot is kept for the stop of every open position. */
  readonly stops: number;
  /** Size of the position after a full fill. */
  readonly position_after: Quantity;
}

export type FilterName = 'TICK' | 'STEP' | 'NOTIONAL_MIN' | 'NOTIONAL_MAX' | 'PERCENT_PRICE' | 'ORDERS_MAX' | 'POSITION_MAX';

export interface BrokenFilter {
  readonly name: FilterName;
  readonly observed: Decimal;
  readonly limit: Decimal;
}

/** null = it breaks none. Equality passes; a limit that the venue does not set is not checked. */
export function brokenFilter(f: Filters, order: FilteredOrder): BrokenFilter | null {
  const { price, quantity } = order;
  return (
    tick(f, price) ??
    step(f, quantity) ??
    (f.min_notional === null ? null : below('NOTIONAL_MIN', mul(price, quantity), f.min_notional)) ??
    (f.max_notional === null ? null : above('NOTIONAL_MAX', mulCeil(price, quantity), f.max_notional)) ??
    band(f, order) ??
    orders(f, order) ??
    above('POSITION_MAX', order.position_after, f.max_position)
  );
}

function below(name: FilterName, observed: Decimal, limit: Decimal | null): BrokenFilter | null {
  return limit !== null && observed < limit ? { name, observed, limit } : null;
}

function above(name: FilterName, observed: Decimal, limit: Decimal | null): BrokenFilter | null {
  return limit !== null && observed > limit ? { name, observed, limit } : null;
}

function tick(f: Filters, price: Price): BrokenFilter | null {
  if (f.tick > 0n && price % f.tick !== 0n) return { name: 'TICK', observed: price, limit: f.tick };
  return below('TICK', price, f.min_price) ?? above('TICK', price, f.max_price);
}

function step(f: Filters, quantity: Quantity): BrokenFilter | null {
  if (quantity <= 0n || (f.step > 0n && quantity % f.step !== 0n)) return { name: 'STEP', observed: quantity, limit: f.step };
  return below('STEP', quantity, f.min_qty) ?? above('STEP', quantity, f.max_qty);
}

function band(f: Filters, order: FilteredOrder): BrokenFilter | null {
  if (f.price_band === null) return null;
  const { bid_down, bid_up, ask_down, ask_up } = f.price_band;
  const down = mul(order.reference, order.buy ? bid_down : ask_down);
  const up = mul(order.reference, order.buy ? bid_up : ask_up);
  return below('PERCENT_PRICE', order.price, down) ?? above('PERCENT_PRICE', order.price, up);
}

function orders(f: Filters, order: FilteredOrder): BrokenFilter | null {
  if (f.max_orders === null || order.open_orders + order.stops < f.max_orders) return null;
  return { name: 'ORDERS_MAX', observed: BigInt(order.open_orders + order.stops) * SCALE, limit: BigInt(f.max_orders) * SCALE };
}
