// The cost table of a policy: what trading is assumed to cost per tier, and how size and volatility raise it.
export const TIERS = ['T1', 'T2', 'T3', 'MICRO'] as const;
export type Tier = (typeof TIERS)[number];

/** All values are whole basis points; factors are 10 000 for 1. Nothing here is money, so the table hashes as plain JSON. */
export interface TierCosts {
  /** Assumed spread where there is no quote. */
  readonly spread_bps: number;
  /** What an order pays past the touch once it is larger than the displayed size. */
  readonly beyond_bps: number;
}

export interface ImpactStep {
  /** Largest order notional (quote units) of this step; null = above all others. */
  readonly notional_max: number | null;
  readonly factor_bps: number;
}

/** Policy key `costs`. */
export interface Costs {
  readonly tiers: Readonly<Record<Tier, TierCosts>>;
  /** Slippage from mid as a share of the spread: resting orders, and limits that cross. */
  readonly post_only_share_bps: number;
  readonly crossing_share_bps: number;
  /** Ascending by notional_max, the last one null: a table and not a logarithm, so every machine agrees. */
  readonly impact: readonly ImpactStep[];
  /** ATR14 (1 h) over close up to which nothing is added, and the largest factor above it. */
  readonly volatility: { readonly calm_bps: number; readonly factor_max_bps: number };
}

/** A tier this table does not name costs what the micro tier costs. */
export function tierOf(tier: string | null | undefined): Tier {
  return tier === 'T1' || tier === 'T2' || tier === 'T3' ? tier : 'MICRO';
}
