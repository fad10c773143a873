// Gate 56 REJECTION_COOLDOWN: some time has passed since the source was last blocked on the symbol.
import { blockKey } from '../pacing/pacing.ts';
import { lower } from './flip-to.ts';
import { type Gate, gate } from './gate.ts';
import { spaced } from './spaced.ts';

export const rejectionCooldown: Gate = gate({
  number: 56,
  name: 'REJECTION_COOLDOWN',
  class: 'S',
  unit: 's',
  policy_key: 'pacing.rejection_s',
  evaluate: (e) => {
    const at = e.in.pacing.blocks.get(blockKey(e.instrument, e.signal.source)) ?? -1;
    return spaced(rejectionCooldown, e.now, at, e.policy.pacing.rejection_s, 'REJECTION_COOLDOWN_ACTIVE');
  },
  flip: lower('pacing.rejection_s'),
});
