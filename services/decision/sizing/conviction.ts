// Conviction in an entry, 0–1, and the factor that it sizes by.
import type { Policy } from '../../policy/schema.ts';
import type { RegimeTag, Tier } from '../../policy/strategy.ts';
import { clamp01, score } from './score.ts';

/** Full size from this conviction on; half at `conviction.min`, linear between. */
const FULL = 0.5;
const QUALIFIER_BOOSTS = [
  ['q_vwap', 0.04],
  ['q_higher_low', 0.04],
  ['q_rsi_cross', 0.03],
  ['q_bounce', 0.04],
] as const;

export function regimeAdjust(policy: Policy, tag: RegimeTag): number {
  const { regime_adjust } = policy.conviction;
  if (tag.startsWith('chop')) return regime_adjust.chop;
  if (tag.startsWith('bull')) return regime_adjust.bull;
  return tag.startsWith('bear') ? regime_adjust.bear : 0;
}

/** By tier, and for strategies that count qualifiers by those that hold. */
export function boostsOf(
  tier: Tier | null,
  qualified: boolean,
  evidence: Readonly<Record<string, unknown>>,
): Record<string, number> {
  const boosts: Record<string, number> = {};
  if (tier === 'T1') boosts.tier = 0.02;
  if (qualified) for (const [name, boost] of QUALIFIER_BOOSTS) if (evidence[name] === true) boosts[name] = boost;
  return boosts;
}

/** How many of the four qualifiers hold; null = the signal states none of them. */
export function qualifiersOf(evidence: Readonly<Record<string, unknown>>): number | null {
  let stated = false;
  let n = 0;
  for (const [name] of QUALIFIER_BOOSTS) {
    if (evidence[name] === undefined) continue;
    stated = true;
    if (evidence[name] === true) n += 1;
  }
  return stated ? n : null;
}

export function convictionOf(
  strength: number,
  confidence: number,
  boosts: Readonly<Record<string, number>>,
  regime_adjust: number,
): number {
  let sum = 0.5 * strength + 0.3 * confidence;
  for (const name in boosts) sum += boosts[name] ?? 0;
  return score(clamp01(sum + regime_adjust));
}

export function convictionFactor(conviction: number, min: number): number {
  if (conviction >= FULL) return 1;
  if (conviction < min) return 0.5;
  return 0.5 + (0.5 * (conviction - min)) / (FULL - min);
}
