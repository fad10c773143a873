// Gate 83 PRICE_COLLAR: the worst price is near the mid, and near the median of the last five minutes.
import { abs, compareBps, mulDiv, nearest } from '../../../schemas/money.ts';
import { raise } from './flip-to.ts';
import { fail, type Gate, gate, passWith, slackBelow, unknown, unsized, whole } from './gate.ts';

const MEDIAN_BPS = 300;

export const priceCollar: Gate = gate({
  number: 83,
  name: 'PRICE_COLLAR',
  class: 'B',
  unit: 'bps',
  policy_key: 'order.collar_bps',
  evaluate: (e) => {
    const worst = e.sized.worst_price;
    const { mid, tier } = e;
    if (worst === null || mid === null || tier === null) return unsized(priceCollar, e.sized.blocked_by);
    const limit = e.policy.order.collar_bps[e.token ? 'DEX' : tier];
    const median = e.enriched.median_mid_5m;
    if (median === null) return unknown(priceCollar, 'median_mid_5m');
    const far = Math.max(limit, MEDIAN_BPS);
    const fromMedian = abs(worst - median);
    if (compareBps(fromMedian, far, median) > 0) {
      return fail(priceCollar, 'PRICE_OUTSIDE_COLLAR', mulDiv(fromMedian, whole(10_000), median), whole(far));
    }
    const away = abs(worst - mid);
    const bps = mulDiv(away, whole(10_000), mid);
    const margin = slackBelow(nearest(bps), limit * 1e12);
    return compareBps(away, limit, mid) <= 0
      ? passWith(priceCollar, bps, whole(limit), margin)
      : fail(priceCollar, 'PRICE_OUTSIDE_COLLAR', bps, whole(limit), margin);
  },
  flip: raise((e) => `order.collar_bps.${e.token ? 'DEX' : (e.tier ?? 'T1')}`),
});
