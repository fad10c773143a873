// CLOSE: a position, an instrument, or all of them are closed at once, in every trading state.
import type { Control } from '../../../schemas/records.generated.ts';
import { closePosition } from '../exits/close-position.ts';
import { type Fold, ordersContext } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { cancelOpenings } from '../orders/open.ts';
import { isOpening } from '../orders/orders.ts';
import type { PortfolioState } from '../state.ts';
import { refuse } from './refuse.ts';

export function close(fold: Fold, p: PortfolioState, control: Control): void {
  const { instrument, position_id } = control.params;
  const all = instrument === null && position_id === null;
  const scope = [...p.ledger.positions.values()].filter(
    (position) =>
      (instrument === null || position.instrument === instrument) &&
      (position_id === null || position.position_id === position_id),
  );
  if (position_id === null) {
    const reason = all ? 'EMERGENCY_FLATTEN' : 'MANUAL_CLOSE';
    if (control.params.quantity === null) closeWhatFills(p, instrument, reason);
    cancelOpenings(p.orders, instrument, reason, ordersContext(fold, p, false), fold.orders);
  }
  if (scope.length === 0)
    return refuse(fold, p, control, 'NO_POSITION', `${position_id ?? instrument ?? 'all'}: nothing is held`);
  for (const position of scope) closeOne(fold, p, control, position, all ? 'EMERGENCY_FLATTEN' : 'MANUAL_CLOSE');
}

/** A cancel can come too late: what the entry still fills must not stay open. */
function closeWhatFills(p: PortfolioState, instrument: string | null, reason: string): void {
  for (const intent of p.orders.intents) {
    if (!isOpening(intent) || (instrument !== null && intent.instrument !== instrument)) continue;
    const wish = p.wishes.get(intent.decision_id);
    if (wish !== undefined && wish.kind === 'ENTRY') wish.closed_for = reason;
  }
}

function closeOne(fold: Fold, p: PortfolioState, control: Control, position: OpenPosition, reason: string): void {
  closePosition(fold, p, position, { type: 'control', id: control.control_id }, position.position_id, {
    reason,
    route: 'URGENT',
    quantity: control.params.quantity,
    signal_id: null,
    signal_mid: position.mark?.mid ?? null,
    signal_at: p.now,
    operator: true,
    detail: `${control.actor}: ${control.reason}`,
  });
}
