// Gate 39 ANALYSIS_BUDGET: where a model must judge, there is money left to ask it.
import { raiseAbove } from './flip-to.ts';
import { fail, type Gate, gate, notApplicable, passWith, slackBelow, whole } from './gate.ts';

export const analysisBudget: Gate = gate({
  number: 39,
  name: 'ANALYSIS_BUDGET',
  class: 'B',
  unit: 'usd',
  policy_key: 'analysis.daily_usd',
  evaluate: (e) => {
    const { required, daily_usd, monthly_usd } = e.policy.analysis;
    if (!required) return notApplicable(analysisBudget);
    const day = e.in.analysis_spend?.day_usd ?? 0n;
    const month = e.in.analysis_spend?.month_usd ?? 0n;
    if (month >= whole(monthly_usd))
      return { ...fail(analysisBudget, 'ANALYSIS_BUDGET_SPENT', month, whole(monthly_usd)), policy_key: 'analysis.monthly_usd' };
    const limit = whole(daily_usd);
    const margin = slackBelow(Number(day), Number(limit));
    return day < limit
      ? passWith(analysisBudget, day, limit, margin)
      : fail(analysisBudget, 'ANALYSIS_BUDGET_SPENT', day, limit, margin);
  },
  flip: (e, v) => raiseAbove(v.policy_key ?? 'analysis.daily_usd')(e, v),
});
