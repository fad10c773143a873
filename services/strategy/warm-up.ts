// How much history the enabled strategies need before the first bar on which they may speak.
import { HOUR, MINUTE, type Micros } from '../../schemas/time.ts';
import type { Arm } from './arm.ts';

/** Bars until the width filter has its 28 values of an ATR of 14. */
const WIDTH_BARS = 42;

/** The longest look-back of the arms; `base` is the length of a base bar. */
export function warmUpOf(arms: readonly Arm[], base: Micros): Micros {
  return arms.reduce((longest, { strategy, parameters }) => {
    const length = strategy.interval === '1h' ? HOUR : strategy.interval === '15m' ? 15 * MINUTE : base;
    const bars = Math.max(strategy.lookBack(parameters), strategy.filtered ? WIDTH_BARS : 0);
    return Math.max(longest, bars * length);
  }, 0);
}
