// Gate 64 SELF_TRADE: the order cannot meet one of our own.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass, unsized } from './gate.ts';

export const selfTrade: Gate = gate({
  number: 64,
  name: 'SELF_TRADE',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    const worst = e.sized.worst_price;
    for (const { side, price } of e.in.orders.resting) {
      if (side === (e.long ? 'BUY' : 'SELL')) continue;
      if (worst === null) return unsized(selfTrade, e.sized.blocked_by);
      if (e.long ? worst >= price : worst <= price) return fail(selfTrade, 'SELF_TRADE', worst, price);
    }
    return pass(selfTrade);
  },
  flip: change(null, 'ended'),
});
