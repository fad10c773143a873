// OrderEvents: how they are built, numbered and published.
import { fillId, orderEventId } from '../../schemas/ids.ts';
import { mul, type Price, type Quantity, SCALE } from '../../schemas/money.ts';
import {
  blankOrderEvent,
  type Liquidity,
  type OrderCommand,
  type OrderEvent,
  type OrderEvidence,
} from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { feesOf } from '../costs/fees.ts';
import { exactAmount } from '../costs/table.ts';
import { endedOrder } from './ended-orders.ts';
import { evolve } from './evolve.ts';
import type { Market } from './market.ts';
import { isEnded, type Order } from './order.ts';
import { feeOn } from './simulated/account.ts';
import type { Portfolio, Step } from './state.ts';

/** Applies an own event, publishes it, and remembers that its echo needs no second application. `order`: the one it is about. */
export function publish(step: Step, portfolio: Portfolio, event: OrderEvent, order?: Order): void {
  const known = order === undefined || isEnded(order) ? undefined : order;
  step.state.awaited.add(event.event_id);
  evolve(step, portfolio, event, known);
  // A fill is derived from a market record, but what led to it is the order's command.
  step.emit('journal.v1', 'OrderEvent', event.portfolio, event, event.event_id, known?.command_id, known?.trace);
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
  const event_id = orderEventId({ key: key ?? String(order.events), order_id: order.order_id, type });
  const event = blankOrderEvent();
  event.event_id = event_id;
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
  publish(step, portfolio, event, portfolio.orders.get(order_id));
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
  publish(step, portfolio, event, order);
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
  publish(step, portfolio, event, order);
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
  publish(step, portfolio, event, order);
}

/** Commission in the quote currency, by the policy's table. */
export function chargeFee(event: OrderEvent, portfolio: Portfolio, asset: string, liquidity: Liquidity): void {
  const fees = feesOf(portfolio.settings?.fees ?? {}, event.venue);
  const rate = liquidity === 'MAKER' ? fees.maker : fees.taker;
  const fee = feeOn(event.quote_quantity ?? 0n, rate) + exactAmount(fees.gas ?? 0);
  event.fee = fee;
  event.fee_asset = asset;
  event.fee_rate = SCALE;
  event.fee_quote = fee;
}
