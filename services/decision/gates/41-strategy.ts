// Gate 41 STRATEGY: at least one strategy answers the signal.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, NO, passWith, whole } from './gate.ts';

export const strategy: Gate = gate({
  number: 41,
  name: 'STRATEGY',
  class: 'S',
  unit: 'count',
  policy_key: 'strategies',
  evaluate: (e) => {
    const { refused, edge_negative, choice } = e.chosen;
    if (refused === null) return passWith(strategy, whole(edge_negative ? 1 : choice.arms.length), whole(1));
    if (e.signal.strategy === null || refused === 'UNKNOWN' || refused === 'DISABLED')
      return fail(strategy, 'NO_STRATEGY', NO, whole(1));
    if (refused === 'PAUSED') return fail(strategy, 'STRATEGY_PAUSED', NO, whole(1));
    if (refused === 'RETIRED') return fail(strategy, 'STRATEGY_RETIRED', NO, whole(1));
    return fail(strategy, 'STRATEGY_MISMATCH', NO, whole(1));
  },
  flip: change('strategies', 'an eligible strategy'),
});
