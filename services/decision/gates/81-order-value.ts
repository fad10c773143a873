// Gate 81 ORDER_VALUE: quantity × worst price, computed here again, is not larger than an order may be.
import { mulCeil } from '../../../schemas/money.ts';
import { exactAmount } from '../../costs/table.ts';
import { raise } from './flip-to.ts';
import { atMost, type Gate, gate, unsized } from './gate.ts';

export const orderValue: Gate = gate({
  number: 81,
  name: 'ORDER_VALUE',
  class: 'B',
  unit: 'usd',
  policy_key: 'order.max_value',
  evaluate: (e) => {
    const { quantity, worst_price, blocked_by } = e.sized;
    if (quantity === null || worst_price === null) return unsized(orderValue, blocked_by);
    return atMost(orderValue, mulCeil(quantity, worst_price), exactAmount(e.policy.order.max_value), 'ORDER_VALUE_EXCEEDED');
  },
  flip: raise('order.max_value'),
});
