// The simulated book: who stands where, and how an order trades without leaving its bounds.
import type { Quantity } from '../../../schemas/money.ts';
import type { Micros } from '../../../schemas/time.ts';
import { ended, type FillTerms, filled } from '../events.ts';
import type { Market } from '../market.ts';
import { isEnded, type Order } from '../order.ts';
import type { Portfolio, Step } from '../state.ts';

/** Working orders of one instrument by arrival, then id: the order in which they consume what the market offers. */
export function bookInOrder(portfolio: Portfolio, instrument: string): Order[] {
  const orders: Order[] = [];
  for (const order_id of portfolio.books.get(instrument) ?? []) {
    const order = portfolio.orders.get(order_id);
    if (order !== undefined && order.phase !== 'SUBMITTING') orders.push(order);
  }
  if (orders.length > 1) orders.sort((a, b) => arrival(a) - arrival(b) || (a.order_id < b.order_id ? -1 : 1));
  return orders;
}

function arrival(order: Order): Micros {
  return order.arrives_at > 0 ? order.arrives_at : order.submitted_at;
}

/** How much of the position a reduce-only order can still close. */
export function reducible(portfolio: Portfolio, order: Order): Quantity {
  const held = portfolio.account.holdings.get(order.instrument)?.quantity ?? 0n;
  if (order.side === 'SELL') return held > 0n ? held : 0n;
  return held < 0n ? -held : 0n;
}

/** Fills at most what a reduce-only order may close; where nothing is left to close the order is over. */
export function execute(step: Step, portfolio: Portfolio, market: Market, order: Order, terms: FillTerms): void {
  let fill = terms;
  if (order.reduce_only && order.kind === 'perp') {
    const closable = reducible(portfolio, order);
    if (closable === 0n) return ended(step, portfolio, order, 'CANCELED', terms.at, 'REDUCE_ONLY_REFUSED');
    if (closable < terms.quantity) fill = { ...terms, quantity: closable };
  }
  if (fill.quantity > 0n) filled(step, portfolio, market, order, fill);
}

/** What of an IOC or FOK order did not trade is over. */
export function expireRest(step: Step, portfolio: Portfolio, order: Order, at: Micros): void {
  if (!isEnded(order)) ended(step, portfolio, order, 'EXPIRED', at);
}
