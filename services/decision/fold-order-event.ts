// An OrderEvent: what the venue (or execution itself) says of an order, an account or a position.
import type { OrderEvent } from '../../schemas/records.generated.ts';
import { book } from './booking/book.ts';
import { bookedFill } from './booking/booked-fill.ts';
import { noteLiquidation } from './conditions/position-loss.ts';
import { takeReport } from './conditions/reconciliation-break.ts';
import { checkStops } from './conditions/stops.ts';
import { noteUnknown } from './conditions/unknown-orders.ts';
import { factsOf, takeOnce } from './decided.ts';
import { type Fold, noteChange, ordersContext, sideOf } from './fold.ts';
import { bookFunding } from './ledger/funding.ts';
import { onOrderEvent } from './orders/order-event.ts';
import type { OrderFacts } from './orders/orders.ts';
import type { PortfolioState } from './state.ts';
import { noteFailure, noteVenueState } from './venues.ts';

export function foldOrderEvent(fold: Fold, p: PortfolioState, event: OrderEvent): void {
  if (!takeOnce(p, event.event_id)) return;
  switch (event.type) {
    case 'VENUE_STATE':
      if (event.venue_state !== null) noteVenueState(fold, p, event.venue, event.venue_state);
      return;
    case 'RECONCILING':
      // Entries wait for the report; exits run.
      p.reconciliation.last_clean_at = null;
      return;
    case 'RECONCILED':
      if (event.reconciliation !== null) takeReport(fold, p, event.reconciliation);
      return;
    case 'FUNDING':
      return fund(fold, p, event);
    case 'LIQUIDATED':
      return liquidate(fold, p, event);
    case 'SUBMITTING':
    case 'ACCEPTED':
      return walk(fold, p, event, true);
    case 'REJECTED':
    case 'NOT_PLACED':
      noteFailure(p, event);
      return walk(fold, p, event, false);
    case 'FILL':
    case 'CANCEL_REQUESTED':
    case 'CANCEL_REJECTED':
    case 'CANCELED':
    case 'EXPIRED':
    case 'DENIED':
    case 'UNKNOWN':
    case 'SHADOWED':
      return walk(fold, p, event, false);
  }
}

/** The order is looked up once; one that is remembered no more may have left its facts. */
function walk(fold: Fold, p: PortfolioState, event: OrderEvent, arrives: boolean): void {
  const order_id = event.order_id ?? '';
  const order = p.orders.orders.get(order_id);
  if (arrives) {
    const facts = order === undefined ? factsOf(p, order_id) : order.facts;
    if (facts !== null) noteArrival(facts, event);
  }
  onOrderEvent(p.orders, order, event, ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
  if (order !== undefined) noteUnknown(fold, p, order);
}

function noteArrival(facts: OrderFacts, event: OrderEvent): void {
  const mid = event.bid === null || event.ask === null ? null : (event.bid + event.ask) / 2n;
  if (event.type === 'ACCEPTED') {
    if (facts.accepted_at !== null) return;
    facts.accepted_at = event.venue_at ?? event.observed_at;
    if (mid !== null) facts.arrival_mid = mid;
  } else facts.arrival_mid ??= mid;
}

function fund(fold: Fold, p: PortfolioState, event: OrderEvent): void {
  if (event.funding === null) return;
  bookFunding(p.ledger, { instrument: event.instrument, amount: event.funding.amount });
  const position = p.ledger.positions.get(event.instrument);
  if (position !== undefined) noteChange(fold, position, sideOf(position));
  checkStops(fold, p);
}

/** The venue has closed the position itself: a fill nobody ordered. */
function liquidate(fold: Fold, p: PortfolioState, event: OrderEvent): void {
  const position = p.ledger.positions.get(event.instrument);
  const wish = {
    kind: 'EXIT',
    position_id: position?.position_id ?? '',
    reason: 'LIQUIDATED',
    signal_mid: position?.mark?.mid ?? null,
    signal_at: event.venue_at ?? event.observed_at,
    ended_at: p.now,
  } as const;
  if (event.quantity !== null && event.price !== null) book(fold, p, bookedFill(p, event, event.quantity, null, wish));
  noteLiquidation(fold, p, event.instrument);
}
