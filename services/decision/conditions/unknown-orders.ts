// UNKNOWN_ORDERS: too many orders whose outcome nobody knows, or one for more than 300 s.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import type { Fold } from '../fold.ts';
import type { Order } from '../orders/orders.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, conditionOf, setCondition } from './conditions.ts';

export const UNKNOWN_MAX_US = 300 * SECOND;

/** Called when an order's state has changed, and at the Tick where the oldest unknown one becomes too old. */
export function checkUnknownOrders(fold: Fold, p: PortfolioState): void {
  const limit = p.policy?.policy.orders.max_unknown ?? 1;
  const old = p.now - oldestUnknownAt(p) > UNKNOWN_MAX_US;
  if (p.unknown.size > limit || old) {
    if (conditionOf(p, 'UNKNOWN_ORDERS') !== null) return;
    const reason = `${p.unknown.size} orders unknown, limit ${limit}${old ? '; the oldest for more than 300 s' : ''}`;
    setCondition(fold, p, 'UNKNOWN_ORDERS', { actor: 'decision', reason });
  } else clearCondition(fold, p, 'UNKNOWN_ORDERS', `${p.unknown.size} left, limit ${limit}`);
}

export function oldestUnknownAt(p: PortfolioState): Micros {
  let oldest = Number.POSITIVE_INFINITY;
  for (const order of p.unknown.values()) oldest = Math.min(oldest, order.since);
  return oldest;
}

/** Keeps the index of unknown orders after an order's state may have changed. */
export function noteUnknown(fold: Fold, p: PortfolioState, order: Order): void {
  if (order.status === 'UNKNOWN') {
    if (p.unknown.has(order.order_id)) return;
    p.unknown.set(order.order_id, { instrument: order.instrument, since: p.now });
  } else if (!p.unknown.delete(order.order_id)) return;
  checkUnknownOrders(fold, p);
}
