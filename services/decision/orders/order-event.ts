// Folds one OrderEvent of an order: its state, its fills, what the ledger must do, and the next step of its intent.
import { abs, max, min, mul, type Quantity } from '../../../schemas/money.ts';
import type { OrderEvent } from '../../../schemas/records.generated.ts';
import { MINUTE } from '../../../schemas/time.ts';
import { cancelCommand } from './command.ts';
import { setDeadline } from './deadline.ts';
import { otherOrdersLive } from './open.ts';
import { isTerminal, type OrderColumn, transition } from './order-state.ts';
import { type Intent, isOpening, type Order, type OrdersContext, type OrdersOutput, type OrdersState } from './orders.ts';
import { afterOrder, resume } from './walk.ts';

/** Rounding of a venue's quote quantity: 10^-8 at scale 12. */
const QUOTE_TOLERANCE = 10_000n;
const REVIVE_AFTER_US = MINUTE;

/** An inconsistent fill is not booked: a quote amount once booked as base turned 2.64 USD into 7,855. */
function fillIsSane(order: Order, event: OrderEvent): boolean {
  if (event.price === null || event.quantity === null || event.price <= 0n || event.quantity <= 0n || event.side !== order.side)
    return false;
  if (event.quote_quantity === null) return true;
  return abs(mul(event.price, event.quantity) - event.quote_quantity) <= mul(order.tick_size, event.quantity) + QUOTE_TOLERANCE;
}

/**
 * A fill of another order on the exit's own side shrinks what is left to close; one on the other side grows it. A partial exit
 * goes on to want what it wanted, but no more than is left: a venue refuses to sell what is not there, for ever.
 */
function adjustLiveExit(
  state: OrdersState,
  intent: Intent | null,
  order: Order,
  quantity: Quantity,
  { positions }: OrdersContext,
): void {
  for (const exit of state.intents) {
    if (exit === intent || isOpening(exit) || exit.instrument !== order.instrument) continue;
    if (exit.kind === 'CLOSE') {
      exit.quantity = order.side === exit.side ? max(0n, exit.quantity - quantity) : exit.quantity + quantity;
    } else if (order.side === exit.side) {
      const left = max(0n, abs(positions.get(order.instrument)?.qty ?? 0n) - quantity);
      exit.quantity = min(exit.quantity, exit.filled + left);
    }
  }
}

function onFill(
  state: OrdersState,
  order: Order,
  intent: Intent | null,
  event: OrderEvent,
  context: OrdersContext,
  out: OrdersOutput,
): OrderColumn | null {
  if (!fillIsSane(order, event)) {
    out.effects.push({ kind: 'QUARANTINE', event, quantity: event.quantity ?? 0n, code: 'FILL_UNITS_INCONSISTENT' });
    return null;
  }
  const quantity = event.quantity ?? 0n;
  const open = max(0n, order.quantity - order.filled);
  const booked = min(quantity, open);
  if (booked > 0n) {
    const completes = order.quantity - order.filled - booked < order.step_size;
    const column: OrderColumn = completes ? 'REST' : 'PART';
    const late = isTerminal(order.status);
    order.filled += booked;
    if (intent !== null) intent.filled += booked;
    adjustLiveExit(state, intent, order, booked, context);
    out.effects.push({ kind: 'BOOK', event, order, intent, quantity: booked, late });
    if (late) out.anomalies.push({ code: 'ORDER_FILL_LATE', order_id: order.order_id });
    if (quantity > booked) out.effects.push({ kind: 'QUARANTINE', event, quantity: quantity - booked, code: 'ORDER_OVERFILL' });
    return column;
  }
  out.effects.push({ kind: 'QUARANTINE', event, quantity, code: 'ORDER_OVERFILL' });
  return null;
}

function columnOf(
  state: OrdersState,
  order: Order,
  intent: Intent | null,
  event: OrderEvent,
  context: OrdersContext,
  out: OrdersOutput,
): OrderColumn | null {
  switch (event.type) {
    case 'FILL':
      return onFill(state, order, intent, event, context, out);
    case 'CANCEL_REQUESTED':
      order.cancel_requested = true;
      return null;
    case 'CANCEL_REJECTED':
      order.cancel_requested = false;
      order.cancel_commanded = false;
      return null;
    case 'SUBMITTING':
    case 'ACCEPTED':
    case 'CANCELED':
    case 'EXPIRED':
    case 'REJECTED':
    case 'DENIED':
    case 'UNKNOWN':
    case 'NOT_PLACED':
    case 'SHADOWED':
      return event.type;
    case 'VENUE_STATE':
    case 'RECONCILING':
    case 'RECONCILED':
    case 'FUNDING':
    case 'LIQUIDATED':
      return null;
  }
}

