// The frozen state that all gates of one entry look at: what is known of market, signal and portfolio, and the size it would have.
import { bpsOf, type Decimal, type Money, mulCeil, type Price } from '../../../schemas/money.ts';
import type {
  EnrichedInfo,
  EnrichedQuote,
  EnrichedSignal,
  Grade,
  Tier as RecordTier,
  Signal,
  Sizing,
  SizingFactor,
} from '../../../schemas/records.generated.ts';
import { type Cost, type CostInput, estimateCost, takerFloorBps } from '../../costs/cost.ts';
import { feesOf } from '../../costs/fees.ts';
import { exactAmount } from '../../costs/table.ts';
import type { Policy } from '../../policy/schema.ts';
import type { RegimeTag, Strategy, SymbolPolicy, Tier } from '../../policy/strategy.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { duplicateKey } from '../pacing/pacing.ts';
import { standingOf } from '../pacing/strategy-record.ts';
import { type Chosen, chooseStrategy } from '../sizing/arms.ts';
import { type Caps, effectiveCap } from '../sizing/caps.ts';
import { boostsOf, CANARY_WIDTH, convictionFactor, convictionOf, qualifiersOf, regimeAdjust } from '../sizing/conviction.ts';
import { atrShare } from '../sizing/feature.ts';
import { needOf } from '../sizing/need.ts';
import { type PlanTerms, planOf } from '../sizing/plan.ts';
import { sizeOf, worstPrice } from '../sizing/quantity.ts';
import { regimeMultiplier, regimeOf } from '../sizing/regime.ts';
import { type Requested, requestedSize } from '../sizing/requested.ts';
import { sourceGrade, type Trust, trustOf, vouchedFor } from '../sizing/trust.ts';
import type { EntryInputs } from './entry.ts';

/** Gates whose input several others need. */
export const ON = {
  POLICY: 2,
  LEDGER: 3,
  LISTED: 10,
  QUOTE: 20,
  VOLATILITY: 24,
  DEPTH: 27,
  STRATEGY: 41,
  CONFIDENCE: 45,
  CONVICTION: 46,
  SIZE: 80,
} as const;

const TRIAL_FACTOR = 0.25;
const RAMP_FACTOR = 0.5;
const FAST_MARKET_BPS = 800;
/** A quote may be this far ahead of journal time: venues' clocks differ a little. */
const AHEAD_US = 1_000_000;
const CANARY_SPREAD_BPS: Readonly<Record<Tier, number>> = { T1: 20, T2: 35, T3: 0 };
const CANARY_DEPTH: Readonly<Record<Tier, bigint>> = { T1: 50_000_000_000_000_000n, T2: 25_000_000_000_000_000n, T3: 0n };

export interface EntryContext {
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
  readonly volatility_pct: number | null;
  readonly leverage: number;
  readonly taker_bps: number;
  readonly sized: SizedEntry;
}

/** What sizing found; where something it needs is unknown, `blocked_by` is the gate that says so and the rest is null. */
export interface SizedEntry {
  readonly blocked_by: number;
  readonly requested: Money | null;
  readonly parity_bps: number | null;
  readonly factors: SizingFactor[];
  readonly base_bps: number;
  readonly caps: Caps | null;
  /** Known without a size. */
  readonly need: Money | null;
  readonly min_notional: Money;
  readonly worst_price: Price | null;
  readonly quantity: Decimal | null;
  readonly notional: Money | null;
  readonly bumped: boolean;
  readonly enough: boolean;
  readonly reserved_cash: Money | null;
  readonly expected: Cost | null;
  /** Floor of the round trip. */
  readonly round_trip_bps: Decimal | null;
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
  const modelled = enriched.quote?.flags.includes('DERIVED') === true;
  const quote_age_us = enriched.quote === null ? 0 : now - enriched.quote.event_time;
  const usable = enriched.quote !== null && quote_age_us >= -AHEAD_US && (!modelled || inputs.mode === 'backtest');
  const quote = usable ? enriched.quote : null;
  const mid = quote === null ? null : enriched.mid;
  const depth = depthOf(inputs, policy, modelled, long);
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
  const qualifiers = qualifiersOf(enriched.evidence);
  const canary = isCanary(inputs, policy, tier, strategy, conviction, qualifiers, quote, depth.least);
  const venue = info?.venue ?? '';
  const fees = feesOf(policy.venue.fees_bps, venue, inputs.mode === 'live' ? (info?.fees ?? null) : null);
  const leverage = symbol?.leverage ?? policy.caps.leverage;
  const facts: SizingFacts = {
    inputs,
    policy,
    instrument,
    venue,
    info,
    token,
    long,
    tier,
    record_tier,
    theme: symbol?.theme ?? info?.theme ?? 'OTHER',
    quote,
    modelled,
    mid,
    depth_taken: depth.taken,
    regime_size,
    chosen,
    strategy,
    plan,
    confidence,
    conviction,
    canary,
    volatility_pct: volatilityOf(enriched, policy, strategy),
    leverage,
    fees,
  };
  return {
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
    theme: facts.theme,
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
    volatility_pct: facts.volatility_pct,
    leverage,
    taker_bps: fees.taker,
    sized: sizeEntry(facts),
  };
}

