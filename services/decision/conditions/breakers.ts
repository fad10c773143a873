// BREAKERS_TRIPPED: three breakers or more are open at once.
import type { Fold } from '../fold.ts';
import { breakersOpen } from '../record/state-group.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, conditionOf, setCondition } from './conditions.ts';

const LIMIT = 3;

export function checkBreakers(fold: Fold, p: PortfolioState): void {
  const open = breakersOpen(p);
  if (open.length >= LIMIT) {
    if (conditionOf(p, 'BREAKERS_TRIPPED') === null)
      setCondition(fold, p, 'BREAKERS_TRIPPED', { actor: 'execution', reason: open.join(', ') });
  } else clearCondition(fold, p, 'BREAKERS_TRIPPED', `${open.length} open`);
}