function endOrder(state: OrdersState, order: Order, event: OrderEvent, context: OrdersContext, out: OrdersOutput): void {
  order.filled_reported = max(order.filled_reported, event.filled_quantity_reported ?? 0n);
  order.ended_at = context.now;
  state.ended.push(order.order_id);
  const missing = max(0n, order.filled_reported - order.filled);
  if (missing > 0n) out.anomalies.push({ code: 'ORDER_FILLS_MISSING', order_id: order.order_id });
  out.effects.push({ kind: 'RELEASE', order, keep: missing });
}

/** Exits that waited for this order to end are sent now. */
function wakeWaiting(state: OrdersState, context: OrdersContext, out: OrdersOutput): void {
  for (const intent of state.intents) {
    const waits =
      !isOpening(intent) && intent.order_id === '' && intent.attempt === 0 && intent.not_before !== Number.POSITIVE_INFINITY;
    if (waits && intent.stopping === null && !otherOrdersLive(state, intent)) resume(state, intent, context, out);
  }
}

/** Folds an event that names `order`. Events are deduplicated by id before; of an order nobody commanded, fills are quarantined. */
export function onOrderEvent(
  state: OrdersState,
  order: Order | undefined,
  event: OrderEvent,
  context: OrdersContext,
  out: OrdersOutput,
): void {
  if (order === undefined) {
    out.anomalies.push({ code: 'ORDER_NOT_OURS', order_id: event.order_id ?? '' });
    if (event.type === 'FILL')
      out.effects.push({ kind: 'QUARANTINE', event, quantity: event.quantity ?? 0n, code: 'TRADE_FOREIGN' });
    return;
  }
  const intent = order.intent.ended ? null : order.intent;
  const partlyFilled = order.filled > 0n;
  const wasTerminal = isTerminal(order.status);
  const column = columnOf(state, order, intent, event, context, out);
  if (column === null) return setDeadline(state);
  const { to, mark } = transition(order.status, column, partlyFilled);
  if (mark === 'ILLEGAL') out.anomalies.push({ code: 'ORDER_TRANSITION_ILLEGAL', order_id: order.order_id });
  if (mark === 'REVIVE') revive(state, order, event, context, out);
  if (to !== null) order.status = to;
  if (wasTerminal && to === 'UNKNOWN') reopen(state, order, out);
  if (order.status === 'UNKNOWN' && order.unknown_since < 0) order.unknown_since = context.now;
  if (order.working_at < 0 && (column === 'ACCEPTED' || column === 'PART' || column === 'REST')) order.working_at = context.now;
  if (!wasTerminal && isTerminal(order.status)) {
    endOrder(state, order, event, context, out);
    if (intent !== null && intent.order_id === order.order_id) afterOrder(state, intent, order, event.reason, context, out);
    wakeWaiting(state, context, out);
  }
  setDeadline(state);
}

/** Venues are eventually consistent: only later evidence by query brings an ended order back. */
function revive(state: OrdersState, order: Order, event: OrderEvent, context: OrdersContext, out: OrdersOutput): void {
  const evident = event.evidence === 'QUERY' || event.evidence === 'RECONCILE';
  if (!evident || event.observed_at < order.ended_at + REVIVE_AFTER_US) return;
  order.status = order.filled > 0n ? 'PARTIALLY_FILLED' : 'ACCEPTED';
  out.anomalies.push({ code: 'ORDER_REVIVED', order_id: order.order_id });
  const intent = reopen(state, order, out);
  if (intent === undefined || intent.order_id === order.order_id) return;
  // Its intent has ended or gone on to another attempt: this one is not wanted any more.
  order.cancel_commanded = true;
  out.commands.push(cancelCommand(intent, order, 'ORDER_REVIVED', context));
}

/** An order believed dead is remembered as a live one again, and holds its rest. */
function reopen(state: OrdersState, order: Order, out: OrdersOutput): Intent | undefined {
  order.ended_at = -1;
  order.cancel_commanded = false;
  state.ended.splice(state.ended.indexOf(order.order_id), 1);
  const { intent } = order;
  // An intent is forgotten with its last order.
  if (intent.ended && !state.orders.has(intent.last_order_id)) return undefined;
  out.effects.push({ kind: isOpening(intent) ? 'RESERVE_ENTRY' : 'RESERVE_REDUCTION', order, intent });
  return intent;
}
