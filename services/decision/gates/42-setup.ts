// Gate 42 SETUP: a setup that counts qualifiers has enough of them, or is tried as a canary.
import { lower } from './flip-to.ts';
import { fail, type Gate, gate, notApplicable, passWith, unknown, whole } from './gate.ts';

export const setup: Gate = gate({
  number: 42,
  name: 'SETUP',
  class: 'S',
  unit: 'count',
  policy_key: 'strategies.*.min_qualifiers',
  evaluate: (e) => {
    const least = e.strategy?.min_qualifiers;
    if (least === undefined) return notApplicable(setup);
    if (e.qualifiers === null) return unknown(setup, 'evidence.q_*');
    if (e.qualifiers >= least || e.canary) return passWith(setup, whole(e.qualifiers), whole(least));
    return fail(setup, 'SETUP_UNCONFIRMED', whole(e.qualifiers), whole(least));
  },
  flip: lower((e) => `strategies.${e.chosen.strategy ?? ''}.min_qualifiers`),
});
