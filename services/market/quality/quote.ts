// What is wrong with a quote before it is published: dropped, flagged, or nothing.
import type { Price, Quantity } from '../../../schemas/money.ts';

export interface QuoteSides {
  readonly bid: Price;
  readonly ask: Price;
  readonly bid_size: Quantity;
  readonly ask_size: Quantity;
}

/** Why the quote must not be published; null if it may. */
export function quoteFault(quote: QuoteSides): 'QUOTE_INVALID' | 'QUOTE_CROSSED' | null {
  if (quote.bid <= 0n || quote.ask <= 0n || quote.bid_size <= 0n || quote.ask_size <= 0n) return 'QUOTE_INVALID';
  return quote.bid > quote.ask ? 'QUOTE_CROSSED' : null;
}

export function isLocked(quote: QuoteSides): boolean {
  return quote.bid === quote.ask;
}
