// Gate 17 PLAN: stop, target and time limit are all there and within bounds. Without any strategy there is nothing to check here.
import { HOLD_MAX_S, HOLD_MIN_S, STOP_MAX_BPS } from '../sizing/plan.ts';
import { change } from './flip-to.ts';
import { fail, type Gate, gate, notApplicable, passWith, whole } from './gate.ts';

export const plan: Gate = gate({
  number: 17,
  name: 'PLAN',
  class: 'B',
  unit: 'bps',
  policy_key: null,
  evaluate: (e) => {
    if (e.plan === null) return notApplicable(plan);
    const { stop_bps, target_bps, max_hold_s } = e.plan;
    const valid =
      stop_bps >= 1 && stop_bps <= STOP_MAX_BPS && target_bps >= 1 && max_hold_s >= HOLD_MIN_S && max_hold_s <= HOLD_MAX_S;
    return valid
      ? passWith(plan, whole(stop_bps), whole(STOP_MAX_BPS))
      : fail(plan, 'PLAN_INVALID', whole(stop_bps), whole(STOP_MAX_BPS));
  },
  flip: change(null, 'valid plan'),
});
