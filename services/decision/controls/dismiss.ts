// DISMISS: an operator decides that a fill in quarantine is none of ours.
import type { Control } from '../../../schemas/records.generated.ts';
import { clearCondition } from '../conditions/conditions.ts';
import type { Fold } from '../fold.ts';
import { dismissQuarantined } from '../ledger/quarantine.ts';
import type { PortfolioState } from '../state.ts';
import { accept, refuse } from './refuse.ts';

export function dismiss(fold: Fold, p: PortfolioState, control: Control): void {
  const { fill_id } = control.params;
  // Without fill_id it speaks of an order whose outcome is unknown: execution answers with an event.
  if (fill_id === null) {
    if (control.params.order_id !== null) return;
    return refuse(fold, p, control, 'CONTROL_INVALID', 'params.fill_id null: expected a fill in quarantine, or an order_id');
  }
  const held = p.ledger.quarantine.get(fill_id);
  if (held === undefined || !dismissQuarantined(p.ledger, fill_id)) {
    return refuse(fold, p, control, 'CONTROL_INVALID', `fill ${fill_id}: expected a fill in quarantine`);
  }
  accept(fold, p, control, 'QUARANTINE_DISMISSED', '', 'ADJUST').instrument = held.instrument;
  const clean = p.reconciliation.account_clean && p.reconciliation.broken.size === 0;
  if (p.ledger.quarantine.size === 0 && clean) clearCondition(fold, p, 'RECONCILIATION_BREAK', 'quarantine empty');
}
