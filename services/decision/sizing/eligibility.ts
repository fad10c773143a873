// Which strategies may answer a signal: side, tier, regime, age and every entry condition.
import type { EnrichedSignal } from '../../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import type { RegimeTag, Strategy, Tier } from '../../policy/strategy.ts';
import type { Pacing } from '../pacing/pacing.ts';
import { standingOf } from '../pacing/strategy-record.ts';
import { type FeatureValue, featureOf } from './feature.ts';

export type Exclusion =
  | 'UNKNOWN'
  | 'DISABLED'
  | 'PAUSED'
  | 'RETIRED'
  | 'SOURCE'
  | 'SIDE'
  | 'TIER'
  | 'REGIME'
  | 'AGE'
  | 'CATALYST'
  | 'CONDITION';

export interface EligibilityInput {
  readonly now: Micros;
  readonly policy: Policy;
  readonly enriched: EnrichedSignal;
  readonly pacing: Pacing;
  readonly long: boolean;
  readonly tier: Tier | null;
  readonly regime: RegimeTag;
  readonly age_us: number;
  readonly held: boolean;
}

/** null = eligible. */
export function exclusionOf(id: string, input: EligibilityInput): Exclusion | null {
  const { policy, enriched } = input;
  const strategy = policy.strategies[id];
  if (strategy === undefined) return 'UNKNOWN';
  if (!strategy.enabled) return 'DISABLED';
  const standing = standingOf(input.pacing.strategies.get(id), input.now);
  if (standing === 'PAUSED' || standing === 'RETIRED') return standing;
  if (!acceptsSource(strategy, enriched.signal.source)) return 'SOURCE';
  if (!strategy.sides.includes(input.long ? 'long' : 'short')) return 'SIDE';
  if (input.tier === null || !strategy.tiers.includes(input.tier)) return 'TIER';
  if (avoids(strategy, policy, input.regime, input.long)) return 'REGIME';
  if (strategy.max_signal_age_s !== undefined && input.age_us > strategy.max_signal_age_s * SECOND) return 'AGE';
  if (policy.symbols[enriched.signal.instrument]?.require_catalyst === true && !hasCatalyst(enriched)) return 'CATALYST';
  if (isOwn(enriched, id)) return null;
  for (const condition of strategy.conditions) {
    if (!holds(condition, enriched, input.held)) return 'CONDITION';
  }
  return null;
}

/** The strategy stage emits a strategy's signal only when its conditions hold. */
export function isOwn(enriched: EnrichedSignal, id: string): boolean {
  return enriched.signal.strategy === id && enriched.signal.source.startsWith('weir:');
}

/** Verified: the evidence states it, and at least two providers say the same. */
export function hasCatalyst(enriched: EnrichedSignal): boolean {
  return enriched.evidence.catalyst === true && enriched.corroboration.count >= 2;
}

function acceptsSource(strategy: Strategy, source: string): boolean {
  if (strategy.sources === undefined) return true;
  return strategy.sources.includes(source) || strategy.sources.includes(source.slice(0, source.indexOf(':')));
}

function avoids(strategy: Strategy, policy: Policy, regime: RegimeTag, long: boolean): boolean {
  if (strategy.avoided?.includes(regime)) return true;
  const { families } = policy.regimes[regime];
  if (families.includes(strategy.family)) return false;
  return long || !(families as readonly string[]).includes(`${strategy.family}:short`);
}

/** A missing feature meets no condition. */
function holds(condition: Strategy['conditions'][number], enriched: EnrichedSignal, held: boolean): boolean {
  const value = featureOf(enriched, held, condition.feature);
  if (value === undefined) return false;
  let other: FeatureValue = condition.value;
  if (typeof other === 'string' && typeof value === 'number') {
    const named = featureOf(enriched, held, other);
    if (named === undefined) return false;
    other = named;
  }
  switch (condition.op) {
    case '=':
      return value === other;
    case '!=':
      return value !== other;
    case '<':
      return typeof value === 'number' && typeof other === 'number' && value < other;
    case '<=':
      return typeof value === 'number' && typeof other === 'number' && value <= other;
    case '>':
      return typeof value === 'number' && typeof other === 'number' && value > other;
    case '>=':
      return typeof value === 'number' && typeof other === 'number' && value >= other;
  }
}
