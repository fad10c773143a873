// Gate 21 PRICE_DRIFT: the market has not left the price that the sender saw.
import { abs, compareBps, mulDiv, nearest } from '../../../schemas/money.ts';
import { ON } from '../sizing/blocked-by.ts';
import { raise } from './flip-to.ts';
import { dependent, fail, type Gate, gate, notApplicable, passWith, slackBelow, whole } from './gate.ts';

export const priceDrift: Gate = gate({
  number: 21,
  name: 'PRICE_DRIFT',
  class: 'S',
  unit: 'bps',
  policy_key: 'data.max_drift_bps',
  evaluate: (e) => {
    const entry = e.signal.entry_price;
    if (entry === null) return notApplicable(priceDrift);
    if (e.mid === null) return dependent(priceDrift, ON.QUOTE);
    const own = e.symbol?.max_drift_bps;
    const limit = own !== undefined && own < e.policy.data.max_drift_bps ? own : e.policy.data.max_drift_bps;
    const away = abs(e.mid - entry);
    const bps = mulDiv(away, whole(10_000), entry);
    const margin = slackBelow(nearest(bps), limit * 1e12);
    return compareBps(away, limit, entry) <= 0
      ? passWith(priceDrift, bps, whole(limit), margin, e.quote_age_us, 'quote')
      : fail(priceDrift, 'PRICE_DRIFTED', bps, whole(limit), margin, e.quote_age_us, 'quote');
  },
  flip: raise('data.max_drift_bps'),
});
