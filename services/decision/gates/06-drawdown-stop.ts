// Gate 06 DRAWDOWN_STOP: the drawdown from the highest unit price is smaller than its stop.

import { ON } from '../sizing/blocked-by.ts';
import { raiseAbove } from './flip-to.ts';
import { dependent, type Gate, gate } from './gate.ts';
import { lossWithin } from './loss.ts';

export const drawdownStop: Gate = gate({
  number: 6,
  name: 'DRAWDOWN_STOP',
  class: 'B',
  unit: 'bps',
  policy_key: 'stops.drawdown_bps',
  evaluate: (e) => {
    if (e.in.equity.nav === null) return dependent(drawdownStop, ON.LEDGER);
    return lossWithin(drawdownStop, e, 'drawdown', e.policy.stops.drawdown_bps, 'DRAWDOWN_STOP_HIT');
  },
  flip: raiseAbove('stops.drawdown_bps'),
});
