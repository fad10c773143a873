// Gate 35 VENUE_HEALTH: the venue answers and its stream stands.

import { ON } from '../sizing/blocked-by.ts';
import { scoreDecimal } from '../sizing/score.ts';
import { raise } from './flip-to.ts';
import { atMost, dependent, fail, type Gate, gate, NO, off, unknown, whole, YES } from './gate.ts';

const MEASURED_MAX_AGE_US = 600_000_000;

export const venueHealth: Gate = gate({
  number: 35,
  name: 'VENUE_HEALTH',
  class: 'B',
  unit: 'bps',
  policy_key: 'venue.max_error_bps',
  evaluate: (e) => {
    const limit = e.policy.venue.max_error_bps;
    if (limit === null) return off(venueHealth);
    if (e.info === null) return dependent(venueHealth, ON.LISTED);
    const { connected, error_bps, measured_at } = e.info.feed;
    const age = e.now - measured_at;
    if (error_bps === null || age > MEASURED_MAX_AGE_US) return unknown(venueHealth, 'info.feed', undefined, age);
    if (!connected || e.in.venue.connected === false)
      return fail(venueHealth, 'VENUE_UNHEALTHY', NO, YES, null, age, 'info.feed');
    return atMost(venueHealth, scoreDecimal(error_bps), whole(limit), 'VENUE_UNHEALTHY', age, 'info.feed');
  },
  flip: raise('venue.max_error_bps'),
});
