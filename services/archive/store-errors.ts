// What an error of ClickHouse means for an insert: try again, look for the bad row, or stand still.
import { StoreError } from '../../clickhouse/client.ts';

const RETRYABLE = new Set([159, 202, 203, 209, 210, 241, 242, 252, 279, 285, 286, 289, 319, 999]);
const POISON = new Set([6, 25, 26, 27, 33, 36, 38, 41, 53, 69, 70, 72, 117, 131, 349, 376, 407, 467, 469, 691]);
const AWAY = /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|socket hang up|timeout|HTTP (429|502|503|504)/i;

export type StoreTrouble = 'retry' | 'bisect' | 'refused';

/** Anything not listed stands still: nothing is committed, nothing dropped, an operator looks. */
export function troubleOf(error: unknown): StoreTrouble {
  if (error instanceof StoreError) {
    if (RETRYABLE.has(error.code)) return 'retry';
    return POISON.has(error.code) ? 'bisect' : 'refused';
  }
  return error instanceof Error && AWAY.test(`${error.message} ${'code' in error ? String(error.code) : ''}`)
    ? 'retry'
    : 'refused';
}

/** Seconds before the n-th retry (0 first), ± 25 % by `u` in [0, 1). */
export function backoffSeconds(n: number, u: number): number {
  const nominal = Math.min(30, 2 * 2 ** n);
  return nominal * (0.75 + 0.5 * u);
}
