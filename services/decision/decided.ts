// What had its effect once has none again: the ids of folded records, remembered 8 days past the dedupe window of signals or longer.
import { DAY, type Micros } from '../../schemas/time.ts';
import { firstSeen, wasSeen } from '../../topology/runtime/id-table.ts';
import type { OrderFacts } from './orders/orders.ts';
import type { PortfolioState } from './state.ts';

/** Enrichment forgets a signal 7 days after it was appended; an older copy is refused by its age. */
const KEEP_US: Micros = 15 * DAY;
/** An order's late fills come within 7 days of its end; its decision is remembered a day longer. */
const WISH_KEEP_US: Micros = 8 * DAY;

/** True the first time. */
export function takeOnce(p: PortfolioState, id: string): boolean {
  return firstSeen(p.decided, id, p.now, KEEP_US);
}

export function wasTaken(p: PortfolioState, id: string): boolean {
  return wasSeen(p.decided, id);
}

/** Facts of an order, also of one that is remembered no more; seldom asked, so looked through. */
export function factsOf(p: PortfolioState, order_id: string): OrderFacts | null {
  return p.order_facts.find((facts) => facts.order_id === order_id) ?? null;
}

/** Once a day: what no record can ask for any more goes, oldest first. */
export function forget(p: PortfolioState): void {
  let gone = 0;
  for (const { order_id } of p.order_facts) {
    if (p.orders.orders.has(order_id)) break;
    gone += 1;
  }
  p.order_facts.splice(0, gone);
  for (const [decision_id, wish] of p.wishes) {
    if (wish.ended_at < 0 || wish.ended_at > p.now - WISH_KEEP_US) break;
    p.wishes.delete(decision_id);
  }
  for (const [instrument, until] of p.failed_until) if (until <= p.now) p.failed_until.delete(instrument);
  for (const [instrument, restriction] of p.restrictions) {
    if (restriction.until !== null && restriction.until <= p.now) p.restrictions.delete(instrument);
  }
}
