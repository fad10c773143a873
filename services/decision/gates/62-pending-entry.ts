// Gate 62 PENDING_ENTRY: no entry of the symbol is under way.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass } from './gate.ts';

export const pendingEntry: Gate = gate({
  number: 62,
  name: 'PENDING_ENTRY',
  class: 'S',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    return e.in.orders.entry_pending ? fail(pendingEntry, 'ENTRY_ALREADY_PENDING') : pass(pendingEntry);
  },
  flip: change(null, 'ended'),
});
