// Gate 24 VOLATILITY_HALT: the market does not move too fast to be judged.
import { hasCatalyst } from '../sizing/eligibility.ts';
import { scoreDecimal } from '../sizing/score.ts';
import { raise } from './flip-to.ts';
import { atMost, fail, type Gate, gate, off, pass, slackBelow, unknown, whole } from './gate.ts';

export const volatilityHalt: Gate = gate({
  number: 24,
  name: 'VOLATILITY_HALT',
  class: 'B',
  unit: 'bps',
  policy_key: 'volatility.max_annual_bps',
  evaluate: (e) => {
    const { max_move_bps, max_annual_bps, catalyst_waives } = e.policy.volatility;
    if (max_move_bps === null && max_annual_bps === null) return off(volatilityHalt);
    if (max_move_bps !== null) {
      const move = e.enriched.change_30m_bps;
      if (move === null) return unknown(volatilityHalt, 'change_30m_bps');
      const size = move < 0 ? -move : move;
      if (size > max_move_bps && !(catalyst_waives && hasCatalyst(e.enriched))) {
        return fail(volatilityHalt, 'VOLATILITY_HALT', scoreDecimal(size), whole(max_move_bps), slackBelow(size, max_move_bps));
      }
    }
    if (max_annual_bps === null) return pass(volatilityHalt);
    if (e.volatility_pct === null) return unknown(volatilityHalt, '1h.volatility');
    return atMost(volatilityHalt, scoreDecimal(e.volatility_pct * 100), whole(max_annual_bps), 'VOLATILITY_HALT');
  },
  flip: raise('volatility.max_annual_bps'),
});
