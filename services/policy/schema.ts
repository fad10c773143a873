// The policy document: every limit a portfolio trades under, strict, without defaults, in integer units.
import { z } from 'zod';
import { REGIME_TAGS, strategy, symbol, TIERS } from './strategy.ts';
import { amount, bps, costBps, count, flag, isoTime, milliseconds, oneOf, points, ratio, seconds, text, word } from './units.ts';

/** The version of the document's shape that this code writes and reads. */
export const POLICY_SCHEMA = 1;
/** Unknown inputs that a policy may let pass, by gate name. */
export const WAIVABLE = [
  'CLOCK_SKEW',
  'PUMP_DUMP',
  'TOKEN_AGE',
  'HOLDERS',
  'SELL_SIMULATION',
  'ONCHAIN_FRESH',
  'ANALYSIS_BUDGET',
] as const;
export const FAMILY_SIDES = ['impulse', 'trend', 'revert', 'scalp', 'event', 'external', 'bear', 'impulse:short'] as const;
export const EXIT_RULES = [
  'flash_crash',
  'position_loss_extreme',
  'stop_loss',
  'breakeven_stop',
  'trailing_stop',
  'take_profit',
  'signal_close',
  'time_exit',
  'volume_death',
  'momentum_decay',
  'progressive_12h',
  'progressive_24h',
  'progressive_36h',
  'regime_tighten',
] as const;

function object<K extends string, V extends z.ZodType>(keys: readonly K[], value: V) {
  return z.strictObject(Object.fromEntries(keys.map((k) => [k, value])) as Record<K, V>);
}
const byTier = <V extends z.ZodType>(value: V) => object(TIERS, value);
/** By tier, and for pools of a decentralised exchange. */
const byTierAndDex = <V extends z.ZodType>(value: V) => object([...TIERS, 'DEX'] as const, value);
/** By tier; `unknown` also for instruments that have none. */
const byTierOrUnknown = <V extends z.ZodType>(value: V) => object([...TIERS, 'unknown'] as const, value);
const named = <V extends z.ZodType>(value: V) => z.record(word, value);

/** A limit that null switches off: its gate or cap then says OFF. */
const optional = <V extends z.ZodType>(value: V) => value.nullable();

const regime = z.strictObject({
  /** Multiplier of sizes; null blocks entries. */
  size: ratio(0, 2).nullable(),
  families: z.array(oneOf(...FAMILY_SIDES)),
  trust_min: points.nullable(),
  stop_factor: ratio(0.1, 3),
});

const fees = z.strictObject({ maker: costBps, taker: costBps, market_min: costBps.exactOptional(), gas: amount.exactOptional() });

const waiver = z.strictObject({ key: word, value: z.json(), reason: text, actor: word, expires_at: isoTime });

