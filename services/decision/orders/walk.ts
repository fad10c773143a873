// The walk of an intent along its route: the next attempt, the next step, or its end.
import { max, mul } from '../../../schemas/money.ts';
import { SECOND } from '../../../schemas/time.ts';
import { cancelCommand, placeCommand } from './command.ts';
import { isTerminal } from './order-state.ts';
import {
  type Intent,
  type IntentEnd,
  isOpening,
  type Order,
  type OrdersContext,
  type OrdersOutput,
  type OrdersState,
} from './orders.ts';

/** Seconds between failed attempts of an exit; the last one repeats for ever. */
const EXIT_BACKOFF_S = [1, 2, 4, 8, 16, 30, 60];
const EXIT_STUCK_FAILURES = 5;
/** An opening that the venue again and again has not executed is given up: its moment has passed. */
const NOT_EXECUTED_MAX = 3;
/** How soon an exit that may not run beside another one looks again. */
const EXCLUSIVE_WAIT_US = SECOND;
/** An exit waits this long for own orders of the other side to end. */
export const OTHER_SIDE_WAIT_US = 2 * SECOND;

export function restOf(intent: Intent): bigint {
  return max(0n, intent.quantity - intent.filled);
}

/** Ends an intent: it is under way no more, and the fold hears how it ended. */
export function endIntent(state: OrdersState, intent: Intent, end: IntentEnd, out: OrdersOutput): void {
  intent.ended = true;
  state.intents = state.intents.filter((other) => other !== intent);
  out.ended.push({ intent, end });
}

function partialOr(intent: Intent, end: IntentEnd): IntentEnd {
  return intent.filled > 0n ? 'PARTIAL' : end;
}

/** Below the venue's minimum a rest cannot be sent. The price is the worst one for an opening, the last reference for a closing. */
function belowMinimum(intent: Intent): boolean {
  const rest = restOf(intent);
  const price = intent.collar_price ?? intent.reference?.bid ?? 0n;
  if (rest < intent.terms.step || rest < intent.terms.min_qty) return true;
  return price > 0n && mul(rest, price) < intent.terms.min_notional;
}

/** Sends the next attempt for the rest of the intent. */
export function placeAttempt(
  state: OrdersState,
  intent: Intent,
  again: boolean,
  context: OrdersContext,
  out: OrdersOutput,
): void {
  if (!isOpening(intent) && context.halted && !intent.forced) {
    intent.not_before = Number.POSITIVE_INFINITY;
    return;
  }
  intent.attempt += 1;
  const { command, order } = placeCommand(intent, { quantity: restOf(intent), again }, context);
  if (order.kind === 'TAKER') intent.taker_attempts += 1;
  intent.order_id = order.order_id;
  intent.last_order_id = order.order_id;
  state.orders.set(order.order_id, order);
  out.effects.push({ kind: isOpening(intent) ? 'RESERVE_ENTRY' : 'RESERVE_REDUCTION', order, intent });
  out.commands.push(command);
}

/** Cancels the live order of an intent once; nothing if there is none or it is on its way out already. */
export function cancelLive(state: OrdersState, intent: Intent, reason: string, context: OrdersContext, out: OrdersOutput): void {
  const order = state.orders.get(intent.order_id);
  if (order === undefined || order.cancel_commanded || isTerminal(order.status)) return;
  order.cancel_commanded = true;
  out.commands.push(cancelCommand(intent, order, reason, context));
}

/** The taker step of an opening is asked for only by confidence and by the policy's word; execution checks the fee budget at the price. */
function takerAllowed(intent: Intent, context: OrdersContext): boolean {
  const { policy } = context;
  return policy.taker_promote && intent.confidence_bps >= policy.taker_confidence_bps_min;
}

