// Gate 84 VENUE_FILTERS: the venue would take the order: tick, step, sizes, values, price band, number of orders.
import { brokenFilter } from './filters.ts';
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass, unsized } from './gate.ts';

export const venueFilters: Gate = gate({
  number: 84,
  name: 'VENUE_FILTERS',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    const { quantity, worst_price, blocked_by } = e.sized;
    if (quantity === null || worst_price === null || e.info === null || e.mid === null) return unsized(venueFilters, blocked_by);
    const held = e.position === null ? 0n : e.position.qty < 0n ? -e.position.qty : e.position.qty;
    const broken = brokenFilter(e.info.filters, {
      buy: e.long,
      price: worst_price,
      quantity,
      reference: e.mid,
      open_orders: e.in.orders.open_orders,
      stops: e.in.ledger.positions.size,
      position_after: held + quantity,
    });
    return broken === null ? pass(venueFilters) : fail(venueFilters, 'VENUE_FILTER_FAILED', broken.observed, broken.limit);
  },
  flip: change(null, 'within the filter'),
});
