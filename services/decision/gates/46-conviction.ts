// Gate 46 CONVICTION: strength, confidence and boosts add up to enough, or it is tried as a canary.

import { ON } from '../sizing/blocked-by.ts';
import { scoreDecimal } from '../sizing/score.ts';
import { lowerExact } from './flip-to.ts';
import { atLeast, dependent, type Gate, pass, unknown } from './gate.ts';

export const conviction: Gate = {
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
      ? pass(conviction, observed, limit)
      : atLeast(conviction, observed, limit, 'CONVICTION_LOW');
  },
  flip: lowerExact('conviction.min'),
};
