// Gate 36 BREAKER: the breaker of the venue is closed; half open is not closed.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass, unknown } from './gate.ts';

export const breaker: Gate = gate({
  number: 36,
  name: 'BREAKER',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    const state = e.in.venue.breaker;
    if (state === null) return unknown(breaker, 'venue_state');
    return state === 'closed' ? pass(breaker) : fail(breaker, 'BREAKER_OPEN');
  },
  flip: change(null, 'closed'),
});
