// KILL: works with nothing pending; resting entries are cancelled in the same step. Exits go on unless it says HALTED.
import type { Control } from '../../../schemas/records.generated.ts';
import { conditionOf, setCondition } from '../conditions/conditions.ts';
import { type Fold, ordersContext } from '../fold.ts';
import { cancelOpenings } from '../orders/open.ts';
import type { PortfolioState } from '../state.ts';
import { accept, refuse } from './refuse.ts';

export function kill(fold: Fold, p: PortfolioState, control: Control): void {
  const { state } = control.params;
  if (state === 'ACTIVE') return refuse(fold, p, control, 'CONTROL_INVALID', 'params.state ACTIVE: expected REDUCING or HALTED');
  const standing = conditionOf(p, 'KILL_SWITCH');
  const asked = state ?? 'REDUCING';
  const news = standing === null || (asked === 'HALTED' && standing.state !== 'HALTED');
  setCondition(fold, p, 'KILL_SWITCH', {
    actor: control.actor,
    reason: control.reason,
    state: asked,
    source: control.control_id,
  });
  if (!news) accept(fold, p, control, 'KILL_SWITCH');
  cancelOpenings(p.orders, null, 'KILL_SWITCH', ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
}
