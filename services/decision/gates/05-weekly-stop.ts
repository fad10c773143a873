// Gate 05 WEEKLY_STOP: the loss since the start of the ISO week is smaller than its stop.

import { ON } from '../sizing/blocked-by.ts';
import { raiseAbove } from './flip-to.ts';
import { dependent, type Gate, gate } from './gate.ts';
import { lossWithin } from './loss.ts';

export const weeklyStop: Gate = gate({
  number: 5,
  name: 'WEEKLY_STOP',
  class: 'B',
  unit: 'bps',
  policy_key: 'stops.weekly_bps',
  evaluate: (e) => {
    if (e.in.equity.nav === null) return dependent(weeklyStop, ON.LEDGER);
    return lossWithin(weeklyStop, e, 'week', e.policy.stops.weekly_bps, 'WEEKLY_STOP_HIT');
  },
  flip: raiseAbove('stops.weekly_bps'),
});
