// Gate 53 DAILY: fewer entries than the limit were decided in the last 24 hours.
import { DAY } from '../../../schemas/time.ts';
import { countSince } from '../pacing/pacing.ts';
import { raiseAbove } from './flip-to.ts';
import { fail, type Gate, gate, off, passWith, slackBelow, whole } from './gate.ts';

export const daily: Gate = gate({
  number: 53,
  name: 'DAILY',
  class: 'S',
  unit: 'count',
  policy_key: 'pacing.per_day',
  evaluate: (e) => {
    const limit = e.policy.pacing.per_day;
    if (limit === null) return off(daily);
    const entries = countSince(e.in.pacing.entries, e.now, DAY);
    const margin = slackBelow(entries, limit);
    return entries < limit
      ? passWith(daily, whole(entries), whole(limit), margin)
      : fail(daily, 'DAILY_TRADES_REACHED', whole(entries), whole(limit), margin);
  },
  flip: raiseAbove('pacing.per_day'),
});
