// OrderEvents: how they are built, numbered, published and applied to the stage's own state.
import { fillId, orderEventId, positionId } from '../../schemas/ids.ts';
import { mul, mulDiv, type Price, type Quantity, SCALE } from '../../schemas/money.ts';
import {
  blankOrderEvent,
  type Liquidity,
  type OrderCommand,
  type OrderEvent,
  type OrderEvidence,
} from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { feesOf } from '../costs/fees.ts';
import { exactAmount, exactBps } from '../costs/table.ts';
import { endedOrder, rememberEnded } from './ended-orders.ts';
import type { Market } from './market.ts';
import { type Order, remaining } from './order.ts';
import { schedule } from './schedule.ts';
import { applyFill, applyFlow, reserve } from './simulated/account.ts';
import { leveragePct, reservationOf } from './simulated/reservation.ts';
import { type ExecutionState, marketOf, type Portfolio, type Step, updateHolder } from './state.ts';

/** Applies an own event, publishes it, and remembers that its echo needs no second application. */
export function publish(step: Step, portfolio: Portfolio, event: OrderEvent): void {
  step.state.awaited.add(event.event_id);
  evolve(step, portfolio, event);
  step.emit('journal.v1', 'OrderEvent', event.portfolio, event, event.event_id);
}

/** What every event of an order repeats of it; `events` numbers them. */
export type Identified = Pick<
  Order,
  | 'order_id'
  | 'client_order_id'
  | 'decision_id'
  | 'signal_id'
  | 'decided_at'
  | 'portfolio'
  | 'run_id'
  | 'mode'
  | 'account'
  | 'venue'
  | 'instrument'
  | 'events'
>;

/** The next event of an order, with everything that identifies it. */
export function orderEvent(
  order: Identified,
  type: OrderEvent['type'],
  now: Micros,
  evidence: OrderEvidence,
  key?: string,
): OrderEvent {
  const event = blankOrderEvent();
  event.event_id = orderEventId({ key: key ?? String(order.events), order_id: order.order_id, type });
  event.type = type;
  event.order_id = order.order_id;
  event.client_order_id = order.client_order_id;
  event.decision_id = order.decision_id;
  event.signal_id = order.signal_id;
  event.decided_at = order.decided_at;
  event.portfolio = order.portfolio;
  event.run_id = order.run_id;
  event.mode = order.mode;
  event.account = order.account;
  event.venue = order.venue;
  event.instrument = order.instrument;
  event.evidence = evidence;
  event.observed_at = now;
  return event;
}

/** A command's part of its order's events. */
export function identityOf(command: OrderCommand): Omit<Identified, 'events'> {
  return {
    order_id: command.order_id ?? '',
    client_order_id: command.client_order_id ?? '',
    decision_id: command.decision_id,
    signal_id: command.signal_id,
    decided_at: command.decided_at,
    portfolio: command.portfolio,
    run_id: command.run_id,
    mode: command.mode,
    account: command.account,
    venue: command.venue,
    instrument: command.instrument ?? '',
  };
}

/** Our own refusal of a command: it was never sent. */
export function deny(step: Step, portfolio: Portfolio, command: OrderCommand, reason: string, detail: string): void {
  const order_id = command.order_id ?? '';
  const of = { ...identityOf(command), events: endedOrder(portfolio.ended, order_id)?.events ?? 0 };
  const event = orderEvent(of, 'DENIED', step.now, 'LOCAL');
  event.reason = reason;
  event.detail = detail.slice(0, 500);
  publish(step, portfolio, event);
}

/** Bid and ask at the moment of an answer, of the newest quote of any kind. */
function touch(event: OrderEvent, market: Market): void {
  const quote = market.newest;
  if (quote === null) return;
  event.bid = quote.bid;
  event.ask = quote.ask;
  event.quote_at = quote.event_time;
}

export function accepted(
  step: Step,
  portfolio: Portfolio,
  market: Market,
  order: Order,
  venue_at: Micros,
  evidence: OrderEvidence = 'SIMULATED',
): void {
  const event = orderEvent(order, 'ACCEPTED', step.now, evidence);
  event.venue_order_id = order.client_order_id;
  event.venue_at = venue_at;
  touch(event, market);
  publish(step, portfolio, event);
}

/** CANCELED, EXPIRED, REJECTED or NOT_PLACED: the order is over. */
export function ended(
  step: Step,
  portfolio: Portfolio,
  order: Order,
  type: 'CANCELED' | 'EXPIRED' | 'REJECTED' | 'DENIED' | 'NOT_PLACED',
  venue_at: Micros,
  reason = '',
  detail = '',
): void {
  const event = orderEvent(order, type, step.now, type === 'DENIED' ? 'LOCAL' : 'SIMULATED');
  event.venue_order_id = order.phase === 'SUBMITTING' ? null : order.client_order_id;
  event.venue_at = type === 'DENIED' ? null : venue_at;
  event.reason = reason;
  event.detail = detail;
  if (type === 'CANCELED' || type === 'EXPIRED') event.filled_quantity_reported = order.filled;
  publish(step, portfolio, event);
}

