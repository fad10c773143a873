// Gate 20 QUOTE_FRESH: the venue's own time of bid and ask is recent. A price made from a bar may be two bars old.
import { raise } from './flip-to.ts';
import { ageAtMost, fail, type Gate, gate, secondsOf, unknown, whole } from './gate.ts';

export const quoteFresh: Gate = gate({
  number: 20,
  name: 'QUOTE_FRESH',
  class: 'B',
  unit: 's',
  policy_key: 'data.quote_max_age_s',
  evaluate: (e) => {
    if (e.quote === null) return unknown(quoteFresh, 'quote');
    const own = e.symbol?.quote_max_age_s;
    let limit_s = own !== undefined && own < e.policy.data.quote_max_age_s ? own : e.policy.data.quote_max_age_s;
    if (e.modelled && 2 * e.in.base_interval_us > limit_s * 1_000_000) limit_s = (2 * e.in.base_interval_us) / 1_000_000;
    const age = Math.max(e.quote_age_us, 0);
    if (e.quote.flags.includes('QUOTE_STALE'))
      return fail(quoteFresh, 'QUOTE_STALE', secondsOf(age), whole(limit_s), null, age, 'quote');
    return ageAtMost(quoteFresh, age, limit_s, 'QUOTE_STALE', 'quote');
  },
  flip: raise('data.quote_max_age_s'),
});
