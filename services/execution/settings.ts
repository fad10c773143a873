// What execution reads of a policy, made exact once per activation.
import type { Micros } from '../../schemas/time.ts';
import { SECOND } from '../../schemas/time.ts';
import type { FeesByVenue } from '../costs/fees.ts';
import type { Costs } from '../costs/table.ts';
import type { Policy } from '../policy/schema.ts';

export interface Settings {
  readonly policy_hash: string;
  readonly quote_max_age_us: Micros;
  readonly facts_max_age_us: Micros;
  readonly spread_bps_max: number;
  /** Hundredths, so that the comparison with a depth is exact. */
  readonly depth_multiple_pct: number;
  readonly post_only_offset_ticks: number;
  readonly collar_exit_bps: readonly number[];
  readonly reference_max_age_us: Micros;
  readonly taker: Policy['taker'];
  readonly fees: FeesByVenue;
  readonly costs: Costs;
  readonly sim: Policy['sim'];
  readonly leverage: Readonly<Record<string, number>>;
  /** Time between two reconciliations, and between two full ones. */
  readonly reconcile_us: Micros;
  readonly full_us: Micros;
}

/** The settings of an activated policy; null where the text is no policy document (the gateway and the fold refuse it by name). */
export function settingsOf(policyText: string, policy_hash: string): Settings | null {
  const policy = parse(policyText);
  if (policy === null) return null;
  const leverage: Record<string, number> = {};
  for (const [instrument, symbol] of Object.entries(policy.symbols))
    if (symbol.leverage !== undefined) leverage[instrument] = symbol.leverage;
  return {
    policy_hash,
    quote_max_age_us: policy.data.quote_max_age_s * SECOND,
    facts_max_age_us: policy.instruments.facts_max_age_s * SECOND,
    spread_bps_max: policy.execution.spread_bps_max,
    depth_multiple_pct: Math.round(policy.execution.depth_multiple_min * 100),
    post_only_offset_ticks: policy.execution.post_only_offset_ticks,
    collar_exit_bps: policy.execution.collar_exit_bps,
    reference_max_age_us: policy.execution.intent_age_s_max * SECOND,
    taker: policy.taker,
    fees: policy.venue.fees_bps,
    costs: policy.costs,
    sim: policy.sim,
    leverage,
    // Where no gate asks for the age of the last report, the full ones are enough.
    reconcile_us: (policy.reconciliation.max_age_s === null ? policy.reconcile.full_s : policy.reconcile.light_s) * SECOND,
    full_us: policy.reconcile.full_s * SECOND,
  };
}

function parse(text: string): Policy | null {
  try {
    const document: unknown = JSON.parse(text);
    return isPolicy(document) ? document : null;
  } catch {
    return null;
  }
}

/** The groups execution reads are there; their values were checked before activation. */
function isPolicy(document: unknown): document is Policy {
  if (typeof document !== 'object' || document === null) return false;
  const groups = ['data', 'instruments', 'execution', 'taker', 'venue', 'costs', 'sim', 'symbols', 'reconcile', 'reconciliation'];
  return groups.every((group) => typeof Reflect.get(document, group) === 'object');
}
