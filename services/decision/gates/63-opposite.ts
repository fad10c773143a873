// Gate 63 OPPOSITE: the symbol is not held on the other side.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass } from './gate.ts';

export const opposite: Gate = gate({
  number: 63,
  name: 'OPPOSITE',
  class: 'S',
  unit: 'bool',
  policy_key: 'on_opposite',
  evaluate: (e) => {
    return e.position !== null && !e.held_same_side ? fail(opposite, 'OPPOSITE_POSITION_OPEN') : pass(opposite);
  },
  flip: change(null, 'flat'),
});
