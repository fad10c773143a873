// How much an entry would buy: requested size, caps, need, worst price, quantity and cost, in one pass over one state.
import { bpsOf, type Decimal, type Money, max, mulCeil, type Price } from '../../../schemas/money.ts';
import type { Sizing, SizingFactor } from '../../../schemas/records.generated.ts';
import { type Cost, type CostInput, estimateCost, takerFloorBps } from '../../costs/cost.ts';
import { exactAmount } from '../../costs/table.ts';
import { needOf } from '../../policy/need.ts';
import type { Strategy, Tier } from '../../policy/strategy.ts';
import type { EntryFacts } from '../gates/context.ts';
import { standingOf } from '../pacing/strategy-record.ts';
import { ON } from './blocked-by.ts';
import { type Caps, effectiveCap } from './caps.ts';
import { convictionFactor } from './conviction.ts';
import { atrShare } from './feature.ts';
import type { PlanTerms } from './plan.ts';
import { sizeOf, worstPrice } from './quantity.ts';
import { type Requested, requestedSize } from './requested.ts';

const TRIAL_FACTOR = 0.25;
const RAMP_FACTOR = 0.5;
const FAST_MARKET_BPS = 800;

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

export function unsized(blocked_by: number, need: Money | null, min_notional: Money): SizedEntry {
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
function missingFor(f: EntryFacts): number {
  if (f.in.equity.nav === null) return ON.LEDGER;
  if (f.info === null || f.tier === null) return ON.LISTED;
  if (f.quote === null || f.mid === null || f.mid <= 0n) return ON.QUOTE;
  if (f.volatility_pct === null) return ON.VOLATILITY;
  if (f.plan === null) return ON.STRATEGY;
  if (f.confidence === null) return ON.CONFIDENCE;
  if (f.conviction === null) return ON.CONVICTION;
  if (f.policy.sizing.source === 'signal' && f.enriched.signal.size === null) return ON.SIZE;
  return 0;
}

export function sizeEntry(f: EntryFacts): SizedEntry {
  const { in: inputs, policy, info, plan, tier, quote, mid, strategy } = f;
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
  const costInput = {
    quote: f.modelled ? null : quote,
    side: f.long ? 'BUY' : 'SELL',
    notional: asked.notional,
    order_type: 'MARKET',
    tier: f.record_tier,
    atr_share: atrShare(f.enriched),
    costs: policy.costs,
    fees: f.fees,
  } satisfies CostInput;
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
  // Where a cap leaves no room, the gates after it judge the size that the entry would have had without it.
  const least = need ?? 0n;
  const headroom = caps.headroom < least ? max(asked.notional, least) : caps.headroom;
  const sized =
    policy.sizing.source === 'signal'
      ? exactly(f.enriched.signal.size ?? 0n, worst, need)
      : sizeOf({
          requested: asked.notional,
          need: need ?? headroom + 1n,
          headroom,
          max_bump: policy.sizing.max_bump,
          worst_price: worst,
          step: info.filters.step,
        });
  costInput.notional = sized.notional;
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
    expected: estimateCost(costInput),
    round_trip_bps,
  };
}

/** The size of the portfolio's own rules; a size that the signal states may only reduce it. */
function requested(
  f: EntryFacts,
  nav: Money,
  tier: Tier,
  plan: PlanTerms,
  strategy: Strategy,
  regime: number,
  worst: Price,
): Requested {
  const { policy, enriched } = f;
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
function trialFactor(f: EntryFacts): number {
  const { in: inputs, chosen } = f;
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
    caps: caps === null ? [] : caps.all,
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
