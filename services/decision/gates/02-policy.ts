// Gate 02 POLICY: a valid policy is active, and live trading has been granted. A missing policy is refused before the ladder starts.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, pass } from './gate.ts';

export const policyGate: Gate = gate({
  number: 2,
  name: 'POLICY',
  class: 'B',
  unit: 'bool',
  policy_key: null,
  evaluate: (e) => {
    return e.in.mode === 'live' && !e.in.live_granted ? fail(policyGate, 'LIVE_NOT_GRANTED') : pass(policyGate);
  },
  flip: change(null, 'GRANT_LIVE'),
});
