// The smallest size worth opening: what can still be sold at the venue's minimum after the exit it is planned with.
import type { Money } from '../../schemas/money.ts';

const WHOLE = 10_000n;
/** Fees have at most two decimals of a basis point. */
const FEE_WHOLE = 1_000_000n;

/**
 * min_notional × (1 + buffer) / ((1 − adverse) × (1 − fee)), rounded up at scale 12; adverse is the stop of a long, the target of a
 * short. null: no size is large enough, the position would be worth nothing there.
 */
export function needOf(min_notional: Money, buffer_bps: number, adverse_bps: number, taker_fee_bps: number): Money | null {
  const kept = (WHOLE - BigInt(adverse_bps)) * (FEE_WHOLE - BigInt(Math.round(taker_fee_bps * 100)));
  if (kept <= 0n) return null;
  const n = min_notional * (WHOLE + BigInt(buffer_bps)) * FEE_WHOLE;
  return (n + kept - 1n) / kept;
}
