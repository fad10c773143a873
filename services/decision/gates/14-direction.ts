// Gate 14 DIRECTION: a short only where policy and instrument allow one; spot is never shorted.
import { ON } from '../sizing/blocked-by.ts';
import { change } from './flip-to.ts';
import { dependent, fail, type Gate, gate, pass } from './gate.ts';

export const direction: Gate = gate({
  number: 14,
  name: 'DIRECTION',
  class: 'B',
  unit: 'bool',
  policy_key: 'allow_short',
  evaluate: (e) => {
    if (e.long) return pass(direction);
    if (e.info === null) return dependent(direction, ON.LISTED);
    return e.info.kind === 'perp' && e.policy.allow_short ? pass(direction) : fail(direction, 'DIRECTION_NOT_ALLOWED');
  },
  flip: change('allow_short', 'true'),
});
