// The exit plan of a position: its stop, which only tightens, and the plan of a position that no decision opened.
import { bpsOf, type Price } from '../../../schemas/money.ts';
import type { StopKind } from '../../../schemas/records.generated.ts';
import type { BookedFill, OpeningPlan, OpenPosition } from './ledger.ts';

/** What an adopted position gets: nobody decided on it, so it has no strategy and its own bars. */
const ADOPTED = { stop_bps: 1_000, target_bps: 1_200, trail_bps: 300, trail_arm_bps: 400 } as const;
const ADOPTED_HOLD_S = 24 * 3_600;

/** Plan of a position whose opening fill belongs to no decision. The caller that knows the tier's hold may set it. */
export function adoptedPlan(fill: BookedFill): OpeningPlan {
  return {
    decision_id: fill.decision_id,
    signal_id: null,
    source: '',
    source_class: '',
    signal_type: '',
    strategy: '',
    param_version: null,
    regime: 'unknown',
    tier: 'unknown',
    theme: '',
    chain: '',
    corroboration_level: 0,
    ...ADOPTED,
    max_hold_s: ADOPTED_HOLD_S,
    entry_volume_hourly: null,
    min_notional: 0n,
    conviction: null,
    confidence: null,
    trust: null,
    propensity: null,
    arms: [],
    signal_ts: null,
    decided_at: fill.venue_at,
    accepted_at: null,
    policy_hash: '',
  };
}

/** Nearer to the price than the present stop: higher for a long, lower for a short. */
export function isTighter(position: OpenPosition, stop: Price): boolean {
  if (position.stop_price === null) return true;
  return position.qty > 0n ? stop > position.stop_price : stop < position.stop_price;
}

/** Moves the stop if that tightens it; false if it would loosen or leave it. */
export function tightenStop(position: OpenPosition, stop: Price, kind: StopKind): boolean {
  if (!isTighter(position, stop)) return false;
  position.stop_price = stop;
  position.stop_kind = kind;
  return true;
}

/** The stop moved towards the price: price − (price − stop) × factor, factor in basis points (5000 halves the distance). */
export function tightened(price: Price, stop: Price, factor_bps: number): Price {
  return price - bpsOf(price - stop, factor_bps);
}
