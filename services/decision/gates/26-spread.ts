// Gate 26 SPREAD: bid and ask are close enough for the tier.
import { compareBps, mulDiv, nearest } from '../../../schemas/money.ts';
import { ON } from '../sizing/blocked-by.ts';
import { raise } from './flip-to.ts';
import { dependent, fail, type Gate, gate, notApplicable, passWith, slackBelow, whole } from './gate.ts';

export const spread: Gate = gate({
  number: 26,
  name: 'SPREAD',
  class: 'B',
  unit: 'bps',
  policy_key: 'liquidity.max_spread_bps',
  evaluate: (e) => {
    if (e.token) return notApplicable(spread);
    if (e.quote === null) return dependent(spread, ON.QUOTE);
    if (e.tier === null) return dependent(spread, ON.LISTED);
    const own = e.symbol?.max_spread_bps;
    const byTier = e.policy.liquidity.max_spread_bps[e.tier];
    const limit = own !== undefined && own < byTier ? own : byTier;
    const { bid, ask } = e.quote;
    const width = ask - bid;
    const bps = mulDiv(width, whole(20_000), ask + bid);
    const margin = slackBelow(nearest(bps), limit * 1e12);
    return compareBps(2n * width, limit, ask + bid) <= 0
      ? passWith(spread, bps, whole(limit), margin, e.quote_age_us, 'quote')
      : fail(spread, 'SPREAD_TOO_WIDE', bps, whole(limit), margin, e.quote_age_us, 'quote');
  },
  flip: raise((e) => `liquidity.max_spread_bps.${e.tier ?? 'T1'}`),
});
