// Gate 46 CONVICTION: strength, confidence and boosts add up to enough, or it is tried as a canary.

import { CANARY_WIDTH } from '../../policy/strategy.ts';
import { ON } from '../sizing/blocked-by.ts';
import { score, scoreDecimal } from '../sizing/score.ts';
import { numericFlip } from './flip-to.ts';
import { atLeast, dependent, type Gate, gate, passWith, unknown } from './gate.ts';

export const conviction: Gate = gate({
  number: 46,
  name: 'CONVICTION',
  class: 'S',
  unit: 'ratio',
  policy_key: 'conviction.min',
  evaluate: (e) => {
    if (e.conviction === null)
      return e.confidence === null ? dependent(conviction, ON.CONFIDENCE) : unknown(conviction, 'signal.strength');
    const observed = scoreDecimal(e.conviction);
    const limit = scoreDecimal(e.policy.conviction.min);
    return e.canary && observed < limit
      ? passWith(conviction, observed, limit)
      : atLeast(conviction, observed, limit, 'CONVICTION_LOW');
  },
  // A canary passes a little below the minimum.
  flip: (e) => numericFlip(e, 'conviction.min', score((e.conviction ?? 0) + (e.canary_ready ? CANARY_WIDTH : 0))),
});
