// Gate 10 LISTED: the instrument may be traded here: allowed, in our currency, known well enough, listed long enough.
import { parseTime, SECOND } from '../../../schemas/time.ts';
import { exactAmount } from '../../costs/table.ts';
import { change } from './flip-to.ts';
import { atLeast, fail, type Gate, gate, pass, secondsOf, unknown, whole } from './gate.ts';

export const listed: Gate = gate({
  number: 10,
  name: 'LISTED',
  class: 'B',
  unit: 's',
  policy_key: 'instruments.allowed',
  evaluate: (e) => {
    const { info, policy, enriched, now } = e;
    const { instruments } = policy;
    if (info === null || e.tier === null) return unknown(listed, 'info');
    const allowed = instruments.allowed.includes('*') || instruments.allowed.includes(e.instrument);
    if (!allowed || e.symbol?.enabled === false || info.quote !== e.in.ledger.currency)
      return fail(listed, 'INSTRUMENT_NOT_LISTED');
    if (e.token && (info.address === null || info.address === '')) return fail(listed, 'CONTRACT_MISSING');
    if (now - info.facts_at > instruments.facts_max_age_s * SECOND)
      return unknown(listed, 'info.facts', undefined, now - info.facts_at);
    if (instruments.derived_max_age_s !== null) {
      if (enriched.universe === null) return unknown(listed, 'universe');
      const age = now - info.derived_at;
      if (age > instruments.derived_max_age_s * SECOND) return unknown(listed, 'info.derived', undefined, age);
      for (const { code } of enriched.universe.reasons) {
        const warming = code === 'UNIVERSE_WARMING' && e.signal.signal_type === 'new_listing';
        if ((code.startsWith('UNIVERSE_') && !warming) || code.startsWith('COMPLIANCE_')) return fail(listed, code);
      }
    }
    // A price that is unknown is what QUOTE_FRESH reports.
    if (instruments.min_price !== null && e.mid !== null) {
      const limit = exactAmount(instruments.min_price);
      if (e.mid < limit) return fail(listed, 'INSTRUMENT_NOT_LISTED', e.mid, limit);
    }
    if (instruments.min_listing_age_s === null || e.token || e.signal.signal_type === 'new_listing') return pass(listed);
    const listed_at = info.listed_at ?? parseTime(policy.universe.listed_at[e.instrument] ?? '');
    if (listed_at === null) return unknown(listed, 'info.listed_at');
    return atLeast(listed, secondsOf(now - listed_at), whole(instruments.min_listing_age_s), 'INSTRUMENT_NOT_LISTED');
  },
  flip: change('instruments.allowed', 'listed'),
});
