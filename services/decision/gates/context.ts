// The frozen state that all gates of one entry look at: what is known of market, signal and portfolio, and the size it would have.
import { isDerived } from '../../../schemas/derived-quote.ts';
import { compareBps, type Money, min, type Price } from '../../../schemas/money.ts';
import type {
  EnrichedInfo,
  EnrichedQuote,
  EnrichedSignal,
  Grade,
  Tier as RecordTier,
  Signal,
} from '../../../schemas/records.generated.ts';
import { type Fees, feesOf } from '../../costs/fees.ts';
import type { Policy } from '../../policy/schema.ts';
import { CANARY_WIDTH, type RegimeTag, type Strategy, type SymbolPolicy, type Tier } from '../../policy/strategy.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { duplicateKey } from '../pacing/pacing.ts';
import { type Chosen, chooseStrategy } from '../sizing/arms.ts';
import { boostsOf, convictionOf, qualifiersOf, regimeAdjust } from '../sizing/conviction.ts';
import { type SizedEntry, sizeEntry, unsized } from '../sizing/entry-size.ts';
import { type PlanTerms, planOf } from '../sizing/plan.ts';
import { regimeMultiplier, regimeOf } from '../sizing/regime.ts';
import { score } from '../sizing/score.ts';
import { sourceGrade, type Trust, trustOf, vouchedFor } from '../sizing/trust.ts';
import type { EntryInputs } from './entry.ts';

/** A quote may be this far ahead of journal time: venues' clocks differ a little. */
const AHEAD_US = 1_000_000;
const CANARY_SPREAD_BPS: Readonly<Record<Tier, number>> = { T1: 20, T2: 35, T3: 0 };
const CANARY_DEPTH: Readonly<Record<Tier, bigint>> = { T1: 50_000_000_000_000_000n, T2: 25_000_000_000_000_000n, T3: 0n };

/** What is known before a size is. */
export interface EntryFacts {
  readonly in: EntryInputs;
  readonly now: number;
  readonly policy: Policy;
  readonly enriched: EnrichedSignal;
  readonly signal: Signal;
  readonly instrument: string;
  readonly symbol: SymbolPolicy | undefined;
  readonly long: boolean;
  readonly info: EnrichedInfo | null;
  readonly token: boolean;
  readonly venue: string;
  readonly tier: Tier | null;
  readonly record_tier: RecordTier;
  readonly theme: string;
  readonly position: OpenPosition | null;
  /** Held on the signal's own side. */
  readonly held_same_side: boolean;
  readonly age_us: number;
  readonly duplicate_key: string;
  /** null: missing, from the future, or modelled where that is not accepted. */
  readonly quote: EnrichedQuote | null;
  readonly quote_age_us: number;
  /** The quote is made from a bar. */
  readonly modelled: boolean;
  readonly mid: Price | null;
  /** Value within ±20 bps of mid on both sides; null = unknown. */
  readonly depth_least: Money | null;
  /** The same on the side an entry takes. */
  readonly depth_taken: Money | null;
  readonly depth_age_us: number;
  readonly regime: RegimeTag;
  readonly regime_size: number | null;
  readonly chosen: Chosen;
  readonly strategy: Strategy | null;
  readonly plan: PlanTerms | null;
  /** Counted for strategies that ask for some. */
  readonly qualifiers: number | null;
  readonly grade: Grade;
  readonly source_n: number;
  readonly trust: Trust;
  readonly strength: number | null;
  readonly confidence: number | null;
  readonly boosts: Readonly<Record<string, number>>;
  readonly regime_adjust: number;
  readonly conviction: number | null;
  readonly canary: boolean;
  /** What a canary asks of the market and the portfolio holds. */
  readonly canary_ready: boolean;
  readonly volatility_pct: number | null;
  readonly leverage: number;
  readonly fees: Fees;
}

export interface EntryContext extends EntryFacts {
  readonly sized: SizedEntry;
}

function tierKey(tier: RecordTier): Tier | null {
  switch (tier) {
    case 'T1':
    case 'T2':
    case 'T3':
      return tier;
    case 'micro':
      return 'T3';
    case 'unknown':
      return null;
  }
}

type Sizing = EntryFacts & { sized: SizedEntry };
const NOT_SIZED: SizedEntry = unsized(0, null, 0n);

