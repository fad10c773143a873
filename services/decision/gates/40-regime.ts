// Gate 40 REGIME: entries are allowed in the regime.
import { scoreDecimal } from '../sizing/score.ts';
import { fail, type Gate, NO, pass } from './gate.ts';

export const regime: Gate = {
  number: 40,
  name: 'REGIME',
  class: 'B',
  unit: 'ratio',
  policy_key: 'regimes.<tag>.size',
  evaluate: (e) => {
    const size = e.regime_size;
    if (size === null) return fail(regime, 'REGIME_FORBIDS', null, NO);
    return size > 0 ? pass(regime, scoreDecimal(size), NO) : fail(regime, 'REGIME_FORBIDS', scoreDecimal(size), NO);
  },
  flip: (e) => ({ policy_key: `regimes.${e.regime}.size`, from: String(e.regime_size), to: '0.000001' }),
};
