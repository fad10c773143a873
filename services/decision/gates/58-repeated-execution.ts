// Gate 58 REPEATED_EXECUTION: the same strategy has not filled the same side of the symbol again and again.
import { repeatedExecutions } from '../pacing/pacing.ts';
import { raiseAbove } from './flip-to.ts';
import { fail, type Gate, gate, off, passWith, slackBelow, whole } from './gate.ts';

export const repeatedExecution: Gate = gate({
  number: 58,
  name: 'REPEATED_EXECUTION',
  class: 'B',
  unit: 'count',
  policy_key: 'pacing.repeated',
  evaluate: (e) => {
    const limit = e.policy.pacing.repeated;
    if (limit === null) return off(repeatedExecution);
    const n = repeatedExecutions(e.in.pacing, e.chosen.strategy ?? '', e.instrument, e.long ? 'LONG' : 'SHORT', e.now);
    const margin = slackBelow(n, limit);
    return n < limit
      ? passWith(repeatedExecution, whole(n), whole(limit), margin)
      : fail(repeatedExecution, 'REPEATED_EXECUTION_TRIPPED', whole(n), whole(limit), margin);
  },
  flip: raiseAbove('pacing.repeated'),
});
