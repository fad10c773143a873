// Gate 50 GLOBAL_SPACING: some time has passed since the last entry decision.

import { lower } from './flip-to.ts';
import { type Gate, gate } from './gate.ts';
import { spaced } from './spaced.ts';

export const globalSpacing: Gate = gate({
  number: 50,
  name: 'GLOBAL_SPACING',
  class: 'S',
  unit: 's',
  policy_key: 'pacing.global_s',
  evaluate: (e) => {
    return spaced(globalSpacing, e.now, e.in.pacing.last_entry_at, e.policy.pacing.global_s, 'GLOBAL_SPACING_ACTIVE');
  },
  flip: lower('pacing.global_s'),
});