interface Depth {
  readonly least: Money | null;
  readonly taken: Money | null;
  readonly age_us: number;
}

const NO_DEPTH: Depth = { least: null, taken: null, age_us: 0 };
const DEPTH_MAX_AGE_US = 10_000_000;

/** Depth older than 10 s (made from bars: than two of them) is unknown. */
function depthOf(inputs: EntryInputs, policy: Policy, modelled: boolean, long: boolean): Depth {
  const { enriched, now } = inputs;
  if (enriched.info?.kind === 'token') return poolDepth(inputs, policy);
  const band = enriched.depth.find((b) => b.band_bps === 20);
  if (band === undefined || (modelled && inputs.mode !== 'backtest')) return NO_DEPTH;
  const at = enriched.depth_time ?? enriched.quote?.event_time;
  if (at === undefined) return NO_DEPTH;
  const limit = 2 * inputs.base_interval_us > DEPTH_MAX_AGE_US ? 2 * inputs.base_interval_us : DEPTH_MAX_AGE_US;
  const age_us = now - at;
  if (age_us > limit || age_us < -AHEAD_US) return NO_DEPTH;
  const least = band.bid_usd < band.ask_usd ? band.bid_usd : band.ask_usd;
  return { least, taken: long ? band.ask_usd : band.bid_usd, age_us };
}

/** A pool's liquidity stands in for the depth of a book. */
function poolDepth(inputs: EntryInputs, policy: Policy): Depth {
  const liquidity = inputs.enriched.evidence.liquidity_usd;
  const age_us = inputs.now - inputs.enriched.signal.event_time;
  if (typeof liquidity !== 'number' || age_us > policy.data.onchain_max_age_s * 1_000_000) return NO_DEPTH;
  const value = BigInt(Math.floor(liquidity)) * 1_000_000_000_000n;
  return { least: value, taken: value / 2n, age_us };
}

/** A young instrument of an event strategy counts with a fixed figure; so does every one where the policy asks for no limit. */
function volatilityOf(enriched: EnrichedSignal, policy: Policy, strategy: Strategy | null): number | null {
  const measured = enriched.features['1h.volatility'];
  if (measured !== undefined) return measured;
  return strategy?.family === 'event' || policy.volatility.max_annual_bps === null ? policy.volatility.young_pct : null;
}

/** A small try just below the minimum, or of an unconfirmed setup, on a liquid instrument while nothing else is being entered. */
function isCanary(
  inputs: EntryInputs,
  policy: Policy,
  tier: Tier | null,
  strategy: Strategy | null,
  conviction: number | null,
  qualifiers: number | null,
  quote: EnrichedQuote | null,
  depth: Money | null,
): boolean {
  if (!policy.canary.enabled || (tier !== 'T1' && tier !== 'T2') || conviction === null || quote === null || depth === null)
    return false;
  const { min } = policy.conviction;
  const below = conviction < min;
  const unconfirmed = strategy?.min_qualifiers !== undefined && qualifiers !== null && qualifiers < strategy.min_qualifiers;
  if (!below && !unconfirmed) return false;
  if (below && conviction < min - CANARY_WIDTH - 1e-9) return false;
  const spreadFits = (quote.ask - quote.bid) * 20_000n <= BigInt(CANARY_SPREAD_BPS[tier]) * (quote.ask + quote.bid);
  return spreadFits && depth >= CANARY_DEPTH[tier] && inputs.orders.entries_pending === 0;
}

