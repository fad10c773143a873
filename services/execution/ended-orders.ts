// Memory of ended orders: each is known for at least seven days, in two generations, so that forgetting costs nothing.
import type { OrderEventType } from '../../schemas/records.generated.ts';
import { DAY, type Micros } from '../../schemas/time.ts';

/** So that an id is never used again, and the venue's late word finds its order. */
const REMEMBERED_US: Micros = 7 * DAY;

export interface Ended {
  readonly type: OrderEventType;
  readonly reason: string;
  /** OrderEvents of the order so far: the key of its next one. */
  events: number;
  /** Market instant of its last fill; 0 if it had none. */
  readonly filled_at: Micros;
  /** The answer was read back before its command was read again: that one is answered already. */
  command_due: boolean;
}

export interface EndedOrders {
  since: Micros;
  recent: Map<string, Ended>;
  older: Map<string, Ended>;
}

export function newEndedOrders(): EndedOrders {
  return { since: Number.NEGATIVE_INFINITY, recent: new Map(), older: new Map() };
}

export function rememberEnded(memory: EndedOrders, order_id: string, ended: Ended, now: Micros): void {
  if (now - memory.since >= REMEMBERED_US) {
    memory.older = memory.recent;
    memory.recent = new Map();
    memory.since = now;
  }
  memory.recent.set(order_id, ended);
}

export function endedOrder(memory: EndedOrders, order_id: string): Ended | undefined {
  return memory.recent.get(order_id) ?? memory.older.get(order_id);
}

export function forgetEnded(memory: EndedOrders, order_id: string): void {
  memory.recent.delete(order_id);
  memory.older.delete(order_id);
}
