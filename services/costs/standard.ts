// The tables the shipped profiles are written from: standard costs and fees, and the free market of the golden benchmarks.
import type { FeesByVenue } from './fees.ts';
import type { Costs } from './table.ts';

export const STANDARD_COSTS: Costs = {
  tiers: {
    T1: { spread_bps: 10, beyond_bps: 5 },
    T2: { spread_bps: 20, beyond_bps: 15 },
    T3: { spread_bps: 40, beyond_bps: 30 },
    MICRO: { spread_bps: 40, beyond_bps: 30 },
  },
  post_only_share_bps: 1_000,
  crossing_share_bps: 2_500,
  impact: [
    { notional_max: 10_000, factor_bps: 10_000 },
    { notional_max: 20_000, factor_bps: 10_600 },
    { notional_max: 50_000, factor_bps: 11_400 },
    { notional_max: null, factor_bps: 12_000 },
  ],
  volatility: { calm_bps: 500, factor_max_bps: 15_000 },
};

export const STANDARD_FEES: FeesByVenue = {
  default: { maker_bps: 40, taker_bps: 60, market_min_bps: 0, gas_micros: 0 },
  binance: { maker_bps: 10, taker_bps: 10, market_min_bps: 0, gas_micros: 0 },
  mexc: { maker_bps: 0, taker_bps: 10, market_min_bps: 0, gas_micros: 0 },
  dex: { maker_bps: 30, taker_bps: 30, market_min_bps: 50, gas_micros: 10_000 },
};

const FREE = { spread_bps: 0, beyond_bps: 0 };

export const BENCH_COSTS: Costs = { ...STANDARD_COSTS, tiers: { T1: FREE, T2: FREE, T3: FREE, MICRO: FREE } };

export const BENCH_FEES: FeesByVenue = { default: { maker_bps: 10, taker_bps: 10, market_min_bps: 0, gas_micros: 0 } };
