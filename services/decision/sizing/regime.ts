// The regime a signal is judged in, and what it multiplies sizes by.
import type { EnrichedSignal } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { REGIME_TAGS, type RegimeTag } from '../../policy/strategy.ts';

/** A regime found longer ago is unknown. */
const MAX_AGE_US = 7_200_000_000;
const GREED = 80;
const GREED_CAP = 0.6;
const TAGS: ReadonlySet<string> = new Set(REGIME_TAGS);

function isTag(tag: string): tag is RegimeTag {
  return TAGS.has(tag);
}

export function regimeOf(enriched: EnrichedSignal, now: Micros, baseIntervalUs: number): RegimeTag {
  const { regime } = enriched;
  if (regime === null || !isTag(regime.tag)) return 'unknown';
  const limit = Math.max(2 * baseIntervalUs, MAX_AGE_US);
  return now - regime.as_of > limit ? 'unknown' : regime.tag;
}

/** null: the policy forbids entries in this regime. Extreme greed caps it. */
export function regimeMultiplier(policy: Policy, tag: RegimeTag, fearGreed: number | null): number | null {
  const { size } = policy.regimes[tag];
  if (size === null) return null;
  return fearGreed !== null && fearGreed >= GREED && size > GREED_CAP ? GREED_CAP : size;
}
