// Gate 09 UNKNOWN_ORDERS: no order of the symbol has an outcome that nobody knows.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, NO, none, whole } from './gate.ts';

export const unknownOrders: Gate = gate({
  number: 9,
  name: 'UNKNOWN_ORDERS',
  class: 'B',
  unit: 'count',
  policy_key: null,
  evaluate: (e) => {
    const { unknown: n, blocked_by } = e.in.orders;
    return n === 0 && blocked_by === '' ? none(unknownOrders) : fail(unknownOrders, 'ORDER_OUTCOME_UNKNOWN', whole(n), NO);
  },
  flip: change(null, 'resolved'),
});
