// The venue port: what is asked of a venue and what it may answer. An adapter turns calls into requests, and answers back into data.
import type { Decimal, Money, Price, Quantity } from '../../schemas/money.ts';
import type { Liquidity, OrderSide } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Order } from './order.ts';

export type UnknownReason = 'TIMEOUT' | 'CONNECTION_LOST' | 'ANSWER_AMBIGUOUS' | 'RESTART' | 'VANISHED';

/** A failure is never an empty list; what no row of an adapter's table names is UNKNOWN for a place, an error for a read. */
export type VenueAnswer<T> =
  | { readonly answer: 'OK'; readonly value: T }
  /** The venue said no; the reason goes into REJECTED. */
  | { readonly answer: 'REFUSED'; readonly reason: string }
  /** The request was not written. */
  | { readonly answer: 'NOT_SENT' }
  /** The venue states that it did nothing, and perhaps until when it will not. */
  | { readonly answer: 'NOT_EXECUTED'; readonly until: Micros | null }
  | { readonly answer: 'UNKNOWN'; readonly reason: UnknownReason };

export interface VenueOrder {
  readonly venue_order_id: string;
  readonly accepted_at: Micros;
}

/** Null: the venue knows no such order. */
export type OrderLookup = VenueOrder | null;

export interface VenueTrade {
  readonly venue_order_id: string;
  readonly venue_trade_id: string;
  readonly side: OrderSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly quote_quantity: Money;
  readonly fee: Decimal;
  readonly fee_asset: string;
  readonly liquidity: Liquidity;
  readonly at: Micros;
}

/**
 * What each call is given and what an OK brings back. Calls and answers are data, so a synchronous venue answers inside the
 * step and a remote one by an input of its own. Market data and instrument info are no calls: they come from `market.v1` only.
 */
export interface VenueCalls {
  readonly place: { readonly given: Order; readonly value: VenueOrder };
  readonly cancel: { readonly given: Order; readonly value: null };
  readonly cancel_all: { readonly given: { readonly instrument: string | null }; readonly value: null };
  readonly order_by_client_id: { readonly given: Order; readonly value: OrderLookup };
  readonly open_orders: { readonly given: { readonly instrument: string | null }; readonly value: readonly VenueOrder[] };
  readonly trades_since: {
    readonly given: { readonly instrument: string; readonly cursor: string };
    readonly value: readonly VenueTrade[];
  };
  readonly balances: { readonly given: null; readonly value: ReadonlyMap<string, Decimal> };
  readonly positions: { readonly given: null; readonly value: ReadonlyMap<string, Quantity> };
  readonly limits: { readonly given: null; readonly value: readonly { readonly window_ms: number; readonly limit: number }[] };
  readonly fees: { readonly given: null; readonly value: { readonly maker_bps: number; readonly taker_bps: number } };
  readonly server_time: { readonly given: null; readonly value: Micros };
  readonly account_identity: { readonly given: null; readonly value: string };
  readonly key_permissions: { readonly given: null; readonly value: { readonly trade: boolean; readonly withdraw: boolean } };
}
export type VenueCall = keyof VenueCalls;
export type AnswerOf<C extends VenueCall> = VenueAnswer<VenueCalls[C]['value']>;
