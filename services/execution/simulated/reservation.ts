// What an accepted order holds back of its account until it fills or ends.
import { type Decimal, mul } from '../../../schemas/money.ts';
import type { InstrumentInfo } from '../../../schemas/records.generated.ts';
import { feesOf } from '../../costs/fees.ts';
import { type Order, remaining } from '../order.ts';
import type { Portfolio } from '../state.ts';
import { feeOn, marginFor } from './account.ts';

/** Hundredths: the policy's leverage of the instrument, never above the venue's; 1 where the policy names none. */
export function leveragePct(portfolio: Portfolio, instrument: string, info: InstrumentInfo | null): number {
  const wanted = portfolio.settings?.leverage[instrument] ?? 1;
  return Math.max(100, Math.round(Math.min(wanted, info?.max_leverage ?? 1) * 100));
}

/** In the asset the order pays with: base for a spot sale; else price and taker fee, of which a perpetual needs its margin only. */
export function reservationOf(order: Order, portfolio: Portfolio, info: InstrumentInfo | null): Decimal {
  const quantity = remaining(order);
  if (order.kind !== 'perp' && order.side === 'SELL') return quantity;
  if (order.reduce_only) return 0n;
  const notional = mul(order.price ?? order.worst_price ?? order.stop_price ?? 0n, quantity);
  const fee = feeOn(notional, feesOf(portfolio.settings?.fees ?? {}, order.venue).taker);
  return (order.kind === 'perp' ? marginFor(notional, leveragePct(portfolio, order.instrument, info)) : notional) + fee;
}
