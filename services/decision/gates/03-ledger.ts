// Gate 03 LEDGER: the portfolio's value is known and positive.
import { fail, type Gate, gate, passWith, unknown } from './gate.ts';

export const ledgerGate: Gate = gate({
  number: 3,
  name: 'LEDGER',
  class: 'B',
  unit: 'usd',
  policy_key: 'marks.max_age_s',
  evaluate: (e) => {
    const { nav } = e.in.equity;
    if (nav === null) return unknown(ledgerGate, 'marks', 'NAV_UNKNOWN');
    return nav > 0n ? passWith(ledgerGate, nav, 0n) : fail(ledgerGate, 'NAV_NOT_POSITIVE', nav, 0n);
  },
});
