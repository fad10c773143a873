// Gate 82 ORDER_QUANTITY: not more than the venue, or the policy for this symbol, takes in one order.
import { exactAmount } from '../../costs/table.ts';
import { raise } from './flip-to.ts';
import { atMost, type Gate, gate, passWith, unsized } from './gate.ts';

export const orderQuantity: Gate = gate({
  number: 82,
  name: 'ORDER_QUANTITY',
  class: 'B',
  unit: 'count',
  policy_key: 'symbols.*.max_quantity',
  evaluate: (e) => {
    const { quantity, blocked_by } = e.sized;
    if (quantity === null || e.info === null) return unsized(orderQuantity, blocked_by);
    const own = e.symbol?.max_quantity;
    const venueMax = e.info.filters.max_qty;
    const ownMax = own === undefined ? null : exactAmount(own);
    const limit = ownMax === null ? venueMax : venueMax === null || ownMax < venueMax ? ownMax : venueMax;
    return limit === null
      ? passWith(orderQuantity, quantity, null)
      : atMost(orderQuantity, quantity, limit, 'ORDER_QUANTITY_EXCEEDED');
  },
  flip: raise((e) => `symbols.${e.instrument}.max_quantity`),
});
