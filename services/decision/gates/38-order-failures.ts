// Gate 38 ORDER_FAILURES: orders of the symbol have not failed lately, nor has the venue refused several.
import { change } from './flip-to.ts';
import { type Gate, gate, pauseOver } from './gate.ts';

export const orderFailures: Gate = gate({
  number: 38,
  name: 'ORDER_FAILURES',
  class: 'B',
  unit: 's',
  policy_key: 'venue.failure_s',
  evaluate: (e) => {
    const { symbol_failed_until, rejections_until } = e.in.venue;
    if (e.now < symbol_failed_until) return pauseOver(orderFailures, e.now, symbol_failed_until, 'SYMBOL_FAILURE_COOLDOWN');
    return pauseOver(orderFailures, e.now, rejections_until, 'ORDER_REJECTION_BURST');
  },
  flip: change('venue.failure_s', 'over'),
});
