// PolicyActivated: a new policy is checked once more and, if it is sound, in force from the next record.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { bpsOf, div } from '../../schemas/money.ts';
import type { PolicyActivated } from '../../schemas/records.generated.ts';
import { checkPolicy } from '../policy/check.ts';
import { describeFault } from '../policy/parse.ts';
import { policyHash } from '../policy/policy-hash.ts';
import type { Policy } from '../policy/schema.ts';
import { clearCondition, setCondition } from './conditions/conditions.ts';
import { takeOnce } from './decided.ts';
import { type Fold, noteChange, sideOf } from './fold.ts';
import { tightenStop } from './ledger/plans.ts';
import { inForce } from './policy-in-force.ts';
import { decide } from './record/decision-record.ts';
import type { PortfolioState } from './state.ts';

export function foldPolicy(fold: Fold, p: PortfolioState, activated: PolicyActivated): void {
  if (!takeOnce(p, activated.control_id)) return;
  const subject = { type: 'control', id: activated.control_id } as const;
  if (activated.expires_at !== null && activated.expires_at <= p.now) {
    decide(fold, p, subject, '', {
      kind: 'STATE',
      action: 'ERROR',
      reason_code: 'CONTROL_EXPIRED',
      reason_detail: 'expires_at has passed',
    });
    return;
  }
  const present = p.policy?.policy_hash ?? null;
  if (activated.previous_hash !== present) {
    // Somebody else was faster: nothing is wrong with the policy in force.
    const reason_detail = `previous_hash ${activated.previous_hash ?? 'null'}: expected ${present ?? 'null'}`;
    decide(fold, p, subject, '', { kind: 'STATE', action: 'ERROR', reason_code: 'POLICY_CONFLICT', reason_detail });
    return;
  }
  const read = readPolicy(activated);
  if (read.policy === null) {
    decide(fold, p, subject, '', {
      kind: 'STATE',
      action: 'ERROR',
      reason_code: 'POLICY_INVALID',
      reason_detail: read.fault.slice(0, 500),
    });
    setCondition(fold, p, 'POLICY_INVALID', {
      actor: activated.actor,
      reason: read.fault.slice(0, 300),
      source: activated.control_id,
    });
    return;
  }
  p.policy = inForce(read.policy, activated.policy_hash, p.now, activated.actor, fold.config.candle_interval_us);
  decide(fold, p, subject, '', {
    kind: 'STATE',
    action: 'EXECUTE',
    reason_code: 'POLICY_ACTIVATED',
    reason_detail: activated.reason,
  });
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
  if (hash !== activated.policy_hash)
    return { policy: null, fault: `policy_hash ${activated.policy_hash}: expected ${hash}, the hash of the document` };
  const { policy, faults } = checkPolicy(document);
  if (policy !== null && faults.length === 0) return { policy };
  return { policy: null, fault: faults.map(describeFault).join('; ') };
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
