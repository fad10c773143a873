// The tables the shipped profiles are written from: standard costs and fees, and the free market of the golden benchmarks.
import type { FeesByVenue } from './fees.ts';
import type { Costs } from './table.ts';

export const STANDARD_COSTS: Costs = {
  spread_bps: { T1: 10, T2: 20, T3: 40, unknown: 40 },
  post_only_bps: { T1: 1, T2: 2, T3: 4, unknown: 4 },
  crossing_bps: { T1: 2.5, T2: 5, T3: 10, unknown: 10 },
  beyond_bps: { T1: 5, T2: 15, T3: 30, unknown: 30 },
  impact: [
    { notional_max: 10_000, factor: 1 },
    { notional_max: 20_000, factor: 1.06 },
    { notional_max: 50_000, factor: 1.14 },
    { notional_max: null, factor: 1.2 },
  ],
  volatility: { atr_bps: 500, factor_max: 1.5 },
};

export const STANDARD_FEES: FeesByVenue = {
  default: { maker: 40, taker: 60 },
  binance: { maker: 10, taker: 10 },
  mexc: { maker: 0, taker: 10 },
  dex: { maker: 30, taker: 30, market_min: 50, gas: '0.01' },
};

const FREE = { T1: 0, T2: 0, T3: 0, unknown: 0 };

export const BENCH_COSTS: Costs = {
  ...STANDARD_COSTS,
  spread_bps: FREE,
  post_only_bps: FREE,
  crossing_bps: FREE,
  beyond_bps: FREE,
};

export const BENCH_FEES: FeesByVenue = { default: { maker: 10, taker: 10 } };
