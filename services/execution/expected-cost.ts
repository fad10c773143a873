// What an order about to be sent is expected to cost, by the one cost model.
import { isDerived } from '../../schemas/derived-quote.ts';
import type { Money } from '../../schemas/money.ts';
import type { OrderType, Quote } from '../../schemas/records.generated.ts';
import { type Cost, type CostOrderType, estimateCost } from '../costs/cost.ts';
import { feesOf } from '../costs/fees.ts';
import type { Look } from './last-look.ts';
import { isTaker } from './order.ts';

export function costOrderType(order_type: OrderType, takes: boolean): CostOrderType {
  if (order_type === 'POST_ONLY') return 'POST_ONLY';
  return takes || order_type === 'STOP' ? 'MARKET' : 'LIMIT';
}

export function expectedCost(look: Look, order_type: OrderType, quote: Quote | null, notional: Money): Cost {
  const { command, settings, market } = look;
  return estimateCost({
    quote: quote === null || isDerived(quote) ? null : quote,
    side: command.side,
    notional,
    order_type: costOrderType(order_type, isTaker({ order_type, time_in_force: command.time_in_force })),
    tier: command.tier ?? market.info?.universe.tier ?? null,
    atr_share: market.atr_share,
    costs: settings.costs,
    fees: feesOf(settings.fees, command.venue),
  });
}
