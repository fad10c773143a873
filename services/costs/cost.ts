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
import { type Costs, costTier, exactAmount, exactBps } from './table.ts';

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

type Priced = Omit<CostInput, 'order_type'>;

/** Basis points as decimals at scale 12 (1 bp = 1). Slippage is counted from mid and includes the half spread. */
export interface Cost {
  readonly fee_bps: Decimal;
  readonly spread_bps: Decimal;
  readonly slippage_bps: Decimal;
  /** Both legs alike: 2 × (fee + slippage). */
  readonly round_trip_bps: Decimal;
}

const BPS = 10_000n;
const PPM = 1_000_000;
const PPM_SQUARED = 1_000_000_000_000n;

function impactPpm(costs: Costs, notional: Money): number {
  for (const step of costs.impact) {
    if (step.notional_max === null || notional <= exactAmount(step.notional_max)) return Math.round(step.factor * PPM);
  }
  return PPM;
}

/** 1 up to the calm share, then share ÷ calm share, at most the table's maximum. */
function volatilityPpm(costs: Costs, atr_share: number | null): number {
  const calm = costs.volatility.atr_bps / 10_000;
  if (atr_share === null || !(atr_share > calm)) return PPM;
  return Math.round(Math.min(atr_share / calm, costs.volatility.factor_max) * PPM);
}

/** A cost raised by size and volatility. */
function raised(cost_bps: Decimal, input: Priced): Decimal {
  if (cost_bps === 0n) return 0n;
  const impact = impactPpm(input.costs, input.notional);
  const volatility = volatilityPpm(input.costs, input.atr_share);
  return impact === PPM && volatility === PPM ? cost_bps : mulDiv(cost_bps, BigInt(impact) * BigInt(volatility), PPM_SQUARED);
}

/** `beyond`: what the part past the displayed touch pays on top of it. */
export function beyondBps(input: CostInput): Decimal {
  return raised(exactBps(input.costs.beyond_bps[costTier(input.tier)]), input);
}

/** `market`: distance of a taker's price from mid where no quote shows the touch. */
export function marketBps(input: CostInput): Decimal {
  const tier = costTier(input.tier);
  const distance = exactBps(input.costs.spread_bps[tier]) / 2n + exactBps(input.costs.beyond_bps[tier]);
  return max(raised(distance, input), exactBps(input.fees.market_min ?? 0));
}

/** (ask − bid) / mid in basis points. */
export function spreadBps(quote: { readonly bid: Price; readonly ask: Price }): Decimal {
  return mulDiv(quote.ask - quote.bid, 2n * BPS * SCALE, quote.ask + quote.bid);
}

function isBeyondTouch(input: CostInput, quote: Touch): boolean {
  const displayed = input.side === 'BUY' ? mulFloor(quote.ask, quote.ask_size) : mulFloor(quote.bid, quote.bid_size);
  return input.notional > displayed;
}

/** The table states slippage at its assumed spread; a quoted spread scales it. */
function ofSpread(table: Costs['post_only_bps'], input: Priced): Decimal {
  const tier = costTier(input.tier);
  const slippage = exactBps(table[tier]);
  const assumed = exactBps(input.costs.spread_bps[tier]);
  if (input.quote === null || assumed === 0n) return raised(slippage, input);
  return raised(mulDiv(spreadBps(input.quote), slippage, assumed), input);
}

function slippageBps(input: CostInput): Decimal {
  switch (input.order_type) {
    case 'POST_ONLY':
      return ofSpread(input.costs.post_only_bps, input);
    case 'LIMIT':
      return ofSpread(input.costs.crossing_bps, input);
    case 'MARKET': {
      if (input.quote === null) return marketBps(input);
      const touch = spreadBps(input.quote) / 2n;
      return max(isBeyondTouch(input, input.quote) ? touch + beyondBps(input) : touch, exactBps(input.fees.market_min ?? 0));
    }
  }
}

export function estimateCost(input: CostInput): Cost {
  const spread_bps = input.quote === null ? exactBps(input.costs.spread_bps[costTier(input.tier)]) : spreadBps(input.quote);
  const slippage_bps = slippageBps(input);
  const fee_bps = exactBps(input.order_type === 'POST_ONLY' ? input.fees.maker : input.fees.taker);
  return { fee_bps, spread_bps, slippage_bps, round_trip_bps: 2n * (fee_bps + slippage_bps) };
}

/** Break-even of entering one way and leaving another: the sum of fee and slippage of both legs. */
export function roundTripBps(entry: Cost, exit: Cost): Decimal {
  return entry.fee_bps + entry.slippage_bps + exit.fee_bps + exit.slippage_bps;
}

/** The floor every plan must clear: taker fees both ways, and no more slippage than a resting order has. */
export function takerFloorBps(input: Priced): Decimal {
  return 2n * (exactBps(input.fees.taker) + ofSpread(input.costs.post_only_bps, input));
}

/** The price that a cost in basis points leaves a taker: BUY higher, SELL lower, rounded against the taker at scale 12. */
export function worsened(price: Price, side: CostSide, cost_bps: Decimal): Price {
  if (cost_bps === 0n) return price;
  const whole = BPS * SCALE;
  return side === 'BUY' ? mulCeil(price, ceilRatio(whole + cost_bps)) : mulFloor(price, (whole - cost_bps) / BPS);
}

function ceilRatio(n: Decimal): Decimal {
  return (n + BPS - 1n) / BPS;
}
