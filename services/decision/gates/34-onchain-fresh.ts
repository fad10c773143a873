// Gate 34 ONCHAIN_FRESH: on-chain evidence is recent; it was observed when the signal was made.
import { raise } from './flip-to.ts';
import { ageAtMost, type Gate, gate, notApplicable, unknown } from './gate.ts';

export const onchainFresh: Gate = gate({
  number: 34,
  name: 'ONCHAIN_FRESH',
  class: 'B',
  unit: 's',
  policy_key: 'data.onchain_max_age_s',
  evaluate: (e) => {
    if (!e.token) return notApplicable(onchainFresh);
    const { evidence } = e.enriched;
    if (evidence.liquidity_usd === undefined && evidence.holder_count === undefined) return unknown(onchainFresh, 'evidence');
    return ageAtMost(onchainFresh, Math.max(e.age_us, 0), e.policy.data.onchain_max_age_s, 'ONCHAIN_STALE', 'evidence');
  },
  flip: raise('data.onchain_max_age_s'),
});
