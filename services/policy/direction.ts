// Which way each key of a policy is stricter: what makes a change a tightening, a loosening, or neither.

/**
 * lower, higher: of a number, where null is no limit at all. lower_or_none: where null forbids.
 * off, on: of a truth value. fewer, more: of a list. neutral: a change is a choice, not a strictness.
 */
export type Direction =
  | 'lower'
  | 'higher'
  | 'lower_or_none'
  | 'off'
  | 'on'
  | 'fewer'
  | 'more'
  | 'neutral'
  | { readonly loose_to_strict: readonly string[] }
  /** lower, and absent counts as this. */
  | { readonly lower_from: number };

/** By path; `*` is one name, `**` the rest. The first that fits counts. */
const TABLE: readonly (readonly [pattern: string, direction: Direction])[] = [
  ['schema', 'neutral'],
  ['profile', 'neutral'],
  ['auto_start', 'off'],
  ['allow_short', 'off'],
  ['on_opposite', 'neutral'],
  ['restricted', 'more'],
  ['stablecoins', 'more'],
  ['gates.waive_unknown', 'fewer'],
  ['marks.max_age_s', 'lower'],
  ['stops.**', 'lower'],
  ['orders.max_unknown', 'lower'],
  ['reconciliation.max_age_s', 'lower'],
  ['reconcile.**', 'lower'],
  ['clock.max_skew_ms', 'lower'],
  ['instruments.allowed', 'fewer'],
  ['instruments.facts_max_age_s', 'lower'],
  ['instruments.derived_max_age_s', 'lower'],
  ['instruments.min_listing_age_s', 'higher'],
  ['instruments.min_price', 'higher'],
  ['universe.listed_at.*', 'neutral'],
  ['entry.max_signal_age_s', 'lower'],
  ['entry.duplicate_s', 'higher'],
  ['plan.**', 'higher'],
  ['data.**', 'lower'],
  ['volatility.catalyst_waives', 'off'],
  ['volatility.young_pct', 'higher'],
  ['volatility.**', 'lower'],
  ['pump.max_flags', 'lower'],
  ['liquidity.min_depth.*', 'higher'],
  ['liquidity.min_volume.*', 'higher'],
  ['liquidity.**', 'lower'],
  ['cost.max_target_share', 'lower'],
  ['token.min_age_s', 'higher'],
  ['token.soft_flags', { loose_to_strict: ['warn', 'block'] }],
  ['token.max_top10_bps', 'lower'],
  ['venue.max_error_bps', 'lower'],
  ['venue.rate_limit_s', 'higher'],
  ['venue.failure_s', 'higher'],
  ['venue.fees_bps.**', 'higher'],
  ['analysis.required', 'on'],
  ['analysis.**', 'lower'],
  ['external.**', 'lower_or_none'],
  ['source.min_grade', { loose_to_strict: ['F', 'D', 'C', 'B', 'A'] }],
  ['trust.min', 'higher'],
  ['trust.vouched.*', 'lower'],
  ['confidence.min', 'higher'],
  ['conviction.min', 'higher'],
  ['conviction.regime_adjust.*', 'lower'],
  ['canary.enabled', 'off'],
  ['kelly.**', 'lower'],
  ['bandit.floor', 'lower'],
  ['pacing.global_s', 'higher'],
  ['pacing.symbol_s', 'higher'],
  ['pacing.rejection_s', 'higher'],
  ['pacing.**', 'lower'],
  ['cooldown.quarantine.losses', 'lower'],
  ['cooldown.**', 'higher'],
  ['streak.pauses', 'neutral'],
  ['streak.strategy.losses', 'lower'],
  ['streak.strategy.*_trades', 'lower'],
  ['streak.strategy.**', 'higher'],
  ['throttle.per_s', 'higher'],
  ['throttle.**', 'lower'],
  ['portfolio.max_positions', 'lower'],
  ['pyramiding.enabled', 'off'],
  ['pyramiding.min_gap_s', 'higher'],
  ['pyramiding.per_day', 'lower'],
  ['caps.cash_reserve_bps', 'higher'],
  ['caps.**', 'lower'],
  ['order.duplicate_s', 'higher'],
  ['order.**', 'lower'],
  ['sizing.source', 'neutral'],
  ['sizing.exit_buffer_bps', 'higher'],
  ['sizing.min_notional', 'higher'],
  ['sizing.accept_dead_zones', 'fewer'],
  ['sizing.**', 'lower'],
  ['lease.required', 'on'],
  ['min_hold_s', 'lower'],
  ['exits.rules.**', 'on'],
  ['exits.stale_close_s', 'lower'],
  ['exits.**', 'more'],
  ['execution.route', 'neutral'],
  ['execution.exit_route', 'neutral'],
  ['execution.collar_exit_bps', 'neutral'],
  ['execution.market_only_notional_max', 'lower'],
  ['execution.depth_multiple_min', 'higher'],
  ['execution.**', 'lower'],
  ['taker.promote', 'off'],
  ['taker.confidence_bps_min', 'higher'],
  ['taker.**', 'lower'],
  ['sim.participation_bps', 'lower'],
  ['sim.queue.**', 'lower'],
  ['sim.**', 'higher'],
  ['costs.impact', 'neutral'],
  ['costs.volatility.atr_bps', 'lower'],
  ['costs.**', 'higher'],
  ['regimes.*.size', 'lower_or_none'],
  ['regimes.*.families', 'fewer'],
  ['regimes.*.trust_min', 'higher'],
  ['regimes.*.stop_factor', 'lower'],
  ['symbols.*.enabled', 'off'],
  ['symbols.*.tier', 'neutral'],
  ['symbols.*.theme', 'neutral'],
  ['symbols.*.require_catalyst', 'on'],
  ['symbols.*.leverage', { lower_from: 1 }],
  ['symbols.**', 'lower'],
  ['strategies.*.enabled', 'off'],
  ['strategies.*.matched', 'off'],
  ['strategies.*.sides', 'fewer'],
  ['strategies.*.tiers', 'fewer'],
  ['strategies.*.sources', 'fewer'],
  ['strategies.*.conditions', 'more'],
  ['strategies.*.preferred', 'neutral'],
  ['strategies.*.cautious', 'more'],
  ['strategies.*.avoided', 'more'],
  ['strategies.*.family', 'neutral'],
  ['strategies.*.min_trust', 'higher'],
  ['strategies.*.min_qualifiers', 'higher'],
  ['strategies.*.min_token_age_s', 'higher'],
  ['strategies.*.target_bps', 'neutral'],
  ['strategies.*.low_hit_rate', 'neutral'],
  ['strategies.*.own_plan', 'off'],
  ['strategies.**', 'lower'],
  ['waivers', 'neutral'],
];

