// Gate 23 DATA_QUALITY: the data make sense: book not crossed, feeds agree, no jump, not frozen, and what the strategy asks for is there.

import { ON } from '../sizing/blocked-by.ts';
import { isOwn } from '../sizing/eligibility.ts';
import { featureOf } from '../sizing/feature.ts';
import { scoreDecimal } from '../sizing/score.ts';
import { change } from './flip-to.ts';
import { dependent, fail, type Gate, gate, pass, whole } from './gate.ts';

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['MID_OUTSIDE_BOOK', 'DATA_CROSSED'],
  ['CROSS_FEED_BLOCK', 'DATA_FEEDS_DISAGREE'],
  ['PRICE_JUMP', 'DATA_JUMP'],
  ['FEED_FROZEN', 'DATA_FROZEN'],
  ['INDICATOR_RANGE', 'DATA_MISSING'],
]);

export const dataQuality: Gate = gate({
  number: 23,
  name: 'DATA_QUALITY',
  class: 'B',
  unit: 'bool',
  policy_key: 'data.max_feed_gap_bps',
  evaluate: (e) => {
    const { quote, mid, enriched } = e;
    if (quote === null || mid === null) return dependent(dataQuality, ON.QUOTE);
    const { bid, ask } = quote;
    // A price made from a bar may have a modelled spread of nothing.
    if (bid > ask || (bid === ask && !e.modelled)) return fail(dataQuality, 'DATA_CROSSED');
    if (mid * 100n < bid * 99n || mid * 100n > ask * 101n) return fail(dataQuality, 'DATA_CROSSED');
    const gap = enriched.feed_gap_bps;
    if (gap !== null && !(gap <= e.policy.data.max_feed_gap_bps)) {
      return fail(dataQuality, 'DATA_FEEDS_DISAGREE', scoreDecimal(gap), whole(e.policy.data.max_feed_gap_bps));
    }
    for (const flag of enriched.flags) {
      const reason = FLAGS.get(flag);
      if (reason !== undefined) return fail(dataQuality, reason);
    }
    if (e.strategy !== null && !isOwn(enriched, e.chosen.strategy ?? '')) {
      for (const { feature } of e.strategy.conditions) {
        if (featureOf(enriched, e.position !== null, feature) === undefined) return fail(dataQuality, 'DATA_MISSING');
      }
    }
    return pass(dataQuality);
  },
  flip: change('data.max_feed_gap_bps', 'sound data'),
});
