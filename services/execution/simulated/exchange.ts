// The simulated venue: takes orders and cancels, keeps them in its book, and ends them by time.
import type { Micros } from '../../../schemas/time.ts';
import { onLookupAnswer, onPlaceAnswer } from '../answers.ts';
import { deadManAt } from '../dead-man.ts';
import { ended, orderEvent, publish } from '../events.ts';
import { inQuoteMode, type Market } from '../market.ts';
import { isEnded, isTaker, isWorking, type Order, remaining } from '../order.ts';
import { cancelArrivesAt, gapAt, overdueAt, schedule } from '../schedule.ts';
import type { Portfolio, Step } from '../state.ts';
import type { AnswerOf } from '../venue.ts';
import { freeOf } from './account.ts';
import { reducible } from './book.ts';
import { latencyUs } from './draws.ts';
import { faultyAnswer } from './faults.ts';
import { takeQuote } from './quote-fills.ts';
import { reservationOf } from './reservation.ts';

/** The order leaves for the venue: while quotes are alive it takes its latency, by bars it is in the book at once. */
export function place(step: Step, portfolio: Portfolio, market: Market, order: Order): void {
  const fault = step.config.faults?.onPlace(order.order_id) ?? null;
  if (fault !== null) return onPlaceAnswer(step, portfolio, market, order, faultyAnswer(fault));
  order.phase = 'SENT';
  const sim = portfolio.settings?.sim;
  if (sim !== undefined && inQuoteMode(market, order.submitted_at)) {
    order.arrives_at = order.submitted_at + latencyUs(sim, order.order_id);
    schedule(step, portfolio, order);
  } else accept(step, portfolio, market, order, order.submitted_at);
}

/** The order reaches the book: the venue's own checks, then its answer. */
export function accept(step: Step, portfolio: Portfolio, market: Market, order: Order, at: Micros): void {
  onPlaceAnswer(step, portfolio, market, order, placeAnswer(portfolio, market, order, at));
}

function placeAnswer(portfolio: Portfolio, market: Market, order: Order, at: Micros): AnswerOf<'place'> {
  const reason = refusalOf(portfolio, market, order);
  if (reason !== null) return { answer: 'REFUSED', reason };
  return { answer: 'OK', value: { venue_order_id: order.client_order_id, accepted_at: at } };
}

/** Lookup by client id: an order whose answer was lost is found, one that never arrived is not. */
function lookUp(step: Step, portfolio: Portfolio, market: Market, order: Order): void {
  const arrived = step.config.faults?.isKnown(order.order_id) ?? false;
  const value = arrived ? { venue_order_id: order.client_order_id, accepted_at: order.submitted_at } : null;
  onLookupAnswer(step, portfolio, market, order, { answer: 'OK', value });
}

function refusalOf(portfolio: Portfolio, market: Market, order: Order): string | null {
  if (market.info !== null && market.info.status !== 'TRADING') return 'INSTRUMENT_HALTED';
  const quote = market.newest;
  if (order.order_type === 'POST_ONLY' && order.price !== null && quote !== null) {
    const crosses = order.side === 'BUY' ? order.price >= quote.ask : order.price <= quote.bid;
    if (crosses) return 'POST_ONLY_WOULD_CROSS';
  }
  if (order.reduce_only && order.kind === 'perp' && reducible(portfolio, order) === 0n) return 'REDUCE_ONLY_REFUSED';
  const needed = reservationOf(order, portfolio, market.info);
  const asset = order.kind !== 'perp' && order.side === 'SELL' ? order.base : order.quote;
  return needed > 0n && needed > freeOf(portfolio.account, asset) ? 'BALANCE_INSUFFICIENT' : null;
}

/** CANCEL_REQUESTED is written; the cancel then takes its way. By bars the own resting stop gives way at once. */
export function requestCancel(step: Step, portfolio: Portfolio, market: Market, order: Order, reason: string): void {
  const event = orderEvent(order, 'CANCEL_REQUESTED', step.now, 'LOCAL');
  event.reason = reason;
  publish(step, portfolio, event, order);
  if (order.order_type === 'STOP' && isWorking(order) && !inQuoteMode(market, step.now))
    ended(step, portfolio, order, 'CANCELED', step.now);
}

/** What time alone makes of an order up to `at`. */
export function onTime(step: Step, portfolio: Portfolio, market: Market, order: Order, at: Micros): void {
  if (order.phase === 'UNKNOWN') return lookUp(step, portfolio, market, order);
  if (deadManAt(order) <= at) requestCancel(step, portfolio, market, order, 'DEAD_MAN');
  if (inQuoteMode(market, at)) {
    arriveBy(step, portfolio, market, order, at);
    endByQuoteTime(step, portfolio, order, at);
  } else endOverdue(step, portfolio, order, at);
  if (!isEnded(order)) schedule(step, portfolio, order);
}

/** An order whose way has ended meets the last quote at or before its arrival. */
export function arriveBy(step: Step, portfolio: Portfolio, market: Market, order: Order, at: Micros): void {
  if (order.phase !== 'SENT' || order.arrives_at > at) return;
  accept(step, portfolio, market, order, order.arrives_at);
  if (isWorking(order) && market.real !== null) takeQuote(step, portfolio, market, order, market.real);
}

export function endByQuoteTime(step: Step, portfolio: Portfolio, order: Order, at: Micros): void {
  if (!isWorking(order)) return;
  const cancel_at = cancelArrivesAt(portfolio, order);
  const expires_at = order.expires_at ?? Number.POSITIVE_INFINITY;
  if (Math.min(cancel_at, expires_at) > at) return;
  if (cancel_at <= expires_at) ended(step, portfolio, order, 'CANCELED', cancel_at);
  else ended(step, portfolio, order, 'EXPIRED', expires_at);
}

function endOverdue(step: Step, portfolio: Portfolio, order: Order, at: Micros): void {
  const interval = step.config.base_interval_us;
  if (overdueAt(order.cancel_requested_at, interval) <= at) ended(step, portfolio, order, 'CANCELED', at);
  else if (overdueAt(order.expires_at ?? 0, interval) <= at) ended(step, portfolio, order, 'EXPIRED', at);
  else if (gapAt(order, interval) <= at) endWithoutMarket(step, portfolio, order, at);
}

/** An order that must trade at the next open, and no bar came: refused, or if it traded before, expired. */
export function endWithoutMarket(step: Step, portfolio: Portfolio, order: Order, at: Micros): void {
  if (!isTaker(order)) return;
  if (remaining(order) < order.quantity) ended(step, portfolio, order, 'EXPIRED', at, 'MARKET_DATA_GAP');
  else ended(step, portfolio, order, 'REJECTED', at, 'MARKET_DATA_GAP');
}
