// Gate 54 SYMBOL_COOLDOWN: the symbol has rested since its last closed trade.
import { change } from './flip-to.ts';
import { type Gate, gate, pauseOver } from './gate.ts';

export const symbolCooldown: Gate = gate({
  number: 54,
  name: 'SYMBOL_COOLDOWN',
  class: 'S',
  unit: 's',
  policy_key: 'cooldown',
  evaluate: (e) => {
    return pauseOver(
      symbolCooldown,
      e.now,
      e.in.pacing.symbols.get(e.instrument)?.cooldown_until ?? -1,
      'SYMBOL_COOLDOWN_ACTIVE',
    );
  },
  flip: change('cooldown', 'over'),
});