export const policySchema = z.strictObject({
  schema: z.literal(POLICY_SCHEMA, `${POLICY_SCHEMA}`),
  profile: word,
  auto_start: flag,
  allow_short: flag,
  on_opposite: oneOf('close', 'ignore'),
  restricted: z.array(word),
  stablecoins: z.array(word),
  gates: z.strictObject({ waive_unknown: z.array(word) }),
  marks: z.strictObject({ max_age_s: seconds() }),
  stops: z.strictObject({ daily_bps: bps(), weekly_bps: bps(), drawdown_bps: bps(), new_baselines_per_day: count() }),
  orders: z.strictObject({ max_unknown: count() }),
  reconciliation: z.strictObject({ max_age_s: optional(seconds()) }),
  clock: z.strictObject({ max_skew_ms: optional(milliseconds()) }),
  instruments: z.strictObject({
    /** Instruments that may be opened; `*` = every one that the deployment is configured for. */
    allowed: z.array(word),
    facts_max_age_s: seconds(),
    derived_max_age_s: optional(seconds()),
    min_listing_age_s: optional(seconds()),
    min_price: optional(amount),
  }),
  /** Listing dates of instruments whose venue does not tell them. */
  universe: z.strictObject({ listed_at: named(isoTime) }),
  entry: z.strictObject({ max_signal_age_s: seconds(), duplicate_s: seconds() }),
  plan: z.strictObject({ min_reward_risk: optional(ratio(0, 100)), min_liquidation_stops: ratio(0, 100) }),
  data: z.strictObject({
    quote_max_age_s: seconds(),
    max_drift_bps: bps(),
    bar_max_intervals: optional(count()),
    max_feed_gap_bps: bps(),
    onchain_max_age_s: seconds(),
  }),
  volatility: z.strictObject({
    max_move_bps: optional(bps(100_000)),
    max_annual_bps: optional(bps(1_000_000)),
    catalyst_waives: flag,
    young_pct: count(10_000),
  }),
  pump: z.strictObject({ max_flags: count() }),
  liquidity: z.strictObject({
    max_spread_bps: byTier(bps()),
    min_depth: byTier(optional(amount)),
    min_volume: byTier(optional(amount)),
    max_slippage_bps: byTierAndDex(bps()),
    depth_share: optional(ratio(0, 1)),
  }),
  cost: z.strictObject({ max_target_share: ratio(0, 1) }),
  token: z.strictObject({ min_age_s: seconds(), soft_flags: oneOf('warn', 'block'), max_top10_bps: bps() }),
  venue: z.strictObject({
    max_error_bps: optional(bps()),
    rate_limit_s: seconds(),
    failure_s: seconds(),
    /** By venue; the row `default` serves every other. */
    fees_bps: z.object({ default: fees }).catchall(fees),
  }),
  analysis: z.strictObject({ required: flag, daily_usd: count(), monthly_usd: count() }),
  external: z.strictObject({ default_strength: optional(ratio(0, 1)), default_confidence: optional(ratio(0, 1)) }),
  source: z.strictObject({ min_grade: oneOf('A', 'B', 'C', 'D', 'F') }),
  trust: z.strictObject({ min: points, vouched: named(points) }),
  confidence: z.strictObject({ min: ratio(0, 1) }),
  conviction: z.strictObject({
    min: ratio(0, 1),
    regime_adjust: z.strictObject({ bull: ratio(-1, 0), chop: ratio(-1, 0), bear: ratio(-1, 0) }),
  }),
  canary: z.strictObject({ enabled: flag }),
  kelly: z.strictObject({ min_trades: optional(count()), fraction: ratio(0, 1), cap_bps: bps(), default_bps: bps() }),
  bandit: z.strictObject({ floor: ratio(0, 0.5) }),
  pacing: z.strictObject({
    global_s: seconds(),
    symbol_s: seconds(),
    per_hour: optional(count()),
    per_day: optional(count()),
    rejection_s: seconds(),
    repeated: optional(count()),
  }),
  cooldown: z.strictObject({
    win_s: seconds(),
    loss_s: seconds(),
    stop_s: seconds(),
    catastrophic_s: seconds(),
    /** So many losing trades of a symbol within `window_s` close it for `pause_s`. */
    quarantine: optional(z.strictObject({ losses: count(), window_s: seconds(), pause_s: seconds() })),
  }),
  streak: z.strictObject({
    pauses: z.array(z.strictObject({ losses: count(), pause_s: seconds() })),
    strategy: optional(
      z.strictObject({
        losses: count(),
        pause_s: seconds(),
        probation_trades: count(),
        probation_rate: ratio(0, 1),
        retire_s: seconds(),
        retire_trades: count(),
        retire_rate: ratio(0, 1),
      }),
    ),
  }),
  throttle: z.strictObject({
    messages: optional(count()),
    per_s: seconds(),
    entry_share: ratio(0, 1),
    burst: count(),
    venue_messages: count(),
  }),
  portfolio: z.strictObject({ max_positions: count() }),
  pyramiding: z.strictObject({ enabled: flag, min_gap_s: seconds(), per_day: count() }),
  caps: z.strictObject({
    symbol_bps: bps(),
    tier_bps: byTier(bps()),
    theme_bps: named(bps()),
    strategy_bps: bps(),
    venue_bps: bps(),
    chain_bps: bps(),
    total_bps: bps(),
    leverage: ratio(1, 20),
    cash_reserve_bps: bps(),
    capital_max: optional(amount),
  }),
  order: z.strictObject({ max_value: amount, collar_bps: byTierAndDex(bps()), duplicate_s: seconds() }),
  sizing: z.strictObject({
    /** `signal`: exactly the size the signal carries (benchmarks); `computed`: what the portfolio's rules allow. */
    source: oneOf('computed', 'signal'),
    base_bps: byTier(bps()),
    risk_per_trade_bps: bps(),
    exit_buffer_bps: bps(),
    max_bump: ratio(1, 10),
    min_notional: amount,
    accept_dead_zones: z.array(oneOf(...REGIME_TAGS)),
  }),
  lease: z.strictObject({ required: flag }),
  min_hold_s: seconds(),
  exits: z.strictObject({
    rules: object(EXIT_RULES, flag),
    stale_close_s: seconds(),
    flash_leaders: z.array(word),
    momentum_strategies: z.array(word),
  }),
  reconcile: z.strictObject({ light_s: seconds(), full_s: seconds(), reduce_nav_bps: bps() }),
  execution: z.strictObject({
    route: oneOf('AUTO', 'POST_ONLY_ONLY', 'TAKER_ONLY'),
    /** The route of reductions; `TAKER_ONLY` sends them at once whatever their reason. */
    exit_route: oneOf('AUTO', 'TAKER_ONLY'),
    post_only_ttl_s: seconds(),
    reprice_ttl_s: seconds(),
    market_only_notional_max: amount,
    post_only_offset_ticks: count(),
    collar_exit_bps: z.array(bps()).min(1),
    spread_bps_max: bps(),
    depth_multiple_min: ratio(0, 100),
    intent_age_s_max: seconds(),
    command_valid_open_s: seconds(),
    command_valid_close_s: seconds(),
  }),
  taker: z.strictObject({ promote: flag, confidence_bps_min: bps(), slippage_bps_max: byTier(bps()), budget_bps: byTier(bps()) }),
  sim: z.strictObject({
    latency_ms: milliseconds(),
    jitter_ms: milliseconds(),
    participation_bps: optional(bps()),
    queue: z.strictObject({ post_only: byTier(ratio(0, 1)), limit: byTier(ratio(0, 1)), taker: ratio(0, 1) }),
    partial: byTier(ratio(0, 1)),
  }),
  costs: z.strictObject({
    spread_bps: byTierOrUnknown(costBps),
    post_only_bps: byTierOrUnknown(costBps),
    crossing_bps: byTierOrUnknown(costBps),
    beyond_bps: byTierOrUnknown(costBps),
    /** Factor up to and including a notional; the last row, with null, is for all above. */
    impact: z.array(z.strictObject({ notional_max: optional(amount), factor: ratio(1, 10) })).min(1),
    /** An hourly average range above this share of the price multiplies the cost, up to the factor. */
    volatility: z.strictObject({ atr_bps: bps(), factor_max: ratio(1, 10) }),
  }),
  regimes: object(REGIME_TAGS, regime),
  symbols: named(symbol),
  strategies: named(strategy),
  waivers: z.array(waiver),
});

export type Policy = z.infer<typeof policySchema>;

/** Every key that holds a value, as a dotted path; `*` stands for the names that a map is free in. */
export const POLICY_PATHS: readonly string[] = leafPaths(policySchema, '');

function leafPaths(schema: z.core.$ZodType, path: string): string[] {
  const inner = schema._zod.def;
  switch (inner.type) {
    case 'object': {
      const { shape, catchall } = inner as z.core.$ZodObjectDef;
      const named = Object.entries(shape).flatMap(([key, value]) => leafPaths(value, `${path}.${key}`));
      // The named row of a free map is one of its rows.
      return catchall === undefined || catchall._zod.def.type === 'never' ? named : leafPaths(catchall, `${path}.*`);
    }
    case 'record':
      return leafPaths((inner as z.core.$ZodRecordDef).valueType, `${path}.*`);
    case 'nullable':
    case 'optional':
      return leafPaths((inner as z.core.$ZodNullableDef).innerType, path);
    default:
      return [path.slice(1)];
  }
}
