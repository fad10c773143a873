// The check of an order command: which field breaks the rules of the record, if any does.
import { clientOrderId } from '../../schemas/client-order-id.ts';
import { isOrderId } from '../../schemas/ids.ts';
import type { Intent, OrderCommand, OrderSide, OrderType, TimeInForce } from '../../schemas/records.generated.ts';

/** A PLACE command whose fields are all there. */
export interface PlaceCommand extends OrderCommand {
  readonly order_id: string;
  readonly client_order_id: string;
  readonly instrument: string;
  readonly intent: Intent;
  readonly side: OrderSide;
  readonly order_type: OrderType;
  readonly time_in_force: TimeInForce;
}

export interface CommandProblem {
  readonly field: keyof OrderCommand;
  readonly expected: string;
}

export type CheckedCommand = { readonly place: PlaceCommand } | { readonly problem: CommandProblem };

function problem(field: keyof OrderCommand, expected: string): CheckedCommand {
  return { problem: { field, expected } };
}

const LEGS: readonly string[] = ['entry', 'exit', 'stop', 'trim', 'purge', 'replace'];
const SLICE = /^slice_[1-9]\d*$/;
const ALLOWED_TIMES: Record<OrderType, readonly TimeInForce[]> = {
  MARKET: ['IOC', 'FOK'],
  LIMIT: ['GTC', 'IOC', 'FOK', 'GTD'],
  POST_ONLY: ['GTC', 'GTD'],
  STOP: ['GTC'],
};

function hasIdentity(command: OrderCommand): command is PlaceCommand {
  return (
    command.order_id !== null &&
    command.client_order_id !== null &&
    command.instrument !== null &&
    command.intent !== null &&
    command.side !== null &&
    command.order_type !== null &&
    command.time_in_force !== null
  );
}

const IDENTITY = ['order_id', 'client_order_id', 'instrument', 'intent', 'side', 'order_type', 'time_in_force'] as const;

export function checkPlace(command: OrderCommand): CheckedCommand {
  if (!hasIdentity(command)) return problem(IDENTITY.find((field) => command[field] === null) ?? 'order_id', 'a value');
  const opening = command.intent === 'OPEN' || command.intent === 'ADD';
  return (
    checkIds(command) ?? checkSize(command, opening) ?? checkForm(command) ?? checkPrices(command, opening) ?? { place: command }
  );
}

function checkIds(command: PlaceCommand): CheckedCommand | null {
  if (!isOrderId(command.order_id)) return problem('order_id', '64 hex digits');
  if (command.client_order_id !== clientOrderId('plain', command.order_id))
    return problem('client_order_id', 'the one derived from order_id');
  if (command.leg === null || !(LEGS.includes(command.leg) || SLICE.test(command.leg)))
    return problem('leg', 'entry, exit, stop, trim, purge, replace or slice_<n>');
  if (command.attempt === null || command.attempt < 1) return problem('attempt', 'at least 1');
  return command.valid_until === null ? problem('valid_until', 'a time') : null;
}

function checkSize(command: PlaceCommand, opening: boolean): CheckedCommand | null {
  const { quantity, quote_notional } = command;
  if ((quantity === null) === (quote_notional === null)) return problem('quantity', 'exactly one of quantity and quote_notional');
  if (quantity !== null && quantity <= 0n) return problem('quantity', 'more than 0');
  if (quote_notional !== null && quote_notional <= 0n) return problem('quote_notional', 'more than 0');
  if (opening) return command.reduce_only ? problem('reduce_only', 'false for an opening') : null;
  if (command.position_id === null) return problem('position_id', 'a position for a closing');
  return command.reduce_only ? null : problem('reduce_only', 'true for a closing');
}

function checkForm(command: PlaceCommand): CheckedCommand | null {
  const allowed = ALLOWED_TIMES[command.order_type];
  if (!allowed.includes(command.time_in_force))
    return problem('time_in_force', `one of ${allowed.join(', ')} for ${command.order_type}`);
  const timed = command.time_in_force === 'GTD';
  return timed === (command.expires_at !== null) ? null : problem('expires_at', timed ? 'a time for GTD' : 'none without GTD');
}

function checkPrices(command: PlaceCommand, opening: boolean): CheckedCommand | null {
  const { order_type, price_rule, limit_price, stop_price } = command;
  if (price_rule === null) return problem('price_rule', 'a value');
  if ((price_rule === 'FIXED') !== (limit_price !== null)) return problem('limit_price', 'a price with FIXED, none otherwise');
  if (limit_price !== null && limit_price <= 0n) return problem('limit_price', 'more than 0');
  const free = order_type === 'MARKET' || order_type === 'STOP';
  if ((price_rule === 'NONE') !== free)
    return problem('price_rule', free ? `NONE for ${order_type}` : `a price for ${order_type}`);
  if ((order_type === 'STOP') !== (stop_price !== null)) return problem('stop_price', 'a price with STOP, none otherwise');
  if (stop_price !== null && stop_price <= 0n) return problem('stop_price', 'more than 0');
  if (opening && (command.collar_price === null || command.collar_price <= 0n))
    return problem('collar_price', 'the worst price of an opening');
  return null;
}

/** CANCEL names an order; CANCEL_ALL a scope. */
export function checkOther(command: OrderCommand): CommandProblem | null {
  switch (command.action) {
    case 'CANCEL':
      return command.order_id === null ? { field: 'order_id', expected: 'the order to cancel' } : null;
    case 'CANCEL_ALL':
      return command.scope === null ? { field: 'scope', expected: 'OPENING or ALL' } : null;
    case 'PLACE':
    case 'RECONCILE':
      return null;
  }
}
