// What time does to orders: TTLs end in a cancel, waiting exits are sent, old orders are forgotten.
import type { Micros } from '../../../schemas/time.ts';
import { FORGET_AFTER_US, setDeadline, UNACKNOWLEDGED_US } from './deadline.ts';
import { isOpening, type OrdersContext, type OrdersOutput, type OrdersState } from './orders.ts';
import { cancelLive, resume } from './walk.ts';

/** Called on every Tick (and wherever journal time has moved past `state.deadline`). */
export function onOrdersTick(state: OrdersState, context: OrdersContext, out: OrdersOutput): void {
  if (context.now < state.deadline) return;
  for (const intent of state.intents) {
    const order = state.orders.get(intent.order_id);
    if (order === undefined) {
      if (!isOpening(intent) && context.now >= intent.not_before) resume(state, intent, context, out);
    } else if (order.status === 'NEW') {
      if (order.alerted || context.now < order.commanded_at + UNACKNOWLEDGED_US) continue;
      order.alerted = true;
      out.anomalies.push({ code: 'ORDER_UNACKNOWLEDGED', order_id: order.order_id });
    } else if (order.working_at >= 0 && context.now >= order.working_at + order.ttl_us) {
      cancelLive(state, intent, 'TTL', context, out);
    }
  }
  setDeadline(state);
}

/** Once a day: orders that ended 7 days ago can have no more fills. */
export function forgetOrders(state: OrdersState, now: Micros): void {
  let gone = 0;
  for (const order_id of state.ended) {
    const order = state.orders.get(order_id);
    if (order !== undefined && order.ended_at + FORGET_AFTER_US > now) break;
    state.orders.delete(order_id);
    gone += 1;
  }
  if (gone > 0) state.ended.splice(0, gone);
}