function openingGoesOn(
  state: OrdersState,
  intent: Intent,
  order: Order,
  reason: string,
  context: OrdersContext,
  out: OrdersOutput,
): void {
  if (restOf(intent) < intent.terms.step) return endIntent(state, intent, 'FILLED', out);
  if (intent.stopping !== null) return endIntent(state, intent, partialOr(intent, intent.stopping), out);
  const age = context.now - intent.started_at;
  const ageLimit = context.policy.intent_age_s_max * SECOND + 3 * context.candle_interval_us;
  if (belowMinimum(intent) || age > ageLimit) return endIntent(state, intent, partialOr(intent, 'NO_FILL'), out);
  const crossed = order.status === 'REJECTED' && reason === 'POST_ONLY_WOULD_CROSS';
  if (crossed && !order.again) return placeAttempt(state, intent, true, context, out);
  if (order.status === 'NOT_PLACED' || reason === 'VENUE_NOT_EXECUTED') {
    intent.failures += 1;
    if (intent.failures > NOT_EXECUTED_MAX) return endIntent(state, intent, partialOr(intent, 'REFUSED'), out);
    return placeAttempt(state, intent, order.again, context, out);
  }
  if (!crossed && (order.status === 'REJECTED' || order.status === 'DENIED'))
    return endIntent(state, intent, partialOr(intent, 'REFUSED'), out);
  const next = intent.steps[intent.step + 1];
  if (next === undefined || (next === 'TAKER' && !takerAllowed(intent, context))) {
    return endIntent(state, intent, partialOr(intent, 'NO_FILL'), out);
  }
  intent.step += 1;
  placeAttempt(state, intent, false, context, out);
}

function closingGoesOn(
  state: OrdersState,
  intent: Intent,
  order: Order,
  reason: string,
  context: OrdersContext,
  out: OrdersOutput,
): void {
  if (restOf(intent) < intent.terms.step) return endIntent(state, intent, 'FILLED', out);
  if (intent.stopping !== null) return endIntent(state, intent, intent.stopping, out);
  if (belowMinimum(intent)) return endIntent(state, intent, 'DUST', out);
  if (reason === 'FILTER_NOTIONAL_MIN') {
    // The venue values a sale at its limit: what a narrow collar can still sell, a wide one cannot.
    if (order.kind === 'POST_ONLY' || intent.taker_attempts <= 1) return endIntent(state, intent, 'DUST', out);
    intent.taker_attempts = 0;
  }
  if (order.kind === 'POST_ONLY') {
    const crossed = order.status === 'REJECTED' && reason === 'POST_ONLY_WOULD_CROSS';
    if (crossed && !order.again) return placeAttempt(state, intent, true, context, out);
    if (intent.step + 1 < intent.steps.length) intent.step += 1;
    return placeAttempt(state, intent, false, context, out);
  }
  if (order.filled > 0n) return placeAttempt(state, intent, false, context, out);
  // A venue that did not execute is neither a failed exit nor a reason to pay more.
  const ours = reason !== 'VENUE_NOT_EXECUTED';
  if (!ours) intent.taker_attempts -= 1;
  const wait = EXIT_BACKOFF_S[Math.min(intent.failures, EXIT_BACKOFF_S.length - 1)] ?? 60;
  if (ours) {
    intent.failures += 1;
    if (intent.failures === EXIT_STUCK_FAILURES) out.anomalies.push({ code: 'EXIT_STUCK', order_id: order.order_id });
  }
  intent.not_before = context.now + wait * SECOND;
}

/** The live order of `intent` has ended: what comes next. */
export function afterOrder(
  state: OrdersState,
  intent: Intent,
  order: Order,
  reason: string,
  context: OrdersContext,
  out: OrdersOutput,
): void {
  intent.order_id = '';
  if (isOpening(intent)) openingGoesOn(state, intent, order, reason, context, out);
  else closingGoesOn(state, intent, order, reason, context, out);
}

/** Another exit of the instrument still has an order at the venue, or one of unknown outcome. */
function closesElsewhere(state: OrdersState, intent: Intent): boolean {
  for (const other of state.intents) {
    if (other !== intent && other.instrument === intent.instrument && other.order_id !== '' && !isOpening(other)) return true;
  }
  return false;
}

/** An intent that waited (back-off, other side, HALTED) tries now, unless the position is gone. */
export function resume(state: OrdersState, intent: Intent, context: OrdersContext, out: OrdersOutput): void {
  intent.not_before = context.now;
  if (intent.exclusive && closesElsewhere(state, intent)) {
    intent.not_before = context.now + EXCLUSIVE_WAIT_US;
    return;
  }
  if (restOf(intent) < intent.terms.step) endIntent(state, intent, 'FILLED', out);
  else if (belowMinimum(intent)) endIntent(state, intent, 'DUST', out);
  else placeAttempt(state, intent, false, context, out);
}
