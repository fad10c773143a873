// Gate 40 REGIME: entries are allowed in the regime.
import { scoreDecimal } from '../sizing/score.ts';
import { numericFlip } from './flip-to.ts';
import { fail, type Gate, gate, NO, passWith } from './gate.ts';

export const regime: Gate = gate({
  number: 40,
  name: 'REGIME',
  class: 'B',
  unit: 'ratio',
  policy_key: 'regimes.<tag>.size',
  evaluate: (e) => {
    const size = e.regime_size;
    if (size === null) return fail(regime, 'REGIME_FORBIDS', null, NO);
    return size > 0 ? passWith(regime, scoreDecimal(size), NO) : fail(regime, 'REGIME_FORBIDS', scoreDecimal(size), NO);
  },
  flip: (e) => numericFlip(e, `regimes.${e.regime}.size`, 0.000001),
});
