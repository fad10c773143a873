// The orders of one portfolio: its wishes (intents), their attempts (orders), and what the fold has to do about them.
import type { Money, Price, Quantity } from '../../../schemas/money.ts';
import type { OrderCommand, OrderEvent, Tier } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { OrderStatus } from './order-state.ts';

export type Side = 'BUY' | 'SELL';
export type PositionSide = 'LONG' | 'SHORT';
export type IntentKind = 'OPEN' | 'ADD' | 'REDUCE' | 'CLOSE';
export type Route = 'PATIENT' | 'PATIENT_EXIT' | 'URGENT';
export type StepKind = 'POST_ONLY' | 'TAKER';
export type IntentEnd = 'FILLED' | 'PARTIAL' | 'NO_FILL' | 'REFUSED' | 'DUST' | 'SUPERSEDED' | 'CANCELED';

/** What prices and sizes of an instrument are made of. Ticks, steps and minima at scale 12; 0 = the venue sets none. */
export interface InstrumentTerms {
  readonly tick: Price;
  readonly step: Quantity;
  readonly min_qty: Quantity;
  readonly min_notional: Money;
}

/** What the decision saw of the market; an opening order is refused without it. */
export interface Reference {
  readonly bid: Price;
  readonly ask: Price;
  readonly at: Micros;
  readonly offset: number;
}

/** One wish to trade; parent of its attempts. */
export interface Intent {
  readonly intent_id: string;
  readonly decision_id: string;
  readonly signal_id: string | null;
  readonly kind: IntentKind;
  readonly leg: 'entry' | 'exit';
  readonly instrument: string;
  readonly venue: string;
  readonly side: Side;
  readonly position_side: PositionSide;
  readonly position_id: string | null;
  readonly route: Route;
  readonly steps: readonly StepKind[];
  readonly reason: string;
  readonly tier: Tier;
  readonly confidence_bps: number;
  /** Opening: absolute worst price. Closing: null, the collar is relative to the quote at send. */
  readonly collar_price: Price | null;
  readonly reference: Reference | null;
  readonly terms: InstrumentTerms;
  readonly policy_hash: string;
  /** Decided time of the first attempt. */
  readonly started_at: Micros;
  quantity: Quantity;
  filled: Quantity;
  /** Index into `steps`; exits stay on the last one until the position is flat. */
  step: number;
  attempt: number;
  /** Attempts at the taker step of an exit: widens the collar. */
  taker_attempts: number;
  failures: number;
  /** The one live order, '' between attempts. */
  order_id: string;
  /** The newest attempt, live or not; '' before the first. */
  last_order_id: string;
  /** An exit that waits for own orders of the other side to end, or for its back-off; Infinity while held (HALTED). */
  not_before: Micros;
  /** No new attempt: the portfolio's entries were cancelled, or a faster exit took over. */
  stopping: IntentEnd | null;
  /** An operator's close: HALTED does not hold it. */
  forced: boolean;
  /** A closing where the venue does not enforce reduce_only: it could sell twice what another closing order sells. */
  readonly exclusive: boolean;
  ended: boolean;
}

/** An order's decision, and the mid of the venue's quote when it arrived there: of ACCEPTED, else of SUBMITTING. */
export interface OrderFacts {
  readonly order_id: string;
  readonly decision_id: string;
  arrival_mid: Price | null;
  accepted_at: Micros | null;
}

/** One attempt: sent to the venue at most once. */
export interface Order {
  readonly order_id: string;
  /** The wish it belongs to, also after that has ended: later evidence may bring an ended order back. */
  readonly intent: Intent;
  readonly instrument: string;
  readonly venue: string;
  readonly side: Side;
  readonly closing: boolean;
  readonly quantity: Quantity;
  readonly step_size: Quantity;
  readonly tick_size: Price;
  readonly price_limit: Price | null;
  readonly kind: StepKind;
  readonly ttl_us: number;
  readonly commanded_at: Micros;
  /** Second try of its post-only step. */
  readonly again: boolean;
  /** No event came in time, and that was said. */
  alerted: boolean;
  status: OrderStatus;
  filled: Quantity;
  filled_reported: Quantity;
  /** First ACCEPTED or FILL; -1 before. */
  working_at: Micros;
  unknown_since: Micros;
  cancel_commanded: boolean;
  cancel_requested: boolean;
  ended_at: Micros;
  /** null until its reservation is made. */
  facts: OrderFacts | null;
}

export interface OrdersState {
  /** Those under way, oldest first: few. The list is replaced, never changed, so a loop over it may end the one it is at. */
  intents: readonly Intent[];
  readonly orders: Map<string, Order>;
  /** Ended orders in the order they ended, so that they are forgotten 7 days later. */
  readonly ended: string[];
  /** Earliest Tick that matters; recomputed on change. */
  deadline: Micros;
}