const PATTERNS: readonly (readonly [RegExp, Direction])[] = TABLE.map(([pattern, direction]) => {
  const source = pattern
    .split('.')
    .map((part) => (part === '**' ? '.+' : part.replace(/\*/g, '[^.]+')))
    .join('\\.');
  return [new RegExp(`^${source}$`), direction];
});

/** null: the key is not in the table, which a test forbids. */
export function directionOf(path: string): Direction | null {
  for (const [pattern, direction] of PATTERNS) if (pattern.test(path)) return direction;
  return null;
}

export type Strictness = 'stricter' | 'looser' | 'neutral';

/** What the change of one key means. Absent is undefined; equal values are not asked about. */
export function strictnessOf(path: string, from: unknown, to: unknown): Strictness {
  const direction = directionOf(path);
  if (direction === null || direction === 'neutral') return 'neutral';
  if (typeof direction === 'object') {
    if ('lower_from' in direction) return compare(limit(to, direction.lower_from), limit(from, direction.lower_from));
    return compare(direction.loose_to_strict.indexOf(String(from)), direction.loose_to_strict.indexOf(String(to)));
  }
  switch (direction) {
    case 'lower':
      return compare(limit(to, Number.POSITIVE_INFINITY), limit(from, Number.POSITIVE_INFINITY));
    case 'higher':
      return compare(limit(from, Number.NEGATIVE_INFINITY), limit(to, Number.NEGATIVE_INFINITY));
    case 'lower_or_none':
      return compare(limit(to, Number.NEGATIVE_INFINITY), limit(from, Number.NEGATIVE_INFINITY));
    case 'off':
      return to === true ? 'looser' : 'stricter';
    case 'on':
      return to === true ? 'stricter' : 'looser';
    case 'fewer':
      return contains(from, to) ? 'stricter' : contains(to, from) ? 'looser' : 'neutral';
    case 'more':
      return contains(to, from) ? 'stricter' : contains(from, to) ? 'looser' : 'neutral';
  }
}

/** The first is the smaller where the change is stricter. */
function compare(small: number, large: number): Strictness {
  return small < large ? 'stricter' : small > large ? 'looser' : 'neutral';
}

function limit(value: unknown, none: number): number {
  return value === null || value === undefined ? none : Number(value);
}

/** Whether the first list holds all of the second; `*` in a list holds everything. An absent list is everything. */
function contains(list: unknown, part: unknown): boolean {
  if (!Array.isArray(list)) return true;
  if (!Array.isArray(part)) return list.includes('*');
  if (list.includes('*')) return true;
  const members = new Set(list.map((item) => JSON.stringify(item)));
  return part.every((item) => members.has(JSON.stringify(item)));
}
