// Gate 52 HOURLY: fewer entries than the limit were decided in the last hour.
import { HOUR } from '../../../schemas/time.ts';
import { countSince } from '../pacing/pacing.ts';
import { raiseAbove } from './flip-to.ts';
import { fail, type Gate, gate, off, passWith, slackBelow, whole } from './gate.ts';

export const hourly: Gate = gate({
  number: 52,
  name: 'HOURLY',
  class: 'S',
  unit: 'count',
  policy_key: 'pacing.per_hour',
  evaluate: (e) => {
    const limit = e.policy.pacing.per_hour;
    if (limit === null) return off(hourly);
    const entries = countSince(e.in.pacing.entries, e.now, HOUR);
    const margin = slackBelow(entries, limit);
    return entries < limit
      ? passWith(hourly, whole(entries), whole(limit), margin)
      : fail(hourly, 'HOURLY_TRADES_REACHED', whole(entries), whole(limit), margin);
  },
  flip: raiseAbove('pacing.per_hour'),
});
