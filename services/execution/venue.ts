// The venue port: what may be asked of a venue and what it may answer. An adapter turns calls into requests and answers back into data.
import type { Money, Price, Quantity } from '../../schemas/money.ts';
import type { Liquidity, OrderSide } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Order } from './order.ts';

/** Market data and instrument info are no calls: they come from `market.v1` only. */
export type VenueCall =
  | { readonly call: 'place'; readonly order: Order }
  | { readonly call: 'cancel'; readonly order: Order }
  | { readonly call: 'cancel_all'; readonly instrument: string | null }
  | { readonly call: 'order_by_client_id'; readonly client_order_id: string; readonly instrument: string }
  | { readonly call: 'open_orders'; readonly instrument: string | null }
  | { readonly call: 'trades_since'; readonly instrument: string; readonly cursor: string }
  | { readonly call: 'balances' }
  | { readonly call: 'positions' }
  | { readonly call: 'limits' }
  | { readonly call: 'fees' }
  | { readonly call: 'server_time' }
  | { readonly call: 'account_identity' }
  | { readonly call: 'key_permissions' };

/** A failure is never an empty list; what no row of the adapter's table names is UNKNOWN for a place, an error for a read. */
export type VenueAnswer<T> =
  | { readonly answer: 'OK'; readonly value: T }
  /** The venue said no; the code goes into REJECTED. */
  | { readonly answer: 'REFUSED'; readonly reason: string }
  /** The request was not written. */
  | { readonly answer: 'NOT_SENT' }
  /** The venue states that it did nothing, and perhaps until when it will. */
  | { readonly answer: 'NOT_EXECUTED'; readonly until: Micros | null }
  | { readonly answer: 'UNKNOWN'; readonly reason: UnknownReason };

export type UnknownReason = 'TIMEOUT' | 'CONNECTION_LOST' | 'ANSWER_AMBIGUOUS' | 'RESTART' | 'VANISHED';

export interface VenueOrder {
  readonly venue_order_id: string;
  readonly accepted_at: Micros;
}

/** Null: the venue knows no such order. */
export type OrderLookup = VenueOrder | null;

export interface ReportedTrade {
  readonly venue_trade_id: string;
  readonly side: OrderSide;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly quote_quantity: Money;
  readonly liquidity: Liquidity;
  readonly at: Micros;
}
