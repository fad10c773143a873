// When the next Tick matters to the orders of a portfolio.
import { DAY, SECOND } from '../../../schemas/time.ts';
import type { OrdersState } from './orders.ts';

/** Ended orders and their fill ids are remembered this long. */
export const FORGET_AFTER_US = 7 * DAY;
/** A command without any event for this long is alerted, never resent. */
export const UNACKNOWLEDGED_US = 10 * SECOND;

/** Recomputes the earliest time at which an order or intent waits for a Tick. */
export function setDeadline(state: OrdersState): void {
  let earliest = Number.POSITIVE_INFINITY;
  for (const intent of state.intents) {
    const order = state.orders.get(intent.order_id);
    if (order === undefined) earliest = Math.min(earliest, intent.not_before);
    else if (order.status === 'NEW' && !order.alerted) earliest = Math.min(earliest, order.commanded_at + UNACKNOWLEDGED_US);
    else if (order.working_at >= 0 && !order.cancel_commanded) earliest = Math.min(earliest, order.working_at + order.ttl_us);
  }
  state.deadline = earliest;
}
