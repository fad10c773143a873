// Gate 00 ADMISSION: the signal passed its early validation.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass } from './gate.ts';

/** Reasons that concern data or safety; all others say that the signal is out of scope. */
const BLOCKING: ReadonlySet<string> = new Set([
  'INSTRUMENT_UNKNOWN',
  'EVIDENCE_IMPLAUSIBLE',
  'DERIVATIVES_MISSING',
  'SOURCE_RESERVED',
  'ADMISSION_UNKNOWN',
]);

export const admission: Gate = gate({
  number: 0,
  name: 'ADMISSION',
  class: 'S',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    const { verdict, reasons } = e.enriched.admission;
    if (verdict === 'admit') return pass(admission);
    const reason = reasons[0] ?? 'ADMISSION_UNKNOWN';
    const refused = fail(admission, reason);
    return BLOCKING.has(reason) || reason.startsWith('QUOTE_') ? { ...refused, class: 'B' } : refused;
  },
  flip: change(null, 'admit'),
});
