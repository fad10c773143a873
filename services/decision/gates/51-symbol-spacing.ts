// Gate 51 SYMBOL_SPACING: some time has passed since the symbol's last entry decision or fill.

import { lower } from './flip-to.ts';
import { type Gate, gate } from './gate.ts';
import { spaced } from './spaced.ts';

export const symbolSpacing: Gate = gate({
  number: 51,
  name: 'SYMBOL_SPACING',
  class: 'S',
  unit: 's',
  policy_key: 'pacing.symbol_s',
  evaluate: (e) => {
    const symbol = e.in.pacing.symbols.get(e.instrument);
    const last = symbol === undefined ? -1 : Math.max(symbol.last_fill_at, symbol.last_entry_at);
    return spaced(symbolSpacing, e.now, last, e.policy.pacing.symbol_s, 'SYMBOL_SPACING_ACTIVE');
  },
  flip: lower('pacing.symbol_s'),
});
