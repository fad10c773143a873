// Gate 86 ORDER_DUPLICATE: neither this order nor its twin was just sent.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass, secondsOf } from './gate.ts';

export const orderDuplicate: Gate = gate({
  number: 86,
  name: 'ORDER_DUPLICATE',
  class: 'B',
  unit: 'bool',
  policy_key: 'order.duplicate_s',
  evaluate: (e) => {
    if (e.in.orders.order_id_issued) return fail(orderDuplicate, 'ORDER_DUPLICATE');
    const { quantity, worst_price } = e.sized;
    const windowUs = e.policy.order.duplicate_s * 1_000_000;
    const side = e.long ? 'BUY' : 'SELL';
    for (const order of e.in.orders.recent) {
      if (order.side === side && order.quantity === quantity && order.price === worst_price && e.now - order.at < windowUs) {
        return fail(orderDuplicate, 'ORDER_DUPLICATE', secondsOf(e.now - order.at), secondsOf(windowUs));
      }
    }
    return pass(orderDuplicate);
  },
  flip: change('order.duplicate_s', 'later'),
});
