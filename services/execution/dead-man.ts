// The dead man: an opening order that outlives its time without a cancel command is cancelled by execution itself.
import { type Micros, SECOND } from '../../schemas/time.ts';
import { isOpening, type Order } from './order.ts';

const GRACE_US: Micros = 30 * SECOND;

/** When execution cancels an opening order that the fold forgot; Infinity for all others. */
export function deadManAt(order: Order): Micros {
  if (!isOpening(order) || order.working_at === 0 || order.cancel_requested_at > 0) return Number.POSITIVE_INFINITY;
  if (order.expires_at !== null) return order.expires_at + GRACE_US;
  return order.ttl_s === null ? Number.POSITIVE_INFINITY : order.working_at + order.ttl_s * SECOND + GRACE_US;
}
