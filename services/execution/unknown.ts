// Orders of unknown outcome: when the venue is asked, and when its silence proves that the order never arrived.
import { type Micros, SECOND } from '../../schemas/time.ts';
import { isOpening, type Order } from './order.ts';

/** Seconds after the outcome became unknown; then every 30. A closing order is asked for every second at first. */
const OPENING_QUERIES_S = [0, 1, 2, 4, 8, 16, 30];
const CLOSING_SECONDS = 30;
const EVERY_S = 30;

const NOT_FOUND_MIN = 3;
/** Longer than the receive window of a signed request with its grace. */
const SILENCE_MIN_US: Micros = 30 * SECOND;

/** Time of query number `n`, counted from 0. */
export function queryAt(order: Order, n: number): Micros {
  if (isOpening(order)) {
    const last = OPENING_QUERIES_S.length - 1;
    const seconds = OPENING_QUERIES_S[n] ?? (OPENING_QUERIES_S[last] ?? 0) + (n - last) * EVERY_S;
    return order.unknown_at + seconds * SECOND;
  }
  const seconds = n <= CLOSING_SECONDS ? n : CLOSING_SECONDS + (n - CLOSING_SECONDS) * EVERY_S;
  return order.unknown_at + seconds * SECOND;
}

/** Three times not found, the last one long enough after the sending: it never arrived. */
export function neverArrived(order: Order, now: Micros): boolean {
  return order.queries >= NOT_FOUND_MIN && now - order.submitted_at >= SILENCE_MIN_US;
}
