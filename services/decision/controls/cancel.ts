// CANCEL: one order, or the opening orders of an instrument or of all.
import type { Control } from '../../../schemas/records.generated.ts';
import { type Fold, ordersContext } from '../fold.ts';
import { cancelOpenings } from '../orders/open.ts';
import { isTerminal } from '../orders/order-state.ts';
import { isOpening } from '../orders/orders.ts';
import { cancelLive } from '../orders/walk.ts';
import type { PortfolioState } from '../state.ts';
import { accept, refuse } from './refuse.ts';

export function cancel(fold: Fold, p: PortfolioState, control: Control): void {
  const { order_id, instrument } = control.params;
  const context = ordersContext(fold, p, p.trading === 'HALTED');
  if (order_id === null) {
    accept(fold, p, control, 'CONTROL_APPLIED', '', 'CANCEL').instrument = instrument;
    cancelOpenings(p.orders, instrument, 'CONTROL_APPLIED', context, fold.orders);
    return;
  }
  const order = p.orders.orders.get(order_id);
  if (order === undefined || isTerminal(order.status) || order.intent.ended) {
    return refuse(fold, p, control, 'CONTROL_INVALID', `order ${order_id}: expected an open order of this portfolio`);
  }
  const decision = accept(fold, p, control, 'CONTROL_APPLIED', order_id, 'CANCEL');
  decision.instrument = order.instrument;
  decision.order_ids.push(order_id);
  const { intent } = order;
  // A cancelled opening ends its intent; an exit goes on until the position is flat.
  if (isOpening(intent)) cancelOpenings(p.orders, order.instrument, 'CONTROL_APPLIED', context, fold.orders);
  else cancelLive(p.orders, intent, 'CONTROL_APPLIED', context, fold.orders);
}
