// The counterfactual: the same state with another policy put in force, as if it had always stood.
import type { CanonicalValue } from '../../../schemas/canonical-json.ts';
import { policyJson } from '../../policy/parse.ts';
import { policyHash } from '../../policy/policy-hash.ts';
import type { Policy } from '../../policy/schema.ts';
import { inForce } from '../policy-in-force.ts';
import type { DecisionState } from '../state.ts';

/** Fields that another policy changes without having changed anything. */
export const POLICY_FIELDS: readonly string[] = ['policy_hash', 'profile'];

/** Puts the policy in force in every portfolio of the state, or in the one named. Positions keep the plan they opened with. */
export function underPolicy(
  state: DecisionState,
  policy: Policy,
  candle_interval_us: number,
  portfolio: string | null = null,
): void {
  const document: CanonicalValue = policyJson(policy);
  for (const p of state.portfolios.values()) {
    if (portfolio !== null && p.portfolio !== portfolio) continue;
    p.policy = inForce(policy, policyHash(document), p.policy?.activated_at ?? p.now, 'replay', candle_interval_us);
  }
}