interface SizingFacts {
  readonly inputs: EntryInputs;
  readonly policy: Policy;
  readonly instrument: string;
  readonly venue: string;
  readonly info: EnrichedInfo | null;
  readonly token: boolean;
  readonly long: boolean;
  readonly tier: Tier | null;
  readonly record_tier: RecordTier;
  readonly theme: string;
  readonly quote: EnrichedQuote | null;
  readonly modelled: boolean;
  readonly mid: Price | null;
  readonly depth_taken: Money | null;
  readonly regime_size: number | null;
  readonly chosen: Chosen;
  readonly strategy: Strategy | null;
  readonly plan: PlanTerms | null;
  readonly confidence: number | null;
  readonly conviction: number | null;
  readonly canary: boolean;
  readonly volatility_pct: number | null;
  readonly leverage: number;
  readonly fees: ReturnType<typeof feesOf>;
}

function unsized(blocked_by: number, need: Money | null, min_notional: Money): SizedEntry {
  return {
    blocked_by,
    requested: null,
    parity_bps: null,
    factors: [],
    base_bps: 0,
    caps: null,
    need,
    min_notional,
    worst_price: null,
    quantity: null,
    notional: null,
    bumped: false,
    enough: false,
    reserved_cash: null,
    expected: null,
    round_trip_bps: null,
  };
}

/** The lowest gate among those whose input sizing lacks; 0 = none. */
function missingFor(f: SizingFacts): number {
  if (f.inputs.equity.nav === null) return ON.LEDGER;
  if (f.info === null || f.tier === null) return ON.LISTED;
  if (f.quote === null || f.mid === null || f.mid <= 0n) return ON.QUOTE;
  if (f.volatility_pct === null) return ON.VOLATILITY;
  if (f.plan === null) return ON.STRATEGY;
  if (f.confidence === null) return ON.CONFIDENCE;
  if (f.conviction === null) return ON.CONVICTION;
  if (f.policy.sizing.source === 'signal' && f.inputs.enriched.signal.size === null) return ON.SIZE;
  return 0;
}

function sizeEntry(f: SizingFacts): SizedEntry {
  const { policy, inputs, info, plan, tier, quote, mid, strategy } = f;
  const venueMin = info?.filters.min_notional ?? 0n;
  const policyMin = exactAmount(policy.sizing.min_notional);
  const min_notional = venueMin > policyMin ? venueMin : policyMin;
  const adverse = plan === null ? 0 : f.long ? plan.stop_bps : plan.target_bps;
  const need = info === null || plan === null ? null : needOf(min_notional, policy.sizing.exit_buffer_bps, adverse, f.fees.taker);
  const missing = missingFor(f);
  const { nav } = inputs.equity;
  if (
    missing !== 0 ||
    nav === null ||
    info === null ||
    tier === null ||
    quote === null ||
    mid === null ||
    plan === null ||
    strategy === null ||
    f.confidence === null ||
    f.conviction === null ||
    f.volatility_pct === null
  ) {
    return unsized(missing, need, min_notional);
  }
  const limitTier = f.token ? 'DEX' : tier;
  const touch = f.long ? quote.ask : quote.bid;
  const worst = worstPrice(
    f.long,
    touch,
    mid,
    policy.liquidity.max_slippage_bps[limitTier],
    policy.order.collar_bps[limitTier],
    info.filters.tick,
  );
  if (worst <= 0n) return unsized(ON.QUOTE, need, min_notional);
  const regime = f.regime_size ?? 0;
  const asked = requested(f, nav, tier, plan, strategy, regime, worst);
  const costInput: CostInput = {
    quote: f.modelled ? null : quote,
    side: f.long ? 'BUY' : 'SELL',
    notional: asked.notional,
    order_type: 'MARKET',
    tier: f.record_tier,
    atr_share: atrShare(inputs.enriched),
    costs: policy.costs,
    fees: f.fees,
  };
  const round_trip_bps = takerFloorBps(costInput);
  const caps = effectiveCap({
    now: inputs.now,
    ledger: inputs.ledger,
    policy,
    nav: nav > 0n ? nav : 0n,
    cash_free: inputs.equity.cash_free,
    instrument: f.instrument,
    venue: f.venue,
    chain: info.chain ?? '',
    kind: info.kind,
    tier,
    theme: f.theme,
    strategy: f.chosen.strategy ?? '',
    regime,
    stop_bps: plan.stop_bps,
    round_trip_bps,
    kelly_ppb: f.chosen.kelly?.cap_ppb ?? 0,
    depth: f.depth_taken,
    taker_bps: f.fees.taker,
    leverage: f.leverage,
    lease: inputs.lease,
  });
  const { step } = info.filters;
  const sized =
    policy.sizing.source === 'signal'
      ? exactly(inputs.enriched.signal.size ?? 0n, worst, need)
      : sizeOf({
          requested: asked.notional,
          need: need ?? caps.headroom + 1n,
          headroom: caps.headroom,
          max_bump: policy.sizing.max_bump,
          worst_price: worst,
          step,
        });
  return {
    blocked_by: 0,
    requested: asked.notional,
    parity_bps: asked.parity_bps,
    factors: asked.factors,
    base_bps: policy.sizing.base_bps[tier],
    caps,
    need,
    min_notional,
    worst_price: worst,
    quantity: sized.quantity,
    notional: sized.notional,
    bumped: sized.bumped,
    enough: sized.enough,
    reserved_cash: cashOf(sized.notional, info.kind === 'perp' ? f.leverage : 1, f.fees.taker),
    expected: estimateCost({ ...costInput, notional: sized.notional }),
    round_trip_bps,
  };
}

