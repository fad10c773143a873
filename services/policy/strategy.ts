// One trading strategy as policy data: whom it serves, on what conditions, with what plan and size.
import { z } from 'zod';
import { amount, bps, count, flag, oneOf, points, ratio, seconds, text, word } from './units.ts';

export const TIERS = ['T1', 'T2', 'T3'] as const;
export type Tier = (typeof TIERS)[number];
export const FAMILIES = ['impulse', 'trend', 'revert', 'scalp', 'event', 'external', 'bear'] as const;
export type Family = (typeof FAMILIES)[number];
export const REGIME_TAGS = [
  'bull_low',
  'bull_normal',
  'bull_high',
  'chop_low',
  'chop_normal',
  'chop_high',
  'bear_low',
  'bear_normal',
  'bear_high',
  'crash',
  'unknown',
] as const;
export type RegimeTag = (typeof REGIME_TAGS)[number];

/** A canary is tried this far below `conviction.min`. */
export const CANARY_WIDTH = 0.02;
/** Features of conditions that the decision derives itself, besides those that enrichment supplies. */
export const DERIVED_FEATURES: readonly string[] = ['tradeability', '1h.atr_share', 'honeypot', 'rug', 'sybil'];

/** A named feature compared with a number, a truth value or a word; a feature that is missing does not meet it. */
export const condition = z.strictObject({
  feature: word,
  op: oneOf('<', '<=', '=', '>=', '>', '!='),
  /** A text that names a known feature stands for that feature's value. */
  value: z.custom<number | boolean | string>(
    (v) => (typeof v === 'number' && Number.isFinite(v)) || typeof v === 'boolean' || (typeof v === 'string' && v.length > 0),
    'number, true or false, or text',
  ),
});

/** A key marked exactOptional may be left out, which says "none of its own". */
export const strategy = z.strictObject({
  enabled: flag,
  /** True: also considered for signals that name no strategy; false: only for signals that name it. */
  matched: flag,
  sides: z.array(oneOf('long', 'short')).min(1),
  tiers: z.array(oneOf(...TIERS)).min(1),
  family: oneOf(...FAMILIES),
  /** Canonical sources or providers it accepts; absent = every one. */
  sources: z.array(word).exactOptional(),
  /** All must hold; a signal of the strategy's own registry entry is emitted only when they do, so there they are not asked again. */
  conditions: z.array(condition),
  /** Regimes are avoided where `regimes.<tag>.families` does not list the family, and in `avoided` besides. */
  preferred: z.array(oneOf(...REGIME_TAGS)).exactOptional(),
  cautious: z.array(oneOf(...REGIME_TAGS)).exactOptional(),
  avoided: z.array(oneOf(...REGIME_TAGS)).exactOptional(),
  max_signal_age_s: seconds().exactOptional(),
  min_trust: points,
  size_factor: ratio(0, 2),
  confidence_factor: ratio(0, 1),
  stop_bps: bps(),
  target_bps: bps(100_000),
  trail_bps: bps().exactOptional(),
  /** Best return from which the trail follows; needed where there is a trail. */
  trail_arm_bps: bps().exactOptional(),
  max_hold_s: seconds(),
  /** Of the four `q_*` features, how many must hold; with fewer the entry is a canary. */
  min_qualifiers: count(4).exactOptional(),
  /** Upper limit of Kelly's cap for this strategy. */
  kelly_cap_bps: bps(500).exactOptional(),
  /** Least age of a token, where the strategy may go below `token.min_age_s`. */
  min_token_age_s: seconds().exactOptional(),
  /** Set with the reason: the strategy is judged by its net result instead of its win rate. */
  low_hit_rate: text.exactOptional(),
  /** The plan that a signal states itself is taken where it is valid. */
  own_plan: flag.exactOptional(),
});
export type Strategy = z.infer<typeof strategy>;

export const symbol = z.strictObject({
  enabled: flag,
  tier: oneOf(...TIERS).exactOptional(),
  theme: word.exactOptional(),
  max_quantity: amount.exactOptional(),
  min_hold_s: seconds().exactOptional(),
  leverage: ratio(1, 20).exactOptional(),
  require_catalyst: flag.exactOptional(),
  symbol_bps: bps().exactOptional(),
  max_signal_age_s: seconds().exactOptional(),
  quote_max_age_s: seconds().exactOptional(),
  max_drift_bps: bps().exactOptional(),
  max_spread_bps: bps().exactOptional(),
});
export type SymbolPolicy = z.infer<typeof symbol>;
