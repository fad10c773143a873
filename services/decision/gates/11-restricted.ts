// Gate 11 RESTRICTED: nobody has restricted or banned the instrument.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass } from './gate.ts';

export const restricted: Gate = gate({
  number: 11,
  name: 'RESTRICTED',
  class: 'B',
  unit: 'bool',
  policy_key: 'restricted',
  evaluate: (e) => {
    const { restriction } = e.in;
    if (restriction !== null && (restriction.until === null || e.now < restriction.until))
      return fail(restricted, 'INSTRUMENT_RESTRICTED');
    const base = e.info?.base ?? e.instrument;
    for (const name of e.policy.restricted)
      if (name === e.instrument || name === base) return fail(restricted, 'INSTRUMENT_RESTRICTED');
    for (const { code } of e.enriched.universe?.reasons ?? []) {
      if (code === 'INSTRUMENT_RESTRICTED') return fail(restricted, code);
    }
    return pass(restricted);
  },
  flip: change('restricted', 'removed'),
});
