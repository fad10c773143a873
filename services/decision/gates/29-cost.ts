// Gate 29 COST: the order does not slip too far, and a round trip does not eat too much of the target.
import { type Decimal, mulFloor } from '../../../schemas/money.ts';
import { scoreDecimal } from '../sizing/score.ts';
import { numericFlip, raise } from './flip-to.ts';
import { atMost, fail, type Gate, gate, slackBelow, unsized, whole } from './gate.ts';

export const cost: Gate = gate({
  number: 29,
  name: 'COST',
  class: 'S',
  unit: 'bps',
  policy_key: 'cost.max_target_share',
  evaluate: (e) => {
    const { sized, plan } = e;
    if (sized.expected === null || sized.round_trip_bps === null || plan === null || e.tier === null) {
      return unsized(cost, sized.blocked_by);
    }
    const limit = whole(e.policy.liquidity.max_slippage_bps[e.token ? 'DEX' : e.tier]);
    const slippage = sized.expected.slippage_bps;
    if (slippage > limit) {
      return {
        ...fail(cost, 'SLIPPAGE_TOO_HIGH', slippage, limit, slackBelow(Number(slippage), Number(limit))),
        class: 'B',
        policy_key: 'liquidity.max_slippage_bps',
      };
    }
    const most = mulFloor(whole(plan.target_bps), scoreDecimal(e.policy.cost.max_target_share));
    return atMost(cost, sized.round_trip_bps, most, 'COST_TOO_HIGH');
  },
  flip: (e, verdict) =>
    verdict.reason_code === 'SLIPPAGE_TOO_HIGH'
      ? raise(`liquidity.max_slippage_bps.${e.token ? 'DEX' : (e.tier ?? 'T1')}`)(e, verdict)
      : numericFlip(e, 'cost.max_target_share', shareFor(verdict.observed ?? 0n, e.plan?.target_bps ?? 1), 1),
});

/** The share of the target, in whole millionths, that a round trip takes. */
function shareFor(round_trip: Decimal, target_bps: number): number {
  const target = BigInt(target_bps) * 1_000_000n;
  return Number((round_trip + target - 1n) / target) / 1e6;
}