/** `policy` is passed besides the inputs so that another one can be tried on the same state. */
export function gatherEntry(inputs: EntryInputs, policy: Policy): EntryContext {
  const { enriched, now } = inputs;
  const { signal, info } = enriched;
  const { instrument } = signal;
  const symbol = policy.symbols[instrument];
  const long = signal.direction === 'long';
  const record_tier: RecordTier = symbol?.tier ?? enriched.universe?.tier ?? 'unknown';
  const tier = tierKey(record_tier);
  const token = info?.kind === 'token';
  const modelled = enriched.quote !== null && isDerived(enriched.quote);
  const quote_age_us = enriched.quote === null ? 0 : now - enriched.quote.event_time;
  const usable = enriched.quote !== null && quote_age_us >= -AHEAD_US && (!modelled || inputs.mode === 'backtest');
  const quote = usable ? enriched.quote : null;
  const mid = quote === null ? null : enriched.mid;
  const depth = depthOf(inputs, modelled, long);
  const age_us = now - signal.event_time;
  const regime = regimeOf(enriched, now, inputs.base_interval_us);
  const regime_size = regimeMultiplier(policy, regime, enriched.regime?.fear_greed ?? null);
  const position = inputs.ledger.positions.get(instrument) ?? null;
  const chosen = chooseStrategy(
    { now, policy, enriched, pacing: inputs.pacing, long, tier, regime, age_us, held: position !== null },
    inputs.learned,
    inputs.decision_id,
  );
  const strategy = chosen.strategy === null ? null : (policy.strategies[chosen.strategy] ?? null);
  const plan = strategy === null ? null : planOf(strategy, signal, long, record_tier, regime, policy, mid);
  const grade = sourceGrade(inputs.learned, signal.source, enriched.source_prior);
  const trust = trustOf({
    grade: grade.grade,
    parts: enriched.trust_parts,
    corroboration: enriched.corroboration,
    age_us,
    vouched: vouchedFor(policy, signal.source),
  });
  const strength = signal.strength ?? policy.external.default_strength;
  const confidence = signal.confidence ?? policy.external.default_confidence;
  const qualified = strategy?.min_qualifiers !== undefined;
  const boosts = boostsOf(tier, qualified, enriched.evidence);
  const regime_adjust = regimeAdjust(policy, regime);
  const conviction = strength === null || confidence === null ? null : convictionOf(strength, confidence, boosts, regime_adjust);
  const qualifiers = qualified ? qualifiersOf(enriched.evidence) : null;
  const canary_ready = isCanaryReady(inputs, policy, tier, quote, depth.least);
  const canary = canary_ready && isCanary(policy, strategy, conviction, qualifiers);
  const venue = info?.venue ?? '';
  const fees = feesOf(policy.venue.fees_bps, venue, inputs.mode === 'live' ? (info?.fees ?? null) : null);
  const context: Sizing = {
    in: inputs,
    now,
    policy,
    enriched,
    signal,
    instrument,
    symbol,
    long,
    info,
    token,
    venue,
    tier,
    record_tier,
    theme: symbol?.theme ?? info?.theme ?? 'OTHER',
    position,
    held_same_side: position !== null && position.qty > 0n === long,
    age_us,
    duplicate_key: duplicateKey(signal),
    quote,
    quote_age_us,
    modelled,
    mid,
    depth_least: depth.least,
    depth_taken: depth.taken,
    depth_age_us: depth.age_us,
    regime,
    regime_size,
    chosen,
    strategy,
    plan,
    qualifiers,
    grade: grade.grade,
    source_n: grade.n,
    trust,
    strength,
    confidence,
    boosts,
    regime_adjust,
    conviction,
    canary,
    canary_ready,
    volatility_pct: volatilityOf(enriched, policy, strategy),
    leverage: symbol?.leverage ?? policy.caps.leverage,
    fees,
    sized: NOT_SIZED,
  };
  context.sized = sizeEntry(context);
  return context;
}

interface Depth {
  readonly least: Money | null;
  readonly taken: Money | null;
  readonly age_us: number;
}

const NO_DEPTH: Depth = { least: null, taken: null, age_us: 0 };
const DEPTH_MAX_AGE_US = 10_000_000;

/** Depth older than 10 s (made from bars: than two of them) is unknown. */
function depthOf(inputs: EntryInputs, modelled: boolean, long: boolean): Depth {
  const { enriched, now } = inputs;
  if (enriched.info?.kind === 'token') return poolDepth(inputs);
  const band = enriched.depth.find((b) => b.band_bps === 20);
  if (band === undefined || (modelled && inputs.mode !== 'backtest')) return NO_DEPTH;
  const at = enriched.depth_time ?? enriched.quote?.event_time;
  if (at === undefined) return NO_DEPTH;
  const limit = Math.max(2 * inputs.base_interval_us, DEPTH_MAX_AGE_US);
  const age_us = now - at;
  if (age_us > limit || age_us < -AHEAD_US) return NO_DEPTH;
  const least = min(band.bid_usd, band.ask_usd);
  return { least, taken: long ? band.ask_usd : band.bid_usd, age_us };
}

/** A pool's liquidity stands in for the depth of a book; its age is judged by ONCHAIN_FRESH. */
function poolDepth(inputs: EntryInputs): Depth {
  const liquidity = inputs.enriched.evidence.liquidity_usd;
  const age_us = inputs.now - inputs.enriched.signal.event_time;
  if (typeof liquidity !== 'number') return NO_DEPTH;
  const value = BigInt(Math.floor(liquidity)) * 1_000_000_000_000n;
  return { least: value, taken: value / 2n, age_us };
}

/** A young instrument of an event strategy counts with a fixed figure; so does every one where the policy asks for no limit. */
function volatilityOf(enriched: EnrichedSignal, policy: Policy, strategy: Strategy | null): number | null {
  const measured = enriched.features['1h.volatility'];
  if (measured !== undefined) return measured;
  return strategy?.family === 'event' || policy.volatility.max_annual_bps === null ? policy.volatility.young_pct : null;
}

/** Liquid enough, and nothing else being entered: the instrument may be tried with a canary. */
function isCanaryReady(
  inputs: EntryInputs,
  policy: Policy,
  tier: Tier | null,
  quote: EnrichedQuote | null,
  depth: Money | null,
): boolean {
  if (!policy.canary.enabled || (tier !== 'T1' && tier !== 'T2') || quote === null || depth === null) return false;
  const spreadFits = compareBps(2n * (quote.ask - quote.bid), CANARY_SPREAD_BPS[tier], quote.ask + quote.bid) <= 0;
  return spreadFits && depth >= CANARY_DEPTH[tier] && inputs.orders.entries_pending === 0;
}

/** A small try just below the minimum, or of an unconfirmed setup. */
function isCanary(policy: Policy, strategy: Strategy | null, conviction: number | null, qualifiers: number | null): boolean {
  if (conviction === null) return false;
  const { min } = policy.conviction;
  if (conviction < min) return score(min - conviction) <= CANARY_WIDTH;
  return strategy?.min_qualifiers !== undefined && qualifiers !== null && qualifiers < strategy.min_qualifiers;
}
