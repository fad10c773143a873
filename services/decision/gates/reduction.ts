// Whether a reduction may be ordered: it passes every limit and gate of entries, and is only kept from selling what is not there.
import { floorToStep, type Money, mul, type Price, type Quantity } from '../../../schemas/money.ts';
import type { OrderSide } from '../../../schemas/records.generated.ts';
import type { OpenPosition } from '../ledger/ledger.ts';

export interface ReductionRequest {
  readonly position: OpenPosition | null;
  readonly side: OrderSide;
  /** Wanted; null = all that is left. */
  readonly quantity: Quantity | null;
  /** Quantity that closing orders under way hold, resting stops not counted. */
  readonly pending: Quantity;
  readonly step: Quantity;
  readonly min_qty: Quantity;
  readonly min_notional: Money;
  /** Price that the venue's minimum value is checked with; null = unknown, then it is not checked. */
  readonly price: Price | null;
  readonly order_id_issued: boolean;
}

export type ReductionRefusal =
  | 'NO_POSITION'
  | 'REDUCTION_WRONG_SIDE'
  | 'REDUCTION_ALREADY_PENDING'
  | 'REDUCTION_NOTHING_LEFT'
  | 'POSITION_DUST'
  | 'ORDER_DUPLICATE';

export type ReductionCheck =
  | { readonly allowed: true; readonly quantity: Quantity; readonly full: boolean }
  /** POSITION_DUST: what is left is kept and alerted; quantity says how much. */
  | { readonly allowed: false; readonly reason_code: ReductionRefusal; readonly quantity: Quantity };

function refuse(reason_code: ReductionRefusal, quantity: Quantity = 0n): ReductionCheck {
  return { allowed: false, reason_code, quantity };
}

/** No stop, cap, cooldown, throttle, breaker, stale quote or trading state is asked. */
export function checkReduction(request: ReductionRequest): ReductionCheck {
  const { position, pending, step } = request;
  if (position === null || position.qty === 0n) return refuse('NO_POSITION');
  if (request.order_id_issued) return refuse('ORDER_DUPLICATE');
  if (request.side !== (position.qty > 0n ? 'SELL' : 'BUY')) return refuse('REDUCTION_WRONG_SIDE');
  const open = position.qty > 0n ? position.qty : -position.qty;
  const left = open - pending;
  if (left <= 0n) return refuse('REDUCTION_ALREADY_PENDING');
  const wanted = request.quantity === null || request.quantity > left ? left : request.quantity;
  const quantity = step > 0n ? floorToStep(wanted, step) : wanted;
  if (quantity <= 0n) return wanted === left && left < step ? refuse('POSITION_DUST', left) : refuse('REDUCTION_NOTHING_LEFT');
  const tooSmall = quantity < request.min_qty || (request.price !== null && mul(quantity, request.price) < request.min_notional);
  if (tooSmall) return refuse('POSITION_DUST', quantity);
  return { allowed: true, quantity, full: quantity + pending >= open - (step > 0n ? step - 1n : 0n) };
}
