// PolicyActivated: a new policy is checked once more and, if it is sound, in force from the next record.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { bpsOf, decimal, div, type Money, SCALE } from '../../schemas/money.ts';
import type { PolicyActivated } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import { describeFault, parsePolicy } from '../policy/parse.ts';
import { policyHash } from '../policy/policy-hash.ts';
import type { Policy } from '../policy/schema.ts';
import { clearCondition, setCondition } from './conditions/conditions.ts';
import { takeOnce } from './decided.ts';
import { type Fold, noteChange, sideOf } from './fold.ts';
import { tightenStop } from './ledger/plans.ts';
import { decide } from './record/decision-record.ts';
import type { ActivePolicy, PortfolioState } from './state.ts';

const SILENCE_US = 900 * SECOND;

export function foldPolicy(fold: Fold, p: PortfolioState, activated: PolicyActivated): void {
  if (!takeOnce(p, activated.control_id)) return;
  const subject = { type: 'control', id: activated.control_id } as const;
  const inForce = p.policy?.policy_hash ?? null;
  if (activated.previous_hash !== inForce) {
    // Somebody else was faster: nothing is wrong with the policy in force.
    const reason_detail = `previous_hash ${activated.previous_hash ?? 'null'}: expected ${inForce ?? 'null'}`;
    decide(fold, p, subject, '', { kind: 'STATE', action: 'ERROR', reason_code: 'POLICY_CONFLICT', reason_detail });
    return;
  }
  const read = readPolicy(activated);
  if (read.policy === null) {
    decide(fold, p, subject, '', { kind: 'STATE', action: 'ERROR', reason_code: 'POLICY_INVALID', reason_detail: read.fault.slice(0, 500) });
    setCondition(fold, p, 'POLICY_INVALID', { actor: activated.actor, reason: read.fault.slice(0, 300), source: activated.control_id });
    return;
  }
  p.policy = inForceNow(fold, p, activated, read.policy);
  decide(fold, p, subject, '', { kind: 'STATE', action: 'EXECUTE', reason_code: 'POLICY_ACTIVATED', reason_detail: activated.reason });
  clearCondition(fold, p, 'POLICY_INVALID', 'valid activation');
  if (p.policy.policy.auto_start) clearCondition(fold, p, 'STATE_UNKNOWN', 'auto_start');
  if (activated.apply_to_open === 'tighten') tightenOpen(fold, p, read.policy);
}

type Read = { readonly policy: Policy } | { readonly policy: null; readonly fault: string };

function readPolicy(activated: PolicyActivated): Read {
  let document: CanonicalValue;
  try {
    document = JSON.parse(activated.policy) as CanonicalValue;
  } catch {
    return { policy: null, fault: 'policy: not JSON: expected the canonical JSON of the resolved document' };
  }
  const hash = policyHash(document);
  if (hash !== activated.policy_hash) return { policy: null, fault: `policy_hash ${activated.policy_hash}: expected ${hash}, the hash of the document` };
  const parsed = parsePolicy(document);
  if (parsed.policy !== null) return { policy: parsed.policy };
  return { policy: null, fault: parsed.faults.map(describeFault).join('; ') };
}

function amountOf(amount: number | string): Money {
  return typeof amount === 'number' ? BigInt(amount) * SCALE : decimal(amount);
}

function inForceNow(fold: Fold, p: PortfolioState, activated: PolicyActivated, policy: Policy): ActivePolicy {
  // In candle mode a price is at least as old as its bar: every limit on its age is at least two bars.
  const bars = 2 * fold.config.candle_interval_us;
  const { execution, taker } = policy;
  return {
    policy,
    policy_hash: activated.policy_hash,
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
    activated_at: p.now,
    actor: activated.actor,
    marks_max_age_us: Math.max(policy.marks.max_age_s * SECOND, bars),
    silence_us: Math.max(SILENCE_US, bars),
    stale_close_us: Math.max(policy.exits.stale_close_s * SECOND, bars),
    market_only_notional_max: amountOf(execution.market_only_notional_max),
  };
}

/** Positions keep the plan they opened with; on request their stops follow the new policy where that is tighter. */
function tightenOpen(fold: Fold, p: PortfolioState, policy: Policy): void {
  for (const position of p.ledger.positions.values()) {
    const stop_bps = policy.strategies[position.plan.strategy]?.stop_bps;
    if (stop_bps === undefined || stop_bps >= position.plan.stop_bps) continue;
    const average = div(position.cost, position.qty < 0n ? -position.qty : position.qty);
    const distance = bpsOf(average, stop_bps);
    const stop = position.qty < 0n ? average + distance : average - distance;
    if (tightenStop(position, stop, 'STOP_LOSS')) noteChange(fold, position, sideOf(position));
  }
}
