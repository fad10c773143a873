// How far one amount lies from another, in basis points.
import { type Decimal, nearest } from '../../schemas/money.ts';

const BPS = 10_000n;
/** Far more than what rounding to doubles adds up to. */
const DOUBT = 1e-12;

/** Whether `distance` is more than `bps` (a whole number) of `base`, exactly; products beyond 64 bits only where doubles leave doubt. */
export function isFurther(distance: Decimal, bps: number, base: Decimal): boolean {
  const reached = nearest(distance) * 10_000;
  const limit = nearest(base) * bps;
  const apart = reached - limit;
  if (Math.abs(apart) > DOUBT * (Math.abs(reached) + Math.abs(limit))) return apart > 0;
  return distance * BPS > BigInt(bps) * base;
}
