// Which fills of which order were booked: ids are kept while the order is open and 7 days after.
import { DAY, type Micros } from '../../../schemas/time.ts';
import type { Ledger, OrderFills } from './ledger.ts';

/** How long the fill ids of a terminal order are remembered; a fill that comes later is the operator's business. */
export const FILL_MEMORY_US: Micros = 7 * DAY;

/** Remembers an id that may be known; `order` is what is remembered of the order's fills so far. */
export function rememberFill(l: Ledger, order: OrderFills | undefined, order_id: string, fill_id: string): void {
  if (order === undefined) l.fills.set(order_id, { ids: [fill_id], closed_at: null });
  else if (!order.ids.includes(fill_id)) order.ids.push(fill_id);
}

/** The order is terminal: its fill ids are kept 7 more days. A revived order (`now` null) is open again. */
export function closeOrder(l: Ledger, order_id: string, now: Micros | null): void {
  const known = l.fills.get(order_id);
  if (known !== undefined) known.closed_at = now;
}

/** The order has been terminal for so long that its fill ids may be forgotten: such a fill is quarantined, not booked. */
export function fillIsTooOld(l: Ledger, order_id: string, now: Micros): boolean {
  const closed_at = l.fills.get(order_id)?.closed_at ?? null;
  return closed_at !== null && now - closed_at > FILL_MEMORY_US;
}

/** Orders come in the order of their first fill, and so nearly in that of their end: what lies behind a younger end waits for it. */
export function forgetOldOrders(l: Ledger, now: Micros): void {
  for (const [order_id, { closed_at }] of l.fills) {
    if (closed_at === null) continue;
    if (now - closed_at <= FILL_MEMORY_US) break;
    l.fills.delete(order_id);
  }
}
