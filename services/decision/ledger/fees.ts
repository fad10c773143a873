// The fee of a fill in the currency, in the base asset or in a third one, as a value and as what it does to the quantity.
import { bpsOf, type Money, mul, type Quantity } from '../../../schemas/money.ts';
import type { BookedFill, Ledger } from './ledger.ts';
import { thirdAsset, thirdValue } from './third-assets.ts';

/** Effective quantity, value of the fee in the portfolio's currency, and where it was paid. */
export interface Charge {
  readonly quantity: Quantity;
  readonly fee: Money;
  readonly estimated: boolean;
  /** Amount in a third asset; null where the fee was paid in the currency or the base. */
  readonly third: Money | null;
}

export function chargeOf(l: Ledger, fill: BookedFill): Charge {
  if (fill.fee === null) return { quantity: fill.quantity, fee: takerFee(fill), estimated: true, third: null };
  if (fill.fee === 0n || fill.fee_asset === l.currency)
    return { quantity: fill.quantity, fee: fill.fee, estimated: false, third: null };
  if (fill.fee_asset === fill.base && fill.kind !== 'perp') {
    // Paid out of the holding itself: the value is the difference of notional at the fill price, so cash moves by the plain notional.
    const buys = fill.side === 'BUY';
    const quantity = buys ? fill.quantity - fill.fee : fill.quantity + fill.fee;
    const notional = mul(fill.quantity, fill.price);
    const effective = mul(quantity, fill.price);
    return { quantity, fee: buys ? notional - effective : effective - notional, estimated: false, third: null };
  }
  const rate = fill.fee_rate ?? (fill.fee_asset === fill.base ? fill.price : (l.third.get(fill.fee_asset)?.rate ?? null));
  if (rate === null) return { quantity: fill.quantity, fee: takerFee(fill), estimated: true, third: fill.fee };
  return { quantity: fill.quantity, fee: mul(fill.fee, rate), estimated: false, third: fill.fee };
}

function takerFee(fill: BookedFill): Money {
  return bpsOf(mul(fill.quantity, fill.price), fill.taker_bps);
}

/** A third asset falls by the amount, booked at its value. */
export function payThird(l: Ledger, name: string, amount: Money, value: Money): void {
  const asset = thirdAsset(l, name);
  l.third_value -= thirdValue(asset);
  asset.amount -= amount;
  asset.booked -= value;
  l.third_value += thirdValue(asset);
}
