// Gate 30 TOKEN_AGE: a token has existed long enough.
import { lower } from './flip-to.ts';
import { atLeast, type Gate, gate, notApplicable, unknown, whole } from './gate.ts';

export const tokenAge: Gate = gate({
  number: 30,
  name: 'TOKEN_AGE',
  class: 'B',
  unit: 's',
  policy_key: 'token.min_age_s',
  evaluate: (e) => {
    if (!e.token) return notApplicable(tokenAge);
    const stated = e.enriched.evidence.token_age_s ?? e.enriched.evidence.pair_age_s;
    if (typeof stated !== 'number') return unknown(tokenAge, 'evidence.token_age_s');
    const limit = e.strategy?.min_token_age_s ?? e.policy.token.min_age_s;
    return atLeast(tokenAge, whole(Math.floor(stated)), whole(limit), 'TOKEN_TOO_YOUNG', e.age_us, 'evidence.token_age_s');
  },
  flip: lower('token.min_age_s'),
});
