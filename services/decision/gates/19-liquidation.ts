// Gate 19 LIQUIDATION: a leveraged position is stopped well before it would be liquidated. Observed: the distance in stops.
import { nearest } from '../../../schemas/money.ts';
import { liquidationShare } from '../../policy/liquidation.ts';
import { scoreDecimal } from '../sizing/score.ts';
import { lowerExact } from './flip-to.ts';
import { atLeast, type Gate, gate, notApplicable, unknown } from './gate.ts';

export const liquidation: Gate = gate({
  number: 19,
  name: 'LIQUIDATION',
  class: 'B',
  unit: 'ratio',
  policy_key: 'plan.min_liquidation_stops',
  evaluate: (e) => {
    if (e.plan === null || e.info === null || e.info.kind !== 'perp') return notApplicable(liquidation);
    let share = liquidationShare(e.long, e.leverage);
    const own = e.signal.liquidation_price;
    if (own !== null) {
      const reference = e.mid ?? e.signal.entry_price;
      if (reference === null) return unknown(liquidation, 'quote');
      const stated = nearest(e.long ? reference - own : own - reference) / nearest(reference);
      if (stated < share) share = stated;
    }
    const stops = scoreDecimal((share * 10_000) / e.plan.stop_bps);
    return atLeast(liquidation, stops, scoreDecimal(e.policy.plan.min_liquidation_stops), 'LIQUIDATION_TOO_CLOSE');
  },
  flip: lowerExact('plan.min_liquidation_stops'),
});
