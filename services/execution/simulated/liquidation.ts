// Forced closing of a perpetual position whose margin is used up.
import { fillId, orderEventId } from '../../../schemas/ids.ts';
import { abs, ceilToStep, floorToStep, mul, type Price } from '../../../schemas/money.ts';
import { blankOrderEvent, type OrderSide } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { marketBps, worsened } from '../../costs/cost.ts';
import { feesOf } from '../../costs/fees.ts';
import { chargeFee, ended, publish } from '../events.ts';
import type { Market } from '../market.ts';
import type { Portfolio, Step } from '../state.ts';
import type { Holding } from './account.ts';
import { bookInOrder } from './book.ts';

export interface Range {
  readonly low: Price;
  readonly high: Price;
  readonly at: Micros;
}

/** Closes the whole position at the worst price of the range, less the `market` cost, if its mark reached the limit. */
export function liquidateAt(step: Step, portfolio: Portfolio, market: Market, range: Range): void {
  const holding = portfolio.account.holdings.get(market.instrument);
  if (holding === undefined || holding.liquidation_price === 0n || portfolio.settings === null) return;
  const long = holding.quantity > 0n;
  if (long ? range.low > holding.liquidation_price : range.high < holding.liquidation_price) return;
  publish(step, portfolio, liquidated(step, portfolio, market, holding, long ? range.low : range.high, range.at));
  for (const order of bookInOrder(portfolio, market.instrument)) {
    if (order.reduce_only) ended(step, portfolio, order, 'CANCELED', range.at, 'REDUCE_ONLY_REFUSED');
  }
}

function liquidated(step: Step, portfolio: Portfolio, market: Market, holding: Holding, worst: Price, at: Micros) {
  const side: OrderSide = holding.quantity > 0n ? 'SELL' : 'BUY';
  const quantity = abs(holding.quantity);
  const venue = market.info?.venue ?? '';
  const { settings } = portfolio;
  const cost =
    settings === null
      ? 0n
      : marketBps({
          quote: null,
          side,
          notional: mul(worst, quantity),
          order_type: 'MARKET',
          tier: market.info?.universe.tier ?? null,
          atr_share: market.atr_share,
          costs: settings.costs,
          fees: feesOf(settings.fees, venue),
        });
  const tick = market.info?.filters.tick ?? 1n;
  const moved = worsened(worst, side, cost);
  const venue_order_id = `liquidation-${holding.position_id.slice(0, 28)}`;
  const venue_trade_id = `${holding.position_id.slice(0, 28)}-${at}`;
  const event = blankOrderEvent();
  event.type = 'LIQUIDATED';
  event.event_id = orderEventId({ account: portfolio.portfolio, key: venue_trade_id, type: 'LIQUIDATED', venue });
  event.venue_order_id = venue_order_id;
  event.portfolio = portfolio.portfolio;
  event.run_id = portfolio.run_id;
  event.mode = portfolio.mode;
  event.account = portfolio.portfolio;
  event.venue = venue;
  event.instrument = market.instrument;
  event.evidence = 'SIMULATED';
  event.venue_at = at;
  event.observed_at = step.now;
  event.fill_id = fillId({ account: portfolio.portfolio, venue, venue_order_id, venue_trade_id });
  event.venue_trade_id = venue_trade_id;
  event.side = side;
  event.price = side === 'BUY' ? ceilToStep(moved, tick) : floorToStep(moved, tick);
  event.quantity = quantity;
  event.quote_quantity = mul(event.price, quantity);
  event.liquidity = 'TAKER';
  chargeFee(event, portfolio, holding.quote, 'TAKER');
  event.bid = market.newest?.bid ?? null;
  event.ask = market.newest?.ask ?? null;
  event.quote_at = market.newest?.event_time ?? null;
  return event;
}
