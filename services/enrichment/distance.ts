// How far one amount lies from another, in basis points.
import { compareBps, type Decimal } from '../../schemas/money.ts';

/** Whether `distance` is more than `bps` (a whole number) of `base`, exactly. */
export function isFurther(distance: Decimal, bps: number, base: Decimal): boolean {
  return compareBps(distance, bps, base) > 0;
}
