// Gate 07 RECONCILIATION: the books agreed with the venue's lately, for the account and for the symbol.
import { raise } from './flip-to.ts';
import { ageAtMost, fail, type Gate, gate, off, unknown } from './gate.ts';

export const reconciliation: Gate = gate({
  number: 7,
  name: 'RECONCILIATION',
  class: 'B',
  unit: 's',
  policy_key: 'reconciliation.max_age_s',
  evaluate: (e) => {
    const { max_age_s } = e.policy.reconciliation;
    const { last_clean_at, account_clean, symbol_clean } = e.in.reconciliation;
    if (max_age_s === null) return off(reconciliation);
    if (!account_clean || !symbol_clean) return fail(reconciliation, 'RECONCILIATION_BREAK');
    if (last_clean_at === null) return unknown(reconciliation, 'reconciliation');
    return ageAtMost(reconciliation, e.now - last_clean_at, max_age_s, 'RECONCILIATION_STALE', 'reconciliation');
  },
  flip: raise('reconciliation.max_age_s'),
});
