// Gate 32 HOLDERS: a token is held by many.
import { scoreDecimal } from '../sizing/score.ts';
import { raise } from './flip-to.ts';
import { atMost, fail, type Gate, gate, notApplicable, unknown, whole } from './gate.ts';

const HOLDERS_MIN = 10;

export const holders: Gate = gate({
  number: 32,
  name: 'HOLDERS',
  class: 'B',
  unit: 'bps',
  policy_key: 'token.max_top10_bps',
  evaluate: (e) => {
    if (!e.token) return notApplicable(holders);
    const { holder_count, top10_holder_bps } = e.enriched.evidence;
    if (typeof holder_count !== 'number' || typeof top10_holder_bps !== 'number')
      return unknown(holders, 'evidence.holder_count');
    if (holder_count < HOLDERS_MIN) return fail(holders, 'HOLDERS_TOO_FEW', whole(Math.floor(holder_count)), whole(HOLDERS_MIN));
    return atMost(holders, scoreDecimal(top10_holder_bps), whole(e.policy.token.max_top10_bps), 'HOLDERS_CONCENTRATED');
  },
  flip: raise('token.max_top10_bps'),
});
