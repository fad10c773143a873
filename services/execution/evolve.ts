// Own events applied to the state: orders, books, reservations and the account are a fold of them.
import { positionId } from '../../schemas/ids.ts';
import { mulDiv } from '../../schemas/money.ts';
import type { OrderEvent } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { endedOrder, rememberEnded } from './ended-orders.ts';
import { type Order, remaining } from './order.ts';
import { schedule } from './schedule.ts';
import { applyFill, applyFlow, reserve } from './simulated/account.ts';
import { leveragePct, reservationOf } from './simulated/reservation.ts';
import { marketOf, type Portfolio, type Step, updateHolder } from './state.ts';

/**
 * What an own event makes of the state: the same whether it was just written or is read again after a restart.
 * `order`: the one it is about, while that is in `portfolio.orders`.
 */
export function evolve(step: Step, portfolio: Portfolio, event: OrderEvent, order: Order | undefined): void {
  if (event.type === 'FUNDING') {
    if (event.funding !== null) applyFlow(portfolio.account, event.funding.asset, event.funding.amount);
    return;
  }
  if (event.type === 'LIQUIDATED') return bookFill(step, portfolio, event, null);
  if (event.order_id === null) return;
  if (order === undefined) {
    const old = endedOrder(portfolio.ended, event.order_id);
    if (old !== undefined && event.type !== 'FILL') old.events += 1;
    if (event.type === 'FILL') bookFill(step, portfolio, event, null);
    if (event.type === 'DENIED' && old === undefined) remember(portfolio, event, 1, 0, !portfolio.unanswered.has(event.order_id));
    return;
  }
  order.events += 1;
  switch (event.type) {
    case 'ACCEPTED': {
      order.phase = 'WORKING';
      if (order.working_at === 0) order.working_at = event.observed_at;
      order.reserved = reservationOf(order, portfolio, marketOf(step, order.instrument).info);
      if (order.reserved > 0n) reserve(portfolio.account, reservedAsset(order), order.reserved);
      schedule(step, portfolio, order);
      return;
    }
    case 'FILL':
      bookFill(step, portfolio, event, order);
      if (order.phase === 'SENT') order.phase = 'WORKING';
      if (order.working_at === 0) order.working_at = event.observed_at;
      order.filled_at = event.venue_at ?? 0;
      if (remaining(order) < order.step) retire(step, portfolio, order, event);
      return;
    case 'CANCEL_REQUESTED':
      order.cancel_requested_at = event.observed_at;
      schedule(step, portfolio, order);
      return;
    case 'CANCEL_REJECTED':
      order.cancel_requested_at = 0;
      return;
    case 'CANCELED':
    case 'EXPIRED':
    case 'REJECTED':
    case 'DENIED':
    case 'NOT_PLACED':
      retire(step, portfolio, order, event);
      return;
    case 'UNKNOWN':
      order.phase = 'UNKNOWN';
      order.unknown_at = event.observed_at;
      schedule(step, portfolio, order);
      return;
    case 'SUBMITTING':
    case 'SHADOWED':
    case 'VENUE_STATE':
    case 'RECONCILING':
    case 'RECONCILED':
      return;
  }
}

/** The asset a reservation is made in: what the order would pay with. */
function reservedAsset(order: Order): string {
  return order.kind !== 'perp' && order.side === 'SELL' ? order.base : order.quote;
}

function bookFill(step: Step, portfolio: Portfolio, event: OrderEvent, order: Order | null): void {
  const { price, quantity, side, fee } = event;
  if (price === null || quantity === null || side === null) return;
  const { info } = marketOf(step, event.instrument);
  applyFill(portfolio.account, {
    fill_id: event.fill_id ?? '',
    instrument: event.instrument,
    kind: order?.kind ?? info?.kind ?? 'perp',
    base: order?.base ?? info?.base ?? '',
    quote: order?.quote ?? info?.quote ?? event.fee_asset ?? '',
    side,
    price,
    quantity,
    fee: fee ?? 0n,
    leverage_pct: leveragePct(portfolio, event.instrument, info),
    position_id: (fill_id) => positionId({ fill_id, portfolio: event.portfolio }),
  });
  if (order !== null) {
    const before = remaining(order);
    order.filled += quantity;
    if (order.reserved > 0n) {
      const after = remaining(order) > 0n ? mulDiv(order.reserved, remaining(order), before) : 0n;
      reserve(portfolio.account, reservedAsset(order), after - order.reserved);
      order.reserved = after;
    }
  }
  // An order that is still in the book holds its market anyway.
  if (order === null) updateHolder(step, portfolio, event.instrument);
}

/** The order has ended: nothing of it stays reserved, and its id stays known. */
function retire(step: Step, portfolio: Portfolio, order: Order, event: OrderEvent): void {
  if (order.reserved > 0n) reserve(portfolio.account, reservedAsset(order), -order.reserved);
  order.reserved = 0n;
  order.phase = 'ENDED';
  portfolio.orders.delete(order.order_id);
  const book = portfolio.books.get(order.instrument);
  const at = book?.indexOf(order.order_id) ?? -1;
  if (book !== undefined && at >= 0) book.splice(at, 1);
  if (order.due === step.state.due) step.state.due_stale = true;
  remember(portfolio, event, order.events, order.filled_at, false);
  updateHolder(step, portfolio, order.instrument);
}

function remember(portfolio: Portfolio, event: OrderEvent, events: number, filled_at: Micros, command_due: boolean): void {
  rememberEnded(
    portfolio.ended,
    event.order_id ?? '',
    { type: event.type, reason: event.reason, events, filled_at, command_due },
    event.observed_at,
  );
}

/** An order enters the books when its SUBMITTING is written; the venue hears of it when that is read back. */
export function register(step: Step, portfolio: Portfolio, order: Order): void {
  portfolio.orders.set(order.order_id, order);
  const book = portfolio.books.get(order.instrument);
  if (book === undefined) portfolio.books.set(order.instrument, [order.order_id]);
  else book.push(order.order_id);
  updateHolder(step, portfolio, order.instrument);
}
