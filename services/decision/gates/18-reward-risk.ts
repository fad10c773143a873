// Gate 18 REWARD_RISK: the target is far enough for what the stop risks; the stop counts as the strategy states it, before the regime scales it.
import { scoreDecimal } from '../sizing/score.ts';
import { lowerExact } from './flip-to.ts';
import { atLeast, type Gate, gate, notApplicable, off } from './gate.ts';

export const rewardRisk: Gate = gate({
  number: 18,
  name: 'REWARD_RISK',
  class: 'S',
  unit: 'ratio',
  policy_key: 'plan.min_reward_risk',
  evaluate: (e) => {
    const { min_reward_risk } = e.policy.plan;
    if (min_reward_risk === null) return off(rewardRisk);
    if (e.plan === null || e.plan.unscaled_stop_bps === 0) return notApplicable(rewardRisk);
    const ratio = scoreDecimal(e.plan.target_bps / e.plan.unscaled_stop_bps);
    return atLeast(rewardRisk, ratio, scoreDecimal(min_reward_risk), 'REWARD_RISK_LOW');
  },
  flip: lowerExact('plan.min_reward_risk'),
});
