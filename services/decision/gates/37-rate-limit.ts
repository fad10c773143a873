// Gate 37 RATE_LIMIT: the venue has not told us to wait.
import { change } from './flip-to.ts';
import { type Gate, gate, pauseOver } from './gate.ts';

export const rateLimit: Gate = gate({
  number: 37,
  name: 'RATE_LIMIT',
  class: 'B',
  unit: 's',
  policy_key: 'venue.rate_limit_s',
  evaluate: (e) => {
    return pauseOver(rateLimit, e.now, e.in.venue.limited_until, 'RATE_LIMIT_COOLDOWN');
  },
  flip: change('venue.rate_limit_s', 'over'),
});
