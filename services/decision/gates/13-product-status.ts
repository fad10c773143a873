// Gate 13 PRODUCT_STATUS: the venue trades the instrument without reservation.
import { ON } from '../sizing/blocked-by.ts';
import { change } from './flip-to.ts';
import { dependent, fail, type Gate, gate, pass } from './gate.ts';

export const productStatus: Gate = gate({
  number: 13,
  name: 'PRODUCT_STATUS',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    if (e.info === null) return dependent(productStatus, ON.LISTED);
    return e.info.status === 'TRADING' ? pass(productStatus) : fail(productStatus, 'PRODUCT_NOT_TRADING');
  },
  flip: change(null, 'TRADING'),
});