export interface FillTerms {
  readonly price: Price;
  readonly quantity: Quantity;
  readonly liquidity: Liquidity;
  /** Event time of the market record that caused it. */
  readonly at: Micros;
}

export function filled(step: Step, portfolio: Portfolio, market: Market, order: Order, terms: FillTerms): void {
  const venue_trade_id = `${order.order_id.slice(0, 28)}-${terms.at}`;
  const fill_id = fillId({ account: order.account, venue: order.venue, venue_order_id: order.client_order_id, venue_trade_id });
  const event = orderEvent(order, 'FILL', step.now, 'SIMULATED', fill_id);
  event.venue_order_id = order.client_order_id;
  event.venue_at = terms.at;
  event.fill_id = fill_id;
  event.venue_trade_id = venue_trade_id;
  event.side = order.side;
  event.price = terms.price;
  event.quantity = terms.quantity;
  event.quote_quantity = mul(terms.price, terms.quantity);
  event.liquidity = terms.liquidity;
  chargeFee(event, portfolio, order.quote, terms.liquidity);
  touch(event, market);
  publish(step, portfolio, event);
}

/** Commission in the quote currency, by the policy's table. */
export function chargeFee(event: OrderEvent, portfolio: Portfolio, asset: string, liquidity: Liquidity): void {
  const fees = feesOf(portfolio.settings?.fees ?? {}, event.venue);
  const rate = exactBps(liquidity === 'MAKER' ? fees.maker : fees.taker);
  const fee = mulDiv(event.quote_quantity ?? 0n, rate, 10_000n * SCALE) + exactAmount(fees.gas ?? 0);
  event.fee = fee;
  event.fee_asset = asset;
  event.fee_rate = SCALE;
  event.fee_quote = fee;
}

/** What an own event makes of the state: the same whether it was just written or is read again after a restart. */
export function evolve(step: Step, portfolio: Portfolio, event: OrderEvent): void {
  const { state } = step;
  if (event.type === 'FUNDING') {
    if (event.funding !== null) applyFlow(portfolio.account, event.funding.asset, event.funding.amount);
    return;
  }
  if (event.type === 'LIQUIDATED') return bookFill(state, portfolio, event, null);
  if (event.order_id === null) return;
  const order = portfolio.orders.get(event.order_id);
  if (order === undefined) {
    const old = endedOrder(portfolio.ended, event.order_id);
    if (old !== undefined && event.type !== 'FILL') old.events += 1;
    if (event.type === 'FILL') bookFill(state, portfolio, event, null);
    if (event.type === 'DENIED' && old === undefined) remember(portfolio, event, 1, 0);
    return;
  }
  order.events += 1;
  switch (event.type) {
    case 'ACCEPTED': {
      order.phase = 'WORKING';
      if (order.working_at === 0) order.working_at = event.observed_at;
      order.reserved = reservationOf(order, portfolio, marketOf(state, order.instrument).info);
      if (order.reserved > 0n) reserve(portfolio.account, reservedAsset(order), order.reserved);
      schedule(step, portfolio, order);
      return;
    }
    case 'FILL':
      bookFill(state, portfolio, event, order);
      if (order.phase === 'SENT') order.phase = 'WORKING';
      if (order.working_at === 0) order.working_at = event.observed_at;
      order.filled_at = event.venue_at ?? 0;
      if (remaining(order) < order.step) retire(state, portfolio, order, event);
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
      retire(state, portfolio, order, event);
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

function bookFill(state: ExecutionState, portfolio: Portfolio, event: OrderEvent, order: Order | null): void {
  const { price, quantity, side, fee } = event;
  if (price === null || quantity === null || side === null) return;
  const info = marketOf(state, event.instrument).info;
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
  updateHolder(state, portfolio, event.instrument);
}

/** The order has ended: nothing of it stays reserved, and its id stays known. */
function retire(state: ExecutionState, portfolio: Portfolio, order: Order, event: OrderEvent): void {
  if (order.reserved > 0n) reserve(portfolio.account, reservedAsset(order), -order.reserved);
  order.reserved = 0n;
  order.phase = 'ENDED';
  portfolio.orders.delete(order.order_id);
  const book = portfolio.books.get(order.instrument);
  const at = book?.indexOf(order.order_id) ?? -1;
  if (book !== undefined && at >= 0) book.splice(at, 1);
  if (order.due === state.due) state.due_stale = true;
  remember(portfolio, event, order.events, order.filled_at);
  updateHolder(state, portfolio, order.instrument);
}

function remember(portfolio: Portfolio, event: OrderEvent, events: number, filled_at: Micros): void {
  rememberEnded(
    portfolio.ended,
    event.order_id ?? '',
    { type: event.type, reason: event.reason, events, filled_at },
    event.observed_at,
  );
}

/** An order enters the books when its SUBMITTING is written; the venue hears of it when that is read back. */
export function register(step: Step, portfolio: Portfolio, order: Order): void {
  portfolio.orders.set(order.order_id, order);
  const book = portfolio.books.get(order.instrument);
  if (book === undefined) portfolio.books.set(order.instrument, [order.order_id]);
  else book.push(order.order_id);
  updateHolder(step.state, portfolio, order.instrument);
}
