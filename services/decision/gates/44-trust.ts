// Gate 44 TRUST: the signal can be trusted enough, for the policy, the strategy and, in live, the regime.
import { scoreDecimal } from '../sizing/score.ts';
import type { EntryContext } from './context.ts';
import { lower } from './flip-to.ts';
import { atLeast, type Gate, gate, whole } from './gate.ts';

export function minTrust(e: EntryContext): number {
  let least = e.policy.trust.min;
  if (e.strategy !== null && e.strategy.min_trust > least) least = e.strategy.min_trust;
  const regime = e.in.mode === 'live' ? (e.policy.regimes[e.regime].trust_min ?? 0) : 0;
  return Math.max(regime, least);
}

export const trust: Gate = gate({
  number: 44,
  name: 'TRUST',
  class: 'S',
  unit: 'count',
  policy_key: 'trust.min',
  evaluate: (e) => {
    return atLeast(trust, scoreDecimal(e.trust.score), whole(minTrust(e)), 'TRUST_LOW');
  },
  flip: lower('trust.min'),
});
