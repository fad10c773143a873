// Builds the commands of an intent: one attempt placed, one order cancelled.
import { clientOrderId } from '../../../schemas/client-order-id.ts';
import { commandId, orderId } from '../../../schemas/ids.ts';
import type { Quantity } from '../../../schemas/money.ts';
import { blankOrderCommand, type OrderCommand } from '../../../schemas/records.generated.ts';
import { SECOND } from '../../../schemas/time.ts';
import type { Intent, Order, OrdersContext } from './orders.ts';

/** `again` marks the second try of a post-only step, one tick further away. */
export interface Attempt {
  readonly quantity: Quantity;
  readonly again: boolean;
}

function stepName(intent: Intent, again: boolean): string {
  const kind = intent.steps[intent.step] ?? 'TAKER';
  if (kind === 'TAKER') return 'TAKER';
  const name = intent.step === 0 ? 'POST_ONLY' : 'REPRICE';
  return again ? `${name}_AGAIN` : name;
}

/** The PLACE command of the next attempt of `intent`, and the order that it begins. */
export function placeCommand(intent: Intent, attempt: Attempt, context: OrdersContext): { command: OrderCommand; order: Order } {
  const { now, policy } = context;
  const kind = intent.steps[intent.step] ?? 'TAKER';
  const closing = intent.kind === 'CLOSE' || intent.kind === 'REDUCE';
  const order_id = orderId({ attempt: intent.attempt, decision_id: intent.decision_id, leg: intent.leg });
  const ttl_s = kind === 'TAKER' ? null : intent.step === 0 ? policy.post_only_ttl_s : policy.reprice_ttl_s;
  const exitCollars = policy.collar_exit_bps;
  const collar_bps = closing
    ? (exitCollars[Math.min(intent.taker_attempts, exitCollars.length - 1)] ?? 0)
    : policy.collar_open_bps;
  // Filled in place: a spread would make the record twice.
  const command = blankOrderCommand();
  command.command_id = commandId({ action: 'PLACE', order_id });
  command.action = 'PLACE';
  command.portfolio = context.portfolio;
  command.run_id = context.run_id;
  command.account = context.portfolio;
  command.venue = intent.venue;
  command.instrument = intent.instrument;
  command.mode = context.mode;
  command.backend = context.backend;
  command.signal_id = intent.signal_id;
  command.decision_id = intent.decision_id;
  command.intent_id = intent.intent_id;
  command.leg = intent.leg;
  command.attempt = intent.attempt;
  command.order_id = order_id;
  command.client_order_id = clientOrderId('plain', order_id);
  command.intent = intent.kind;
  command.side = intent.side;
  command.position_side = intent.position_side;
  command.position_id = intent.position_id;
  command.reduce_only = closing;
  command.quantity = attempt.quantity;
  command.order_type = kind === 'TAKER' ? 'LIMIT' : 'POST_ONLY';
  command.time_in_force = kind === 'TAKER' ? 'IOC' : 'GTC';
  command.price_rule = kind === 'TAKER' ? 'CROSS' : 'PASSIVE';
  command.collar_bps = collar_bps;
  command.collar_price = intent.collar_price;
  command.route = intent.route;
  command.route_step = stepName(intent, attempt.again);
  command.ttl_s = ttl_s;
  command.route_reason = intent.reason;
  command.tier = intent.tier;
  command.confidence_bps = intent.confidence_bps;
  command.reference_bid = intent.reference?.bid ?? null;
  command.reference_ask = intent.reference?.ask ?? null;
  command.reference_at = intent.reference?.at ?? null;
  command.reference_offset = intent.reference?.offset ?? null;
  command.decided_at = now;
  command.valid_until = now + (closing ? policy.command_valid_close_s : policy.command_valid_open_s) * SECOND;
  command.policy_hash = intent.policy_hash;
  command.reason = intent.reason;
  const order: Order = {
    order_id,
    intent,
    instrument: intent.instrument,
    venue: intent.venue,
    side: intent.side,
    closing,
    quantity: attempt.quantity,
    step_size: intent.terms.step,
    tick_size: intent.terms.tick,
    price_limit: intent.collar_price,
    kind,
    ttl_us: ttl_s === null ? Number.POSITIVE_INFINITY : ttl_s * SECOND,
    commanded_at: now,
    again: attempt.again,
    alerted: false,
    status: 'NEW',
    filled: 0n,
    filled_reported: 0n,
    working_at: -1,
    unknown_since: -1,
    cancel_commanded: false,
    cancel_requested: false,
    ended_at: -1,
    facts: null,
  };
  return { command, order };
}

/** The CANCEL command of an order; it never expires. */
export function cancelCommand(intent: Intent, order: Order, reason: string, context: OrdersContext): OrderCommand {
  return {
    ...blankOrderCommand(),
    command_id: commandId({ action: 'CANCEL', order_id: order.order_id }),
    action: 'CANCEL',
    portfolio: context.portfolio,
    run_id: context.run_id,
    account: context.portfolio,
    venue: order.venue,
    instrument: order.instrument,
    mode: context.mode,
    backend: context.backend,
    signal_id: intent.signal_id,
    decision_id: intent.decision_id,
    intent_id: intent.intent_id,
    leg: intent.leg,
    attempt: intent.attempt,
    order_id: order.order_id,
    client_order_id: clientOrderId('plain', order.order_id),
    intent: intent.kind,
    side: intent.side,
    position_side: intent.position_side,
    position_id: intent.position_id,
    reduce_only: order.closing,
    route: intent.route,
    route_reason: reason,
    tier: intent.tier,
    decided_at: context.now,
    policy_hash: intent.policy_hash,
    reason,
  };
}
