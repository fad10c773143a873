// What a venue's answer makes of an order: the event that records it.
import { accepted, ended, orderEvent, publish } from './events.ts';
import type { Market } from './market.ts';
import type { Order } from './order.ts';
import { schedule } from './schedule.ts';
import type { Portfolio, Step } from './state.ts';
import { neverArrived } from './unknown.ts';
import type { AnswerOf, UnknownReason } from './venue.ts';

export function onPlaceAnswer(step: Step, portfolio: Portfolio, market: Market, order: Order, answer: AnswerOf<'place'>): void {
  switch (answer.answer) {
    case 'OK':
      return accepted(step, portfolio, market, order, answer.value.accepted_at);
    case 'REFUSED':
      return ended(step, portfolio, order, 'REJECTED', step.now, answer.reason);
    case 'NOT_SENT':
    case 'NOT_EXECUTED':
      return ended(step, portfolio, order, 'DENIED', step.now, 'VENUE_NOT_EXECUTED', answer.answer);
    case 'UNKNOWN':
      return unknown(step, portfolio, order, answer.reason);
  }
}

/** The outcome is unknown, and only the venue's word ends that. */
export function unknown(step: Step, portfolio: Portfolio, order: Order, reason: UnknownReason): void {
  const event = orderEvent(order, 'UNKNOWN', step.now, 'LOCAL');
  event.reason = reason;
  publish(step, portfolio, event, order);
}

/** An error is not "not found": it only leads to the next question. */
export function onLookupAnswer(
  step: Step,
  portfolio: Portfolio,
  market: Market,
  order: Order,
  answer: AnswerOf<'order_by_client_id'>,
): void {
  order.queries += 1;
  if (answer.answer === 'OK') {
    if (answer.value !== null) return accepted(step, portfolio, market, order, answer.value.accepted_at, 'QUERY');
    if (neverArrived(order, step.now)) {
      const type = order.filled > 0n ? 'CANCELED' : 'NOT_PLACED';
      return ended(step, portfolio, order, type, step.now, '', `not found ${order.queries} times`);
    }
  } else order.queries -= 1;
  schedule(step, portfolio, order);
}
