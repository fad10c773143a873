// Gate 33 SELL_SIMULATION: a sale of the token was simulated lately and went through.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, notApplicable, passWith, unknown, YES } from './gate.ts';

const MAX_AGE_US = 300_000_000;

export const sellSimulation: Gate = gate({
  number: 33,
  name: 'SELL_SIMULATION',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    if (!e.token) return notApplicable(sellSimulation);
    const sold = e.enriched.evidence.sell_quote_ok;
    if (typeof sold !== 'boolean' || e.age_us > MAX_AGE_US)
      return unknown(sellSimulation, 'evidence.sell_quote_ok', undefined, e.age_us);
    return sold
      ? passWith(sellSimulation, YES, YES, null, e.age_us, 'evidence.sell_quote_ok')
      : fail(sellSimulation, 'SELL_SIMULATION_FAILED');
  },
  flip: change(null, 'sold'),
});
