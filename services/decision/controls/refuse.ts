// A control that has no effect, and a control that has one: both leave a STATE decision of their own.
import type { Control, Decision, DecisionKind } from '../../../schemas/records.generated.ts';
import type { Fold } from '../fold.ts';
import { decide } from '../record/decision-record.ts';
import type { PortfolioState } from '../state.ts';

export function refuse(fold: Fold, p: PortfolioState, control: Control, reason_code: string, reason_detail: string): void {
  decide(fold, p, { type: 'control', id: control.control_id }, '', {
    kind: 'STATE',
    action: 'ERROR',
    reason_code,
    reason_detail,
  });
}

export function accept(
  fold: Fold,
  p: PortfolioState,
  control: Control,
  reason_code: string,
  target = '',
  kind: DecisionKind = 'STATE',
): Decision {
  const reason_detail = `${control.actor}: ${control.reason}`;
  return decide(fold, p, { type: 'control', id: control.control_id }, target, {
    kind,
    action: 'EXECUTE',
    reason_code,
    reason_detail,
  });
}
