// The plan of an entry: how far the stop, the target and the trail lie, and how long it may be held.
import { bpsCeil, bpsFloor, ceilToStep, floorToStep, type Price } from '../../../schemas/money.ts';
import type { Tier as RecordTier, Signal } from '../../../schemas/records.generated.ts';
import type { Policy } from '../../policy/schema.ts';
import type { RegimeTag, Strategy } from '../../policy/strategy.ts';

export interface PlanTerms {
  /** Effective stop: the strategy's, scaled by the regime. */
  readonly stop_bps: number;
  /** The stop before the regime scales it. */
  readonly unscaled_stop_bps: number;
  readonly target_bps: number;
  readonly trail_bps: number | null;
  readonly trail_arm_bps: number | null;
  readonly max_hold_s: number;
}

export const STOP_MAX_BPS = 2_500;
export const HOLD_MIN_S = 60;
export const HOLD_MAX_S = 30 * 86_400;
const HOUR_S = 3_600;
/** Where a trail has no arming distance of its own. */
const ARM_BPS = 400;

function tierHoldS(tier: RecordTier): number {
  switch (tier) {
    case 'T1':
      return 168 * HOUR_S;
    case 'T2':
      return 120 * HOUR_S;
    case 'T3':
      return 72 * HOUR_S;
    case 'micro':
    case 'unknown':
      return 24 * HOUR_S;
  }
}

/** Whole basis points between a price and the reference on the expected side; 0 where it is on the other side. */
function distanceBps(reference: Price, price: Price, below: boolean): number {
  const distance = below ? reference - price : price - reference;
  return distance <= 0n ? 0 : Number((distance * 20_000n + reference) / (2n * reference));
}

/** `reference`: mid, or null where it is unknown: then the signal's own prices say nothing. */
export function planOf(
  strategy: Strategy,
  signal: Signal,
  long: boolean,
  tier: RecordTier,
  regime: RegimeTag,
  policy: Policy,
  reference: Price | null,
): PlanTerms {
  const own = strategy.own_plan === true && reference !== null;
  const ownStop = own && signal.stop_price !== null ? distanceBps(reference, signal.stop_price, long) : 0;
  const ownTarget = own && signal.take_profit_price !== null ? distanceBps(reference, signal.take_profit_price, !long) : 0;
  const takesStop = ownStop >= 1 && ownStop <= STOP_MAX_BPS;
  const unscaled = takesStop ? ownStop : strategy.stop_bps;
  const trail = (own ? signal.trailing_stop_bps : null) ?? strategy.trail_bps ?? null;
  let hold = strategy.max_hold_s;
  if (signal.max_hold_s !== null && signal.max_hold_s >= HOLD_MIN_S && signal.max_hold_s < hold) hold = signal.max_hold_s;
  const tierHold = tierHoldS(tier);
  return {
    stop_bps: takesStop ? ownStop : Math.floor(strategy.stop_bps * policy.regimes[regime].stop_factor + 0.5),
    unscaled_stop_bps: unscaled,
    target_bps: ownTarget >= 1 ? ownTarget : strategy.target_bps,
    trail_bps: trail,
    trail_arm_bps: trail === null ? null : (strategy.trail_arm_bps ?? ARM_BPS),
    max_hold_s: Math.min(hold, tierHold),
  };
}

/** price × (1 ∓ bps), on the tick that acts no earlier for a target and no later for a stop. Rounded twice, one way: that is exact. */
export function priceAt(price: Price, bps: number, below: boolean, roundUp: boolean, tick: Price): Price {
  const share = below ? 10_000 - bps : 10_000 + bps;
  if (share <= 0) return 0n;
  const exact = roundUp ? bpsCeil(price, share) : bpsFloor(price, share);
  if (tick <= 0n) return exact;
  return roundUp ? ceilToStep(exact, tick) : floorToStep(exact, tick);
}
