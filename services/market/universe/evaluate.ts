// One evaluation of an instrument for the universe: tier with hysteresis, eligibility, and every reason against it.
import type { Universe, UniverseReason } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { complianceReasons } from './compliance.ts';
import { ceilingOf, TIERS, type TierLimits, type UniverseConfig, type UniverseTier } from './config.ts';
import { exclusions, type Listing } from './exclusions.ts';

/** A limit is relaxed to this share of itself before a tier is left. */
const RELAXED = 0.95;

export interface UniverseInputs extends Listing {
  readonly market_cap_usd: number | null;
  /** Null = missing or stale; nothing is made up from another field. */
  readonly volume_24h_usd: number | null;
  readonly spread_bps: number | null;
  readonly depth_usd: number | null;
  /** Set by the operator for this instrument; wins over every other ceiling. */
  readonly ceiling: UniverseTier | null;
}

/** Membership of one tier: entered after enough passes in a row, left after enough failures in a row. */
interface Membership {
  member: boolean;
  passes: number;
  failures: number;
}

export interface UniverseState {
  readonly tiers: Record<UniverseTier, Membership>;
  tier: UniverseTier | null;
  eligible: boolean;
  since: Micros;
}

export function newUniverseState(): UniverseState {
  const outside = (): Membership => ({ member: false, passes: 0, failures: 0 });
  return { tiers: { T1: outside(), T2: outside(), T3: outside() }, tier: null, eligible: false, since: 0 };
}

export function evaluateUniverse(state: UniverseState, inputs: UniverseInputs, config: UniverseConfig, now: Micros): Universe {
  const ceiling = inputs.ceiling ?? (inputs.kind === 'token' ? tokenCeiling(inputs, config) : capCeiling(inputs, config));
  const missing = dataMissing(inputs);
  let passing: UniverseTier | null = null;
  let tier: UniverseTier | null = null;
  for (const candidate of TIERS) {
    // T1 < T2 < T3 as text, too: tiers better than the ceiling are not even counted.
    if (candidate < ceiling) continue;
    const limits = config.limits[candidate];
    const passes = !missing && within(inputs, limits, 1);
    count(state.tiers[candidate], passes, !missing && within(inputs, limits, RELAXED), config.confirm);
    if (passes) passing ??= candidate;
    if (state.tiers[candidate].member) tier ??= candidate;
  }
  const reasons = exclusions(inputs, config).concat(complianceReasons({ ...inputs, side: null }, config, now));
  if (missing) reasons.push({ code: 'UNIVERSE_DATA_MISSING', value: null, limit: null });
  else if (tier === null && passing !== null) {
    const passes = state.tiers[passing].passes;
    reasons.push({ code: 'UNIVERSE_WARMING', value: passes, limit: config.confirm });
  } else if (tier === null) reasons.push(...shortfalls(inputs, config.limits.T3));
  const eligible = tier !== null && reasons.length === 0;
  if (tier !== state.tier || eligible !== state.eligible || state.since === 0) {
    state.tier = tier;
    state.eligible = eligible;
    state.since = now;
  }
  return { tier, eligible, reasons, since: state.since, inputs: measured(inputs) };
}

function count(membership: Membership, passes: boolean, holds: boolean, confirm: number): void {
  membership.passes = passes ? membership.passes + 1 : 0;
  membership.failures = holds ? 0 : membership.failures + 1;
  if (membership.passes >= confirm) membership.member = true;
  if (membership.failures >= confirm) membership.member = false;
}

function capCeiling(inputs: UniverseInputs, config: UniverseConfig): UniverseTier {
  return ceilingOf(inputs.base, inputs.market_cap_usd, config);
}

function tokenCeiling(inputs: UniverseInputs, config: UniverseConfig): UniverseTier {
  return config.ceilings[inputs.base] ?? 'T3';
}

/** Tokens have no book: volume, spread and depth do not apply to them. */
function dataMissing({ kind, status, volume_24h_usd, spread_bps, depth_usd }: UniverseInputs): boolean {
  if (status === null) return true;
  return kind !== 'token' && (volume_24h_usd === null || spread_bps === null || depth_usd === null);
}

function within({ kind, volume_24h_usd, spread_bps, depth_usd }: UniverseInputs, limits: TierLimits, share: number): boolean {
  if (kind === 'token') return true;
  if (volume_24h_usd === null || spread_bps === null || depth_usd === null) return false;
  return (
    volume_24h_usd >= limits.volume_min * share &&
    spread_bps <= limits.spread_bps_max / share &&
    depth_usd >= limits.depth_min * share
  );
}

function shortfalls({ volume_24h_usd, spread_bps, depth_usd }: UniverseInputs, limits: TierLimits): UniverseReason[] {
  const found: UniverseReason[] = [];
  if (volume_24h_usd !== null && volume_24h_usd < limits.volume_min) {
    found.push({ code: 'UNIVERSE_VOLUME_LOW', value: volume_24h_usd, limit: limits.volume_min });
  }
  if (spread_bps !== null && spread_bps > limits.spread_bps_max) {
    found.push({ code: 'UNIVERSE_SPREAD_WIDE', value: spread_bps, limit: limits.spread_bps_max });
  }
  if (depth_usd !== null && depth_usd < limits.depth_min) {
    found.push({ code: 'UNIVERSE_DEPTH_THIN', value: depth_usd, limit: limits.depth_min });
  }
  return found;
}

function measured({ volume_24h_usd, spread_bps, depth_usd, market_cap_usd }: UniverseInputs): Record<string, number> {
  const inputs: Record<string, number> = {};
  if (volume_24h_usd !== null) inputs.volume_24h_usd = volume_24h_usd;
  if (spread_bps !== null) inputs.spread_bps = spread_bps;
  if (depth_usd !== null) inputs.depth_usd = depth_usd;
  if (market_cap_usd !== null) inputs.market_cap_usd = market_cap_usd;
  return inputs;
}
