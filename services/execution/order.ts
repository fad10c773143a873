// One working order as execution and the simulated book hold it.
import type { Decimal, Price, Quantity } from '../../schemas/money.ts';
import type {
  InstrumentKind,
  Intent,
  Mode,
  OrderSide,
  OrderType,
  StopSource,
  Tier,
  TimeInForce,
} from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';

/** SUBMITTING: written, not yet handed to the venue. SENT: on its way, or not answered. WORKING: accepted by the venue.
 * UNKNOWN: handed over, and nobody knows what became of it. */
export type OrderPhase = 'SUBMITTING' | 'SENT' | 'WORKING' | 'UNKNOWN' | 'ENDED';

export interface Order {
  readonly order_id: string;
  readonly client_order_id: string;
  readonly command_id: string;
  readonly trace: string;
  readonly decision_id: string;
  readonly signal_id: string | null;
  readonly decided_at: Micros;
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: Mode;
  readonly account: string;
  readonly venue: string;
  readonly instrument: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  readonly side: OrderSide;
  readonly intent: Intent;
  readonly leg: string;
  readonly reduce_only: boolean;
  readonly order_type: OrderType;
  readonly time_in_force: TimeInForce;
  readonly stop_source: StopSource | null;
  readonly tier: Tier | null;
  readonly ttl_s: number | null;
  readonly expires_at: Micros | null;
  readonly tick: Price;
  readonly step: Quantity;
  readonly price: Price | null;
  /** What a buyer without a price can be made to pay at most: the command's collar. */
  readonly worst_price: Price | null;
  readonly stop_price: Price | null;
  readonly quantity: Quantity;
  readonly submitted_at: Micros;
  readonly send_deadline_at: Micros;
  readonly claim: string;

  phase: OrderPhase;
  /** OrderEvents of this order so far: the key of its next one. */
  events: number;
  filled: Quantity;
  /** First ACCEPTED or FILL; 0 before. */
  working_at: Micros;
  /** When CANCEL_REQUESTED was written; 0 if it was not. */
  cancel_requested_at: Micros;
  /** When the outcome became unknown; 0 if it did not. And how often the venue has said since that it knows no such order. */
  unknown_at: Micros;
  queries: number;

  // The simulated venue's own part.
  /** Arrival at the book of an order sent while quotes were alive; 0 = in the book since it was sent. */
  arrives_at: Micros;
  /** Not yet offered to the market: the only moment at which a plain limit may cross. */
  fresh: boolean;
  triggered: boolean;
  /** Market instant of the last fill: one fill per order and instant. */
  filled_at: Micros;
  reserved: Decimal;
  /** Next time at which something happens to the order by time alone; Infinity if nothing does. */
  due: Micros;
}

export function isOpening(order: { readonly intent: Intent }): boolean {
  return order.intent === 'OPEN' || order.intent === 'ADD';
}

export function remaining(order: Order): Quantity {
  return order.quantity - order.filled;
}

/** Takes what the market offers at its arrival and never rests: MARKET, and IOC or FOK limits. */
export function isTaker(order: Pick<Order, 'order_type' | 'time_in_force'>): boolean {
  return order.order_type === 'MARKET' || order.time_in_force === 'IOC' || order.time_in_force === 'FOK';
}

/** Asked anew after a call that may have moved the order on. */
export function isWorking(order: Order): boolean {
  return order.phase === 'WORKING';
}
export function isEnded(order: Order): boolean {
  return order.phase === 'ENDED';
}
