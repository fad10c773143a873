// The cost table of a policy: what trading is assumed to cost per tier, and how size and volatility raise it.
import { type Decimal, parseDecimal, SCALE } from '../../schemas/money.ts';

export type CostTier = 'T1' | 'T2' | 'T3' | 'unknown';
type ByTier = Readonly<Record<CostTier, number>>;

/** Basis points with at most two decimals; amounts are whole numbers or decimals as text. The policy's key `costs`. */
export interface Costs {
  /** Assumed spread where there is no quote. */
  readonly spread_bps: ByTier;
  /** Slippage from mid at the assumed spread: orders that rest, limits that cross. */
  readonly post_only_bps: ByTier;
  readonly crossing_bps: ByTier;
  /** What the part of an order past the displayed size pays on top of the touch. */
  readonly beyond_bps: ByTier;
  /** Factor up to and including a notional, ascending; the last row has null. A table, not a logarithm: every machine agrees. */
  readonly impact: readonly { readonly notional_max: number | string | null; readonly factor: number }[];
  /** ATR14 (1 h) over close up to which nothing is added, and the largest factor above it. */
  readonly volatility: { readonly atr_bps: number; readonly factor_max: number };
}

/** A tier the table does not name (micro caps among them) costs what an unknown one costs. */
export function costTier(tier: string | null | undefined): CostTier {
  return tier === 'T1' || tier === 'T2' || tier === 'T3' ? tier : 'unknown';
}

const HUNDREDTH = SCALE / 100n;

/** Costs and fees are few and small: their decimals are made once. */
const HUNDREDTHS: Decimal[] = Array.from({ length: 10_001 }, (_, n) => BigInt(n) * HUNDREDTH);

/** Basis points of a table as an exact decimal (1 bp = 1): at most two decimals count. */
export function exactBps(bps: number): Decimal {
  const hundredths = Math.round(bps * 100);
  return HUNDREDTHS[hundredths] ?? BigInt(hundredths) * HUNDREDTH;
}

/** An amount of a policy; one that is no decimal counts as 0. */
export function exactAmount(amount: number | string): Decimal {
  return typeof amount === 'number' ? BigInt(amount) * SCALE : (parseDecimal(amount) ?? 0n);
}
