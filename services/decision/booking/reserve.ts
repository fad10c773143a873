// Reservations of an order: an entry takes its share of what was approved, a reduction holds position quantity.
import { mul, mulDiv } from '../../../schemas/money.ts';
import { type Fold, noteChange, sideOf } from '../fold.ts';
import { reserveEntry, reserveReduction } from '../ledger/reservations.ts';
import type { Intent, Order } from '../orders/orders.ts';
import type { PortfolioState } from '../state.ts';
import { scopesOf } from './booked-fill.ts';

export function reserveFor(fold: Fold, p: PortfolioState, order: Order, intent: Intent): void {
  // An order that lives again keeps what was known of it, and needs only its rest.
  if (order.facts === null) {
    order.facts = { order_id: order.order_id, decision_id: intent.decision_id, arrival_mid: null, accepted_at: null };
    p.order_facts.push(order.facts);
  }
  const rest = order.quantity - order.filled;
  const wish = p.wishes.get(intent.decision_id);
  const scopes = scopesOf(p, order.instrument, order.venue, wish);
  if (wish !== undefined && wish.kind === 'ENTRY') {
    const notional = mul(rest, wish.worst_price);
    const cash = mulDiv(wish.reserved_cash, rest, wish.decided_qty);
    return reserveEntry(p.ledger, scopes, { order_id: order.order_id, quantity: rest, notional, cash });
  }
  reserveReduction(p.ledger, scopes, { order_id: order.order_id, quantity: rest, resting_stop: false });
  const position = p.ledger.positions.get(order.instrument);
  if (position !== undefined) noteChange(fold, position, sideOf(position));
}
