// The venue's order filters as exact integer checks, in the venue's own words.
import { floorToStep, formatDecimal, max, min, mul, type Price, type Quantity } from '../../schemas/money.ts';
import type { Filters, InstrumentStatus, OrderSide, OrderType } from '../../schemas/records.generated.ts';

export interface FilteredOrder {
  readonly side: OrderSide;
  readonly order_type: OrderType;
  readonly opening: boolean;
  /** Null for MARKET and STOP. */
  readonly price: Price | null;
  readonly stop_price: Price | null;
  readonly quantity: Quantity;
  /** The adverse touch: what a MARKET order is valued at. */
  readonly touch: Price;
  /** The venue's reference for the price band. */
  readonly reference: Price;
  /** Own open and queued orders of the instrument, and its positions that have no resting stop yet. */
  readonly orders: number;
  readonly stops: number;
  readonly stops_owed: number;
  /** Free, locked and being bought, for the position limit. */
  readonly position: Quantity;
}

export type FilterName = 'TICK' | 'STEP' | 'NOTIONAL_MIN' | 'NOTIONAL_MAX' | 'PERCENT_PRICE' | 'ORDERS_MAX' | 'POSITION_MAX';

export interface FilterFailure {
  readonly code: `FILTER_${FilterName}`;
  readonly detail: string;
}

function failure(name: FilterName, observed: string, limit: string): FilterFailure {
  return { code: `FILTER_${name}`, detail: `observed ${observed}, limit ${limit}` };
}

const text = formatDecimal;

/** The step and bounds that apply: a MARKET order obeys the coarser of the two lot filters. */
function lot(filters: Filters, order_type: OrderType): { step: Quantity; least: Quantity; most: Quantity | null } {
  const market = order_type === 'MARKET';
  const most = market ? (filters.market_max_qty ?? filters.max_qty) : filters.max_qty;
  return {
    step: market ? max(filters.step, filters.market_step ?? 0n) : filters.step,
    least: market ? max(filters.min_qty ?? 0n, filters.market_min_qty ?? 0n) : (filters.min_qty ?? 0n),
    most: most === 0n ? null : most,
  };
}

/** Whole steps only; a closing quantity above the venue's maximum is cut to it, the rest is another leg. */
export function roundQuantity(quantity: Quantity, filters: Filters, order_type: OrderType, opening: boolean): Quantity {
  const { step, most } = lot(filters, order_type);
  return floorToStep(opening || most === null ? quantity : min(quantity, most), step);
}

/** A closing price is moved into the band rather than refused. */
export function clampToBand(price: Price, side: OrderSide, filters: Filters, reference: Price): Price {
  const band = bandOf(side, filters, reference);
  if (band === null) return price;
  if (price > band.up) return floorToStep(band.up, filters.tick);
  return price < band.down ? floorToStep(band.down + filters.tick - 1n, filters.tick) : price;
}

function bandOf(side: OrderSide, filters: Filters, reference: Price): { down: Price; up: Price } | null {
  const band = filters.price_band;
  if (band === null || reference <= 0n) return null;
  return side === 'BUY'
    ? { down: mul(reference, band.bid_down), up: mul(reference, band.bid_up) }
    : { down: mul(reference, band.ask_down), up: mul(reference, band.ask_up) };
}

function tickFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  return (
    (order.price === null ? null : priceFailure(order.price, filters)) ??
    (order.stop_price === null ? null : priceFailure(order.stop_price, filters))
  );
}

function priceFailure(price: Price, filters: Filters): FilterFailure | null {
  if (filters.tick > 0n && price % filters.tick !== 0n)
    return failure('TICK', text(price), `a multiple of ${text(filters.tick)}`);
  if (price <= 0n || (filters.min_price !== null && price < filters.min_price))
    return failure('TICK', text(price), `at least ${text(filters.min_price ?? filters.tick)}`);
  return filters.max_price !== null && filters.max_price > 0n && price > filters.max_price
    ? failure('TICK', text(price), `at most ${text(filters.max_price)}`)
    : null;
}

function stepFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  const { step, least, most } = lot(filters, order.order_type);
  if (order.quantity <= 0n || order.quantity < least)
    return failure('STEP', text(order.quantity), `at least ${text(max(least, step))}`);
  if (most !== null && order.quantity > most) return failure('STEP', text(order.quantity), `at most ${text(most)}`);
  return step > 0n && order.quantity % step !== 0n ? failure('STEP', text(order.quantity), `a multiple of ${text(step)}`) : null;
}

function notionalFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  if (filters.min_notional === null && filters.max_notional === null) return null;
  const market = order.price === null && order.stop_price === null;
  const notional = mul(order.price ?? order.stop_price ?? order.touch, order.quantity);
  if (filters.min_notional !== null && (!market || filters.apply_min_to_market) && notional < filters.min_notional)
    return failure('NOTIONAL_MIN', text(notional), text(filters.min_notional));
  const most = filters.max_notional;
  return most !== null && most > 0n && (!market || filters.apply_max_to_market) && notional > most
    ? failure('NOTIONAL_MAX', text(notional), text(most))
    : null;
}

function bandFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  const band = bandOf(order.side, filters, order.reference);
  if (band === null || order.price === null || (order.price >= band.down && order.price <= band.up)) return null;
  return failure('PERCENT_PRICE', text(order.price), `${text(band.down)} to ${text(band.up)}`);
}

function countFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  const stop = order.order_type === 'STOP';
  if (stop && filters.max_algo_orders !== null && order.stops >= filters.max_algo_orders)
    return failure('ORDERS_MAX', `${order.stops} stops`, String(filters.max_algo_orders));
  if (filters.max_orders === null) return null;
  const owed = order.opening ? order.stops_owed : 0;
  return order.orders + owed >= filters.max_orders
    ? failure('ORDERS_MAX', `${order.orders} open, ${owed} kept for stops`, String(filters.max_orders))
    : null;
}

function positionFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  if (filters.max_position === null || order.side !== 'BUY' || !order.opening) return null;
  const position = order.position + order.quantity;
  return position > filters.max_position ? failure('POSITION_MAX', text(position), text(filters.max_position)) : null;
}

/** The first filter that an order, already rounded, fails. */
export function filterFailure(order: FilteredOrder, filters: Filters): FilterFailure | null {
  return (
    tickFailure(order, filters) ??
    stepFailure(order, filters) ??
    notionalFailure(order, filters) ??
    bandFailure(order, filters) ??
    countFailure(order, filters) ??
    positionFailure(order, filters)
  );
}

/** Whether the venue's status lets this order through at all; closing orders go in the form that is permitted. */
export function statusAllows(status: InstrumentStatus, opening: boolean, order_type: OrderType): boolean {
  switch (status) {
    case 'TRADING':
      return true;
    case 'POST_ONLY':
      return !opening && order_type === 'POST_ONLY';
    case 'LIMIT_ONLY':
      return !opening && (order_type === 'LIMIT' || order_type === 'POST_ONLY');
    case 'CANCEL_ONLY':
    case 'HALTED':
    case 'OFFLINE':
      return false;
  }
}
