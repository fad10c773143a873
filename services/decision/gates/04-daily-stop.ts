// Gate 04 DAILY_STOP: the loss since the start of the UTC day is smaller than its stop.

import { ON } from '../sizing/blocked-by.ts';
import { raiseAbove } from './flip-to.ts';
import { dependent, type Gate, gate } from './gate.ts';
import { lossWithin } from './loss.ts';

export const dailyStop: Gate = gate({
  number: 4,
  name: 'DAILY_STOP',
  class: 'B',
  unit: 'bps',
  policy_key: 'stops.daily_bps',
  evaluate: (e) => {
    if (e.in.equity.nav === null) return dependent(dailyStop, ON.LEDGER);
    return lossWithin(dailyStop, e, 'day', e.policy.stops.daily_bps, 'DAILY_STOP_HIT');
  },
  flip: raiseAbove('stops.daily_bps'),
});
