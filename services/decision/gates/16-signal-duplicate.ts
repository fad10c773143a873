// Gate 16 SIGNAL_DUPLICATE: no entry was decided lately on the same content.
import { lower } from './flip-to.ts';
import { fail, type Gate, gate, pass, secondsOf } from './gate.ts';

export const signalDuplicate: Gate = gate({
  number: 16,
  name: 'SIGNAL_DUPLICATE',
  class: 'S',
  unit: 's',
  policy_key: 'entry.duplicate_s',
  evaluate: (e) => {
    const at = e.in.pacing.executed.get(e.duplicate_key);
    const windowUs = e.policy.entry.duplicate_s * 1_000_000;
    if (at === undefined || e.now - at >= windowUs) return pass(signalDuplicate);
    return fail(signalDuplicate, 'SIGNAL_DUPLICATE', secondsOf(e.now - at), secondsOf(windowUs));
  },
  flip: lower('entry.duplicate_s'),
});
