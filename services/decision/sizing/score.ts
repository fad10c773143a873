// How a computed score is rounded before it is compared or recorded: half up to a millionth.
import type { Decimal } from '../../../schemas/money.ts';

export function score(x: number): number {
  return Math.floor(x * 1e6 + 0.5) / 1e6;
}

/** The score as a decimal. */
export function scoreDecimal(x: number): Decimal {
  return BigInt(Math.floor(x * 1e6 + 0.5)) * 1_000_000n;
}

export function clamp01(x: number): number {
  return x < 0 ? 0 : Math.min(x, 1);
}
