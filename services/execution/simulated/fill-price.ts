// Prices at which the simulated venue fills: the market cost of a taker, and the chance of an order in a queue.
import { ceilToStep, floorToStep, mul, type Price, type Quantity } from '../../../schemas/money.ts';
import { beyondBps, type CostInput, marketBps, worsened } from '../../costs/cost.ts';
import { feesOf } from '../../costs/fees.ts';
import type { Market } from '../market.ts';
import type { Order } from '../order.ts';
import type { Settings } from '../settings.ts';

type QueueTier = 'T1' | 'T2' | 'T3';

export function queueTier(order: Order, market: Market): QueueTier {
  const tier = order.tier ?? market.info?.universe.tier ?? null;
  return tier === 'T1' || tier === 'T2' ? tier : 'T3';
}

function costInput(settings: Settings, market: Market, order: Order, price: Price, quantity: Quantity): CostInput {
  return {
    quote: null,
    side: order.side,
    notional: mul(price, quantity),
    order_type: 'MARKET',
    tier: order.tier ?? market.info?.universe.tier ?? null,
    atr_share: market.atr_share,
    costs: settings.costs,
    fees: feesOf(settings.fees, order.venue),
  };
}

/** A price moved by the `market` cost: up for a buy, down for a sale, to whole ticks. */
export function marketPrice(settings: Settings, market: Market, order: Order, price: Price, quantity: Quantity): Price {
  const moved = worsened(price, order.side, marketBps(costInput(settings, market, order, price, quantity)));
  return order.side === 'BUY' ? ceilToStep(moved, order.tick) : floorToStep(moved, order.tick);
}

/** The touch moved by `beyond`: what the part past the displayed size pays. */
export function beyondPrice(settings: Settings, market: Market, order: Order, touch: Price, quantity: Quantity): Price {
  return worsened(touch, order.side, beyondBps(costInput(settings, market, order, touch, quantity)));
}
