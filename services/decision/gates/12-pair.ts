// Gate 12 PAIR: a coin against a currency, not a currency against another. Names are compared whole.
import { ON } from '../sizing/blocked-by.ts';
import { change } from './flip-to.ts';
import { dependent, fail, type Gate, gate, pass } from './gate.ts';

export const pair: Gate = gate({
  number: 12,
  name: 'PAIR',
  class: 'B',
  unit: 'bool',
  policy_key: 'stablecoins',
  evaluate: (e) => {
    if (e.info === null) return dependent(pair, ON.LISTED);
    const { base, quote, address } = e.info;
    if (base === quote) return fail(pair, 'PAIR_SELF');
    for (const coin of e.policy.stablecoins) if (coin === base || coin === address) return fail(pair, 'PAIR_STABLECOIN');
    return pass(pair);
  },
  flip: change('stablecoins', 'removed'),
});
