// Quote mode: every quote of the venue first lets arrive and end what was due before it, then reaches the book.
import type { Quote } from '../../../schemas/records.generated.ts';
import type { Market } from '../market.ts';
import { isEnded, isWorking } from '../order.ts';
import { schedule } from '../schedule.ts';
import { portfolioNamed, type Step } from '../state.ts';
import { bookInOrder } from './book.ts';
import { arriveBy, endByQuoteTime } from './exchange.ts';
import { liquidateAt } from './liquidation.ts';
import { meetQuote } from './quote-fills.ts';

/** `market.real` is still the previous quote; it is `quote` when this returns. */
export function onRealQuote(step: Step, market: Market, quote: Quote): void {
  const previous = market.real;
  const frozen = market.info !== null && market.info.status !== 'TRADING';
  for (const name of market.holders.slice()) {
    const portfolio = portfolioNamed(step, name);
    if (portfolio?.phase !== 'READY') continue;
    for (const order of bookInOrder(portfolio, quote.instrument)) {
      // Strictly earlier arrivals met the quote of their own time.
      if (previous !== null) arriveBy(step, portfolio, market, order, quote.event_time - 1);
      endByQuoteTime(step, portfolio, order, quote.event_time);
    }
  }
  market.real = quote;
  market.newest = quote;
  for (const name of market.holders.slice()) {
    const portfolio = portfolioNamed(step, name);
    if (portfolio?.phase !== 'READY') continue;
    for (const order of bookInOrder(portfolio, quote.instrument)) {
      arriveBy(step, portfolio, market, order, quote.event_time);
      if (isWorking(order) && !frozen) meetQuote(step, portfolio, market, order, quote, previous);
      if (!isEnded(order)) schedule(step, portfolio, order);
    }
    if (!frozen) liquidateAt(step, portfolio, market, { low: quote.bid, high: quote.ask, at: quote.event_time });
  }
}
