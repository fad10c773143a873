// From a size to an order: the worst price it may pay, the bump up to the need, and the quantity on the venue's step.
import {
  bpsCeil,
  bpsFloor,
  floorToStep,
  type Money,
  max,
  min,
  mulCeil,
  type Price,
  type Quantity,
} from '../../../schemas/money.ts';

/** touch × (1 ± slippage), inside mid × (1 ± collar), rounded to the tick toward the market. */
export function worstPrice(buy: boolean, touch: Price, mid: Price, slippage_bps: number, collar_bps: number, tick: Price): Price {
  if (buy) {
    const bySlippage = bpsFloor(touch, 10_000 + slippage_bps);
    const byCollar = bpsFloor(mid, 10_000 + collar_bps);
    const price = min(bySlippage, byCollar);
    return tick > 0n ? (price / tick) * tick : price;
  }
  const bySlippage = bpsCeil(touch, 10_000 - slippage_bps);
  const byCollar = bpsCeil(mid, 10_000 - collar_bps);
  const price = max(bySlippage, byCollar);
  return tick > 0n ? ceil(price, tick) * tick : price;
}

function ceil(n: bigint, d: bigint): bigint {
  return (n + d - 1n) / d;
}

export interface SizeInput {
  readonly requested: Money;
  readonly need: Money;
  /** Smallest headroom of the caps. */
  readonly headroom: Money;
  readonly max_bump: number;
  readonly worst_price: Price;
  readonly step: Quantity;
}

export interface Sized {
  readonly quantity: Quantity;
  /** quantity × worst price, rounded up. */
  readonly notional: Money;
  readonly bumped: boolean;
  /** The final notional reaches the need. */
  readonly enough: boolean;
}

/** Never rounded up, but for the one step that lifts it over the need where every cap allows it. */
export function sizeOf(input: SizeInput): Sized {
  const { need, headroom, worst_price, step } = input;
  let size = min(input.requested, headroom);
  let bumped = false;
  if (
    input.requested < need &&
    need <= headroom &&
    need * 1_000_000n <= input.requested * BigInt(Math.round(input.max_bump * 1e6))
  ) {
    size = need;
    bumped = true;
  }
  let quantity = quantityFor(size, worst_price, step);
  let notional = mulCeil(quantity, worst_price);
  if (notional < need && size >= need) {
    const next = quantity + step;
    const lifted = mulCeil(next, worst_price);
    if (lifted <= headroom) {
      quantity = next;
      notional = lifted;
    }
  }
  return { quantity, notional, bumped, enough: notional >= need };
}

function quantityFor(size: Money, price: Price, step: Quantity): Quantity {
  const exact = (size * 1_000_000_000_000n) / price;
  return step > 0n ? floorToStep(exact, step) : exact;
}