export type LedgerEffect =
  | { readonly kind: 'RESERVE_ENTRY'; readonly order: Order; readonly intent: Intent }
  | { readonly kind: 'RESERVE_REDUCTION'; readonly order: Order; readonly intent: Intent }
  | {
      readonly kind: 'BOOK';
      readonly event: OrderEvent;
      readonly order: Order;
      readonly intent: Intent | null;
      readonly quantity: Quantity;
      readonly late: boolean;
    }
  | { readonly kind: 'QUARANTINE'; readonly event: OrderEvent; readonly quantity: Quantity; readonly code: string }
  | { readonly kind: 'RELEASE'; readonly order: Order; readonly keep: Quantity };

export interface EndedIntent {
  readonly intent: Intent;
  readonly end: IntentEnd;
}

export interface OrderAnomaly {
  readonly code:
    | 'ORDER_TRANSITION_ILLEGAL'
    | 'ORDER_FILL_LATE'
    | 'ORDER_REVIVED'
    | 'ORDER_UNACKNOWLEDGED'
    | 'ORDER_FILLS_MISSING'
    | 'EXIT_STUCK'
    | 'ORDER_NOT_OURS';
  readonly order_id: string;
}

/** What one call wants done, in this order: effects on the ledger, then commands; the fold empties it. */
export interface OrdersOutput {
  readonly effects: LedgerEffect[];
  readonly commands: OrderCommand[];
  readonly ended: EndedIntent[];
  readonly anomalies: OrderAnomaly[];
}

/** Execution keys of the policy that the walk reads (seconds, quote units, bps). */
export interface WalkPolicy {
  readonly post_only_ttl_s: number;
  readonly reprice_ttl_s: number;
  readonly intent_age_s_max: number;
  readonly command_valid_open_s: number;
  readonly command_valid_close_s: number;
  readonly collar_exit_bps: readonly number[];
  readonly collar_open_bps: number;
  readonly taker_promote: boolean;
  readonly taker_confidence_bps_min: number;
}

/** Who trades, when, and by which policy. `candle_interval_us` is 0 where real quotes drive the exchange. */
export interface OrdersContext {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: 'backtest' | 'paper' | 'live';
  readonly backend: 'SIMULATED' | 'SHADOW' | 'TESTNET' | 'LIVE';
  readonly policy_hash: string;
  readonly policy: WalkPolicy;
  readonly candle_interval_us: number;
  /** HALTED: closing attempts are held back. */
  readonly halted: boolean;
  /** By instrument, signed, as the ledger has them: without the fill that is being folded. */
  readonly positions: ReadonlyMap<string, { readonly qty: Quantity }>;
  readonly now: Micros;
}

export function newOrders(): OrdersState {
  return {
    intents: [],
    orders: new Map(),
    ended: [],
    deadline: Number.POSITIVE_INFINITY,
  };
}

export function newOrdersOutput(): OrdersOutput {
  return { effects: [], commands: [], ended: [], anomalies: [] };
}

export function isOpening(intent: Intent): boolean {
  return intent.kind === 'OPEN' || intent.kind === 'ADD';
}

/** The opening intent that lives on the instrument, if any: there is never a second one. */
export function entryOf(state: OrdersState, instrument: string): Intent | undefined {
  for (const intent of state.intents) if (intent.instrument === instrument && isOpening(intent)) return intent;
  return undefined;
}

/** Opening intents alive in the whole portfolio. */
export function entriesPending(state: OrdersState): number {
  let n = 0;
  for (const intent of state.intents) if (isOpening(intent)) n += 1;
  return n;
}

/** The exit that lives on a position, if any; those that it has superseded end on their own. */
export function exitOf(state: OrdersState, position_id: string): Intent | undefined {
  for (const intent of state.intents) {
    if (intent.position_id === position_id && intent.stopping === null && !isOpening(intent)) return intent;
  }
  return undefined;
}

/** Orders whose outcome is unknown, oldest first; all of one instrument, or all. */
export function unknownOrders(state: OrdersState, instrument: string | null): Order[] {
  const found: Order[] = [];
  for (const order of state.orders.values()) {
    if (order.status === 'UNKNOWN' && (instrument === null || order.instrument === instrument)) found.push(order);
  }
  return found.sort((a, b) => a.unknown_since - b.unknown_since);
}

/** Own orders of an instrument that rest at a price (for the self-trade gate). */
export function restingOrders(state: OrdersState, instrument: string): Order[] {
  const found: Order[] = [];
  for (const intent of state.intents) {
    const order = intent.instrument === instrument ? state.orders.get(intent.order_id) : undefined;
    if (order !== undefined && order.kind === 'POST_ONLY') found.push(order);
  }
  return found;
}