/** The size of the portfolio's own rules; a size that the signal states may only reduce it. */
function requested(
  f: SizingFacts,
  nav: Money,
  tier: Tier,
  plan: PlanTerms,
  strategy: Strategy,
  regime: number,
  worst: Price,
): Requested {
  const { policy, inputs } = f;
  const { enriched } = inputs;
  const { size } = enriched.signal;
  if (policy.sizing.source === 'signal') return { factors: [], parity_bps: 0, notional: mulCeil(size ?? 0n, worst) };
  const asked = requestedSize({
    nav: nav > 0n ? nav : 0n,
    base_bps: policy.sizing.base_bps[tier],
    size_factor: strategy.size_factor,
    risk_per_trade_bps: policy.sizing.risk_per_trade_bps,
    stop_bps: plan.stop_bps,
    volatility_pct: f.volatility_pct ?? policy.volatility.young_pct,
    confidence: f.confidence ?? 0,
    confidence_factor: strategy.confidence_factor,
    conviction_factor: convictionFactor(f.conviction ?? 0, policy.conviction.min),
    regime,
    fast_market: Math.abs(enriched.change_1h_bps ?? 0) >= FAST_MARKET_BPS,
    trial: trialFactor(f),
  });
  if (size === null) return asked;
  const stated = mulCeil(size, worst);
  if (stated >= asked.notional) return asked;
  const value = Number(stated) / Number(asked.notional);
  const before = asked.factors.at(-1)?.after_bps ?? 0;
  asked.factors.push({ name: 'signal_size', value, after_bps: before * value });
  return { factors: asked.factors, parity_bps: asked.parity_bps, notional: stated };
}

/** The smallest that applies, not the product. */
function trialFactor(f: SizingFacts): number {
  const { inputs, chosen } = f;
  const standing = standingOf(inputs.pacing.strategies.get(chosen.strategy ?? ''), inputs.now);
  if (f.canary || inputs.safe_mode === 'RECOVERY' || standing === 'PROBATION' || chosen.second_chance) return TRIAL_FACTOR;
  return inputs.mode === 'live' && inputs.live_ramp ? RAMP_FACTOR : 1;
}

function exactly(size: Decimal, worst: Price, need: Money | null) {
  const notional = mulCeil(size, worst);
  return { quantity: size, notional, bumped: false, enough: need !== null && notional >= need };
}

/** Notional, or initial margin, and the taker fee, rounded up. */
function cashOf(notional: Money, leverage: number, taker_bps: number): Money {
  const margin = leverage === 1 ? notional : (notional * 1_000_000n) / BigInt(Math.round(leverage * 1e6)) + 1n;
  const fee = notional * BigInt(Math.round(taker_bps * 100));
  return margin + (fee + 999_999n) / 1_000_000n;
}

export function sizingRecord(sized: SizedEntry): Sizing {
  const { caps } = sized;
  return {
    base_bps: sized.base_bps,
    factors: sized.factors,
    parity_bps: sized.parity_bps,
    requested: sized.requested,
    caps: caps === null ? [] : Object.values(caps.all),
    binding: caps === null ? null : caps.binding,
    runner_up: caps === null ? null : caps.runner_up,
    need: sized.need,
    bumped: sized.bumped,
    notional: sized.notional,
    quantity: sized.quantity,
    worst_price: sized.worst_price,
    reserved_cash: sized.reserved_cash,
  };
}

export function riskAmount(notional: Money, stop_bps: number): Money {
  return bpsOf(notional, stop_bps);
}
