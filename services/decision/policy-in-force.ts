// A policy as the fold holds it: the document, its hash, and what is derived from it once instead of for every record.
import { decimal, type Money, SCALE } from '../../schemas/money.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import type { Policy } from '../policy/schema.ts';
import type { ActivePolicy } from './state.ts';

/** A held symbol is silent when its price is older than this. */
const SILENCE_US = 900 * SECOND;
/** The venue is asked about a position whose price is older than this. */
const STALE_ASK_US = 300 * SECOND;

function amountOf(amount: number | string): Money {
  return typeof amount === 'number' ? BigInt(amount) * SCALE : decimal(amount);
}

export function inForce(
  policy: Policy,
  policy_hash: string,
  activated_at: Micros,
  actor: string,
  candle_interval_us: number,
): ActivePolicy {
  // In candle mode a price is at least as old as its bar: every limit on its age is at least two bars.
  const bars = 2 * candle_interval_us;
  const { execution, taker } = policy;
  return {
    policy,
    policy_hash,
    walk: {
      post_only_ttl_s: execution.post_only_ttl_s,
      reprice_ttl_s: execution.reprice_ttl_s,
      intent_age_s_max: execution.intent_age_s_max,
      command_valid_open_s: execution.command_valid_open_s,
      command_valid_close_s: execution.command_valid_close_s,
      collar_exit_bps: execution.collar_exit_bps,
      collar_open_bps: policy.order.collar_bps.T1,
      taker_promote: taker.promote,
      taker_confidence_bps_min: taker.confidence_bps_min,
    },
    activated_at,
    actor,
    marks_max_age_us: Math.max(policy.marks.max_age_s * SECOND, bars),
    silence_us: Math.max(SILENCE_US, bars),
    stale_ask_us: Math.max(STALE_ASK_US, bars),
    stale_close_us: Math.max(policy.exits.stale_close_s * SECOND, bars),
    market_only_notional_max: amountOf(execution.market_only_notional_max),
  };
}
