// The cost model: what one order is expected to cost, as one pure function that every reader of costs calls.
import {
  type Decimal,
  type Money,
  max,
  mulCeil,
  mulDiv,
  mulFloor,
  type Price,
  type Quantity,
  SCALE,
} from '../../schemas/money.ts';
import type { Fees } from './fees.ts';
import { type Costs, tierOf } from './table.ts';

/** Best prices and displayed sizes of a real quote. A quote derived from a candle is no quote here: pass null. */
export interface Touch {
  readonly bid: Price;
  readonly ask: Price;
  readonly bid_size: Quantity;
  readonly ask_size: Quantity;
}

export type CostSide = 'BUY' | 'SELL';
/** How the order meets the book: rests; a limit that crosses; takes the touch (MARKET, STOP, and the IOC of route TAKER). */
export type CostOrderType = 'POST_ONLY' | 'LIMIT' | 'MARKET';

export interface CostInput {
  readonly quote: Touch | null;
  readonly side: CostSide;
  /** Order value in the quote currency. */
  readonly notional: Money;
  readonly order_type: CostOrderType;
  readonly tier: string | null;
  /** ATR14 (1 h) over close as a fraction; null = unknown, which adds nothing. */
  readonly atr_share: number | null;
  readonly costs: Costs;
  readonly fees: Fees;
}

/** Basis points as decimals at scale 12 (1 bp = 1). Slippage is counted from mid and includes the half spread. */
export interface Cost {
  readonly fee_bps: Decimal;
  readonly spread_bps: Decimal;
  readonly slippage_bps: Decimal;
  /** Both legs alike: 2 × (fee + slippage). */
  readonly round_trip_bps: Decimal;
}

const BPS = 10_000n;
const PPM = 1_000_000n;

function bps(n: number): Decimal {
  return BigInt(n) * SCALE;
}

function impactFactorBps(costs: Costs, notional: Money): number {
  for (const step of costs.impact)
    if (step.notional_max === null || notional <= BigInt(step.notional_max) * SCALE) return step.factor_bps;
  return 10_000;
}

/** Millionths: 1 up to the calm share, then share ÷ calm share, at most the table's maximum. */
function volatilityFactorPpm(costs: Costs, atr_share: number | null): number {
  const calm = costs.volatility.calm_bps / 10_000;
  if (atr_share === null || !(atr_share > calm)) return 1_000_000;
  return Math.min(Math.round((atr_share / calm) * 1_000_000), costs.volatility.factor_max_bps * 100);
}

/** A cost in basis points raised by size and volatility. */
function raised(cost: Decimal, input: CostInput): Decimal {
  const impact = impactFactorBps(input.costs, input.notional);
  const volatility = volatilityFactorPpm(input.costs, input.atr_share);
  if (impact === 10_000 && volatility === 1_000_000) return cost;
  return mulDiv(cost, BigInt(impact) * BigInt(volatility), BPS * PPM);
}

/** `beyond`: what the part past the displayed touch pays on top of it. */
export function beyondBps(input: CostInput): Decimal {
  return raised(bps(input.costs.tiers[tierOf(input.tier)].beyond_bps), input);
}

/** `market`: distance of a taker's price from mid where no quote shows the touch. */
export function marketBps(input: CostInput): Decimal {
  const { spread_bps, beyond_bps } = input.costs.tiers[tierOf(input.tier)];
  return max(raised(bps(spread_bps) / 2n + bps(beyond_bps), input), bps(input.fees.market_min_bps));
}

/** (ask − bid) / mid in basis points. */
export function spreadBps(quote: { readonly bid: Price; readonly ask: Price }): Decimal {
  return mulDiv(quote.ask - quote.bid, 2n * BPS * SCALE, quote.ask + quote.bid);
}

function isBeyondTouch(input: CostInput, quote: Touch): boolean {
  const displayed = input.side === 'BUY' ? mulFloor(quote.ask, quote.ask_size) : mulFloor(quote.bid, quote.bid_size);
  return input.notional > displayed;
}

function slippageBps(input: CostInput, spread: Decimal): Decimal {
  switch (input.order_type) {
    case 'POST_ONLY':
      return raised(mulDiv(spread, BigInt(input.costs.post_only_share_bps), BPS), input);
    case 'LIMIT':
      return raised(mulDiv(spread, BigInt(input.costs.crossing_share_bps), BPS), input);
    case 'MARKET':
      if (input.quote === null) return marketBps(input);
      return max(spread / 2n + (isBeyondTouch(input, input.quote) ? beyondBps(input) : 0n), bps(input.fees.market_min_bps));
  }
}

export function estimateCost(input: CostInput): Cost {
  const spread_bps = input.quote === null ? bps(input.costs.tiers[tierOf(input.tier)].spread_bps) : spreadBps(input.quote);
  const slippage_bps = slippageBps(input, spread_bps);
  const fee_bps = bps(input.order_type === 'POST_ONLY' ? input.fees.maker_bps : input.fees.taker_bps);
  return { fee_bps, spread_bps, slippage_bps, round_trip_bps: 2n * (fee_bps + slippage_bps) };
}

/** Break-even of entering one way and leaving another: the sum of fee and slippage of both legs. */
export function roundTripBps(entry: Cost, exit: Cost): Decimal {
  return entry.fee_bps + entry.slippage_bps + exit.fee_bps + exit.slippage_bps;
}

/** The floor every plan must clear: taker fees both ways, and no more slippage than a resting order has. */
export function takerFloorBps(input: Omit<CostInput, 'order_type'>): Decimal {
  const resting = estimateCost({ ...input, order_type: 'POST_ONLY' });
  return 2n * (bps(input.fees.taker_bps) + resting.slippage_bps);
}

/** The price that a cost in basis points leaves a taker: BUY higher, SELL lower, rounded against the taker at scale 12. */
export function worsened(price: Price, side: CostSide, cost_bps: Decimal): Price {
  const whole = BPS * SCALE;
  return side === 'BUY' ? mulCeil(price, ceilRatio(whole + cost_bps)) : mulFloor(price, (whole - cost_bps) / BPS);
}

function ceilRatio(n: Decimal): Decimal {
  return (n + BPS - 1n) / BPS;
}
