// Fills against quotes: what a taker gets of the displayed size and beyond it, and when a resting order is reached.
import { floorToStep, max, min, type Price, type Quantity } from '../../../schemas/money.ts';
import type { Quote } from '../../../schemas/records.generated.ts';
import type { Market } from '../market.ts';
import { isTaker, type Order, remaining } from '../order.ts';
import { isBeyond, touchOf } from '../price.ts';
import type { Consumed, Portfolio, Step } from '../state.ts';
import { execute, expireRest } from './book.ts';
import { happens } from './draws.ts';
import { beyondPrice, queueTier } from './fill-price.ts';

function consumedOf(portfolio: Portfolio, quote: Quote): Consumed {
  let consumed = portfolio.consumed.get(quote.instrument);
  if (consumed === undefined || consumed.event_time !== quote.event_time) {
    consumed = { event_time: quote.event_time, bid: 0n, ask: 0n };
    portfolio.consumed.set(quote.instrument, consumed);
  }
  return consumed;
}

/** Displayed size that own orders of this account have not taken yet, in whole steps. */
function displayed(portfolio: Portfolio, order: Order, quote: Quote): Quantity {
  const consumed = consumedOf(portfolio, quote);
  const left = order.side === 'BUY' ? quote.ask_size - consumed.ask : quote.bid_size - consumed.bid;
  return floorToStep(max(left, 0n), order.step);
}

function consume(portfolio: Portfolio, order: Order, quote: Quote, quantity: Quantity): void {
  const consumed = consumedOf(portfolio, quote);
  if (order.side === 'BUY') consumed.ask += quantity;
  else consumed.bid += quantity;
}

/** Quantity-weighted mean of the touch and beyond it, rounded against the order at scale 12. */
function meanPrice(order: Order, touch: Price, atTouch: Quantity, beyond: Price, rest: Quantity): Price {
  if (rest === 0n) return touch;
  const sum = touch * atTouch + beyond * rest;
  const quantity = atTouch + rest;
  return order.side === 'BUY' ? (sum + quantity - 1n) / quantity : sum / quantity;
}

/** A fresh order, or a stop that has triggered, meets a quote: it trades what it can, and an IOC or FOK rest is over. */
export function takeQuote(step: Step, portfolio: Portfolio, market: Market, order: Order, quote: Quote): void {
  const taker = isTaker(order);
  const takes = taker || order.triggered;
  if (!takes && !(order.fresh && order.order_type === 'LIMIT')) {
    order.fresh = false;
    return;
  }
  order.fresh = false;
  const { settings } = portfolio;
  const touch = touchOf(quote, order.side);
  if (
    settings !== null &&
    !(order.price !== null && isBeyond(touch, order.side, order.price)) &&
    isMet(portfolio, market, order)
  ) {
    const shown = displayed(portfolio, order, quote);
    const atTouch = min(remaining(order), shown);
    const beyond = beyondPrice(settings, market, order, touch, remaining(order));
    const past = order.price !== null && isBeyond(beyond, order.side, order.price);
    const rest = past ? 0n : remaining(order) - atTouch;
    const quantity = atTouch + rest;
    if (quantity > 0n && !(order.time_in_force === 'FOK' && quantity < remaining(order))) {
      const price = meanPrice(order, touch, atTouch, beyond, rest);
      consume(portfolio, order, quote, atTouch);
      execute(step, portfolio, market, order, { price, quantity, liquidity: 'TAKER', at: quote.event_time });
    }
  }
  if (taker) expireRest(step, portfolio, order, quote.event_time);
}

/** Stops always meet the market; takers and crossing limits with their probability. */
export function isMet(portfolio: Portfolio, market: Market, order: Order): boolean {
  const queue = portfolio.settings?.sim.queue;
  if (queue === undefined || order.triggered) return true;
  return happens(isTaker(order) ? queue.taker : queue.limit[queueTier(order, market)], 'taker', order.order_id);
}

function triggers(order: Order, market: Market, quote: Quote): boolean {
  const { stop_price } = order;
  if (stop_price === null) return false;
  const seen =
    order.stop_source === 'LAST'
      ? (quote.last ?? touchOf(quote, order.side))
      : order.stop_source === 'MARK'
        ? (market.derivatives?.mark_price ?? touchOf(quote, order.side))
        : touchOf(quote, order.side);
  return order.side === 'SELL' ? seen <= stop_price : seen >= stop_price;
}

/** A working order meets a new quote; `previous` tells whether its level was cleared without being offered. */
export function meetQuote(
  step: Step,
  portfolio: Portfolio,
  market: Market,
  order: Order,
  quote: Quote,
  previous: Quote | null,
): void {
  if (order.filled_at === quote.event_time) return;
  if (order.order_type === 'STOP' && !order.triggered) {
    if (!triggers(order, market, quote)) return;
    order.triggered = true;
  }
  if (isTaker(order) || order.triggered) return takeQuote(step, portfolio, market, order, quote);
  const { price } = order;
  if (price === null) return;
  if (!isBeyond(touchOf(quote, order.side), order.side, price)) {
    const quantity = min(remaining(order), displayed(portfolio, order, quote));
    if (quantity === 0n) return;
    consume(portfolio, order, quote, quantity);
    return execute(step, portfolio, market, order, { price, quantity, liquidity: 'MAKER', at: quote.event_time });
  }
  if (previous !== null && isCleared(order, price, quote, previous)) {
    const chance = portfolio.settings?.sim.queue.post_only[queueTier(order, market)] ?? 0;
    if (happens(chance, `clear:${quote.event_time}`, order.order_id))
      execute(step, portfolio, market, order, { price, quantity: remaining(order), liquidity: 'MAKER', at: quote.event_time });
  }
}

/** The own side's best price went from the order's level or better to a worse one: whoever stood there was traded away. */
function isCleared(order: Order, price: Price, quote: Quote, previous: Quote): boolean {
  return order.side === 'BUY' ? previous.bid >= price && quote.bid < price : previous.ask <= price && quote.ask > price;
}
