// Price and quantity of an order, resolved at the moment of sending from the quote of that moment.
import { bpsOf, ceilToStep, divFloor, floorToStep, type Money, type Price, type Quantity } from '../../schemas/money.ts';
import type { OrderSide } from '../../schemas/records.generated.ts';

export interface BestPrices {
  readonly bid: Price;
  readonly ask: Price;
}

/** A limit never pays more than asked for: BUY floors, SELL ceils. */
export function limitToTick(price: Price, side: OrderSide, tick: Price): Price {
  return side === 'BUY' ? floorToStep(price, tick) : ceilToStep(price, tick);
}

/** A stop's trigger is rounded toward the market, so it acts no later: SELL ceils, BUY floors. */
export function triggerToTick(price: Price, side: OrderSide, tick: Price): Price {
  return side === 'BUY' ? floorToStep(price, tick) : ceilToStep(price, tick);
}

/** PASSIVE: `ticks` away from the own side of the book, so that it rests. */
export function passivePrice(quote: BestPrices, side: OrderSide, tick: Price, ticks: number): Price {
  const away = BigInt(ticks) * tick;
  return side === 'BUY' ? floorToStep(quote.bid, tick) - away : ceilToStep(quote.ask, tick) + away;
}

/** CROSS: through the touch by at most `collar_bps`. */
export function crossPrice(quote: BestPrices, side: OrderSide, tick: Price, collar_bps: number): Price {
  return side === 'BUY'
    ? floorToStep(quote.ask + bpsOf(quote.ask, collar_bps), tick)
    : ceilToStep(quote.bid - bpsOf(quote.bid, collar_bps), tick);
}

/** True where `price` is worse for the side than `limit`; equality is not. */
export function isBeyond(price: Price, side: OrderSide, limit: Price): boolean {
  return side === 'BUY' ? price > limit : price < limit;
}

/** The price the side takes. */
export function touchOf(quote: BestPrices, side: OrderSide): Price {
  return side === 'BUY' ? quote.ask : quote.bid;
}

/** As much as the notional buys at the price, whole steps only. */
export function quantityOf(notional: Money, price: Price, step: Quantity): Quantity {
  return floorToStep(divFloor(notional, price), step);
}
