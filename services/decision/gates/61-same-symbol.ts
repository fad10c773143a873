// Gate 61 SAME_SYMBOL: the symbol is flat or held on the other side, or the same strategy may add to it.
import { DAY } from '../../../schemas/time.ts';
import { countSince } from '../pacing/pacing.ts';
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass, whole } from './gate.ts';
import { spaced } from './spaced.ts';

export const sameSymbol: Gate = gate({
  number: 61,
  name: 'SAME_SYMBOL',
  class: 'S',
  unit: 's',
  policy_key: 'pyramiding.enabled',
  evaluate: (e) => {
    const { position } = e;
    if (position === null || !e.held_same_side) return pass(sameSymbol);
    const { enabled, min_gap_s, per_day } = e.policy.pyramiding;
    if (!enabled || position.plan.strategy !== e.chosen.strategy) return fail(sameSymbol, 'POSITION_ALREADY_OPEN');
    const symbol = e.in.pacing.symbols.get(e.instrument);
    if (countSince(symbol?.adds ?? [], e.now, DAY) >= per_day)
      return fail(sameSymbol, 'PYRAMID_LIMIT_REACHED', whole(per_day), whole(per_day));
    return spaced(sameSymbol, e.now, symbol?.last_entry_fill_at ?? -1, min_gap_s, 'PYRAMID_TOO_SOON');
  },
  flip: change('pyramiding.enabled', 'true'),
});
