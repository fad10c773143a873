// Whether, how much and by what plan a signal is entered: all gates on one frozen state, and the one reason.
import { type Decimal, inMillionths, type Money, type Price, type Quantity, toNumber } from '../../../schemas/money.ts';
import type {
  Choice,
  EnrichedSignal,
  ExpectedCost,
  Flip,
  GateVerdict,
  InstrumentKind,
  Mode,
  OrderSide,
  Plan,
  PositionSide,
  SafeMode,
  Scores,
  Sizing,
  Tier,
  TradingState,
} from '../../../schemas/records.generated.ts';
import { HOUR, type Micros, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Equity } from '../ledger/equity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Pacing } from '../pacing/pacing.ts';
import { riskAmount, sizingRecord } from '../sizing/entry-size.ts';
import type { Learned } from '../sizing/learned.ts';
import { HOLD_MAX_S, priceAt } from '../sizing/plan.ts';
import { hasSoftFlag } from './31-token-safe.ts';
import { oldestInput } from './ages.ts';
import { type EntryContext, gatherEntry } from './context.ts';
import { flipsOf } from './flip.ts';
import { type Judged, judgeEntry } from './judge.ts';
import { withoutPolicy } from './no-policy.ts';

/** Own orders of the signal's instrument, and what concerns all of them. */
export interface OrdersView {
  /** Orders of the instrument whose outcome is unknown. */
  readonly unknown: number;
  /** The instrument is blocked for openings until the venue has answered a question about an order; '' = not. */
  readonly blocked_by: string;
  /** An opening intent of the instrument lives. */
  readonly entry_pending: boolean;
  /** Opening intents alive in the whole portfolio. */
  readonly entries_pending: number;
  /** Own resting orders of the instrument. */
  readonly resting: readonly { readonly side: OrderSide; readonly price: Price }[];
  /** Own orders open at the instrument's venue account. */
  readonly open_orders: number;
  /** The order_id of attempt 1, leg entry, of this decision was issued before. */
  readonly order_id_issued: boolean;
  /** Newest commands of the instrument, back to the duplicate window at least. */
  readonly recent: readonly {
    readonly side: OrderSide;
    readonly quantity: Quantity;
    readonly price: Price;
    readonly at: Micros;
  }[];
}

/** Latest VENUE_STATE of the instrument's venue and the cooldowns derived from order events; null = none yet. */
export interface VenueView {
  readonly breaker: 'closed' | 'half_open' | 'open' | null;
  readonly connected: boolean | null;
  /** End of a rate-limit cooldown (429/418); -1 = none. */
  readonly limited_until: Micros;
  /** End of the cooldown of the instrument after a failed order; -1 = none. */
  readonly symbol_failed_until: Micros;
  /** End of the ban on entries at the venue after rejections; -1 = none. */
  readonly rejections_until: Micros;
}

export interface ReconciliationView {
  /** Time of the last clean report; null = none since the last RECONCILING. */
  readonly last_clean_at: Micros | null;
  readonly account_clean: boolean;
  readonly symbol_clean: boolean;
}

export interface EntryInputs {
  readonly now: Micros;
  readonly mode: Mode;
  readonly enriched: EnrichedSignal;
  readonly decision_id: string;
  /** null: no valid policy. */
  readonly policy: Policy | null;
  /** The portfolio holds a grant that covers this policy; only read in mode live. */
  readonly live_granted: boolean;
  /** Live: fewer than 50 closed trades or 28 days. */
  readonly live_ramp: boolean;
  /** reason_code: the worst condition; '' while ACTIVE. */
  readonly trading: { readonly state: TradingState; readonly reason_code: string };
  readonly ledger: Ledger;
  readonly equity: Equity;
  readonly pacing: Pacing;
  readonly learned: Learned;
  readonly orders: OrdersView;
  readonly venue: VenueView;
  readonly reconciliation: ReconciliationView;
  /** Of the last Tick; null = not measured. */
  readonly clock_skew_ms: number | null;
  /** Running RESTRICT or ban of the instrument; until null = without end. */
  readonly restriction: { readonly code: string; readonly until: Micros | null } | null;
  readonly safe_mode: SafeMode;
  /** Operators' overrides for this instrument: gate number → id. */
  readonly overrides: ReadonlyMap<number, string>;
  readonly lease: { readonly notional: Money; readonly until: Micros } | null;
  /** Model spend of the running UTC day and month; null = no Verdict in the period. */
  readonly analysis_spend: { readonly day_usd: Money; readonly month_usd: Money } | null;
  /** Length of the bars that prices are derived from (candle mode); 0 with real quotes. Age limits of derived prices are at least two of these. */
  readonly base_interval_us: number;
}

/** The entry as it would be ordered: what the fold commands and reserves on EXECUTE. */
export interface EntryOrder {
  readonly instrument: string;
  readonly venue: string;
  readonly chain: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly side: OrderSide;
  readonly position_side: PositionSide;
  /** The instrument is already held on this side. */
  readonly add: boolean;
  readonly quantity: Quantity;
  /** Absolute worst price: the command's collar_price. */
  readonly worst_price: Price;
  /** quantity × worst price: what is reserved. */
  readonly notional: Money;
  /** Cash taken, fees included. */
  readonly reserved_cash: Money;
  /** Canary entries rest only. */
  readonly post_only: boolean;
  readonly confidence_bps: number;
  readonly reference: { readonly bid: Price; readonly ask: Price; readonly at: Micros; readonly offset: number };
  readonly terms: { readonly tick: Price; readonly step: Quantity; readonly min_qty: Quantity; readonly min_notional: Money };
  /** max(venue, policy): what a position must stay above to be sold. */
  readonly min_notional: Money;
  readonly max_hold_s: number;
  readonly taker_bps: number;
  readonly entry_volume_hourly: Decimal | null;
}

export interface EntryEvaluation {
  readonly action: 'EXECUTE' | 'SKIP' | 'BLOCK';
  /** `ENTRY_APPROVED` on EXECUTE. */
  readonly reason_code: string;
  readonly reason_gate: number | null;
  /** All gates, in number order. */
  readonly gates: GateVerdict[];
  readonly scores: Scores;
  readonly choice: Choice;
  readonly sizing: Sizing;
  /** null where the signal names no direction that can be planned, or no price is known. */
  readonly plan: Plan | null;
  readonly strategy: string | null;
  readonly tier: Tier;
  readonly theme: string;
  readonly regime: string;
  readonly canary: boolean;
  readonly flips: Flip[];
  readonly warnings: string[];
  readonly reference_mid: Price | null;
  /** The size it would have had, for pricing what refusals cost. */
  readonly hypothetical_notional: Money | null;
  /** What a taker entry is expected to cost; null where no size is known. */
  readonly expected: ExpectedCost | null;
  /** Expected cost of the round trip (floor), whole bps. */
  readonly expected_cost_bps: number | null;
  readonly max_input_age_us: number;
  readonly oldest_input: string;
  /** Content of the signal, for `onEntryDecided`. */
  readonly duplicate_key: string;
  /** Evidence of manipulation closes the symbol until then; null = it does not. */
  readonly ban_until: Micros | null;
  /** null where no size is known; on EXECUTE never null. */
  readonly order: EntryOrder | null;
}

const BAN_US = 24 * HOUR;
const PUMP_DUMP = 25;

/** Pure, and total: whatever is missing is a verdict, never an exception. The inputs are not changed. */
export function evaluateEntry(inputs: EntryInputs): EntryEvaluation {
  if (inputs.policy === null) return withoutPolicy(inputs);
  const e = gatherEntry(inputs, inputs.policy);
  const judged = judgeEntry(e);
  const { sized, chosen } = e;
  const order = orderOf(e);
  const age = oldestInput(e);
  return {
    action: judged.action,
    reason_code: judged.reason_code,
    reason_gate: judged.reason_gate,
    gates: judged.gates,
    scores: {
      conviction: e.conviction,
      strength: e.strength,
      confidence: e.confidence,
      boosts: e.boosts,
      regime_adjust: e.regime_adjust,
      trust: e.trust.score,
      trust_parts: e.trust.parts,
      source_grade: e.grade,
      source_n: e.source_n,
      band: e.trust.band,
    },
    choice: chosen.choice,
    sizing: sizingRecord(sized),
    plan: planRecord(e),
    strategy: chosen.strategy,
    tier: e.record_tier,
    theme: e.theme,
    regime: e.regime,
    canary: e.canary,
    flips: flipsOf(e, judged),
    warnings: warningsOf(e),
    reference_mid: e.enriched.mid,
    hypothetical_notional: sized.enough ? sized.notional : sized.requested,
    expected:
      sized.expected === null
        ? null
        : {
            fee_bps: toNumber(sized.expected.fee_bps),
            spread_bps: toNumber(sized.expected.spread_bps),
            slippage_bps: toNumber(sized.expected.slippage_bps),
          },
    expected_cost_bps: sized.round_trip_bps === null ? null : toNumber(sized.round_trip_bps),
    max_input_age_us: age.max_input_age_us,
    oldest_input: age.oldest_input,
    duplicate_key: e.duplicate_key,
    ban_until: bans(judged) ? inputs.now + BAN_US : null,
    order,
  };
}

function bans(judged: Judged): boolean {
  return judged.failing > 0 && judged.gates.some((v) => v.gate === PUMP_DUMP && v.verdict === 'FAIL');
}

function planRecord(e: EntryContext): Plan | null {
  const { plan, quote, info, sized } = e;
  if (plan === null || quote === null || info === null) return null;
  const touch = e.long ? quote.ask : quote.bid;
  const { tick } = info.filters;
  return {
    stop_bps: plan.stop_bps,
    target_bps: plan.target_bps,
    trail_bps: plan.trail_bps,
    trail_arm_bps: plan.trail_arm_bps,
    stop_price: priceAt(touch, plan.stop_bps, e.long, e.long, tick),
    target_price: priceAt(touch, plan.target_bps, !e.long, e.long, tick),
    hold_until: e.now + Math.min(plan.max_hold_s, HOLD_MAX_S) * SECOND,
    risk_amount: riskAmount(sized.notional ?? 0n, plan.stop_bps),
  };
}

function orderOf(e: EntryContext): EntryOrder | null {
  const { sized, info, plan, quote } = e;
  if (sized.quantity === null || sized.worst_price === null || sized.notional === null || sized.reserved_cash === null)
    return null;
  if (info === null || plan === null || quote === null) return null;
  return {
    instrument: e.instrument,
    venue: e.venue,
    chain: info.chain ?? '',
    kind: info.kind,
    base: info.base,
    side: e.long ? 'BUY' : 'SELL',
    position_side: e.long ? 'LONG' : 'SHORT',
    add: e.held_same_side,
    quantity: sized.quantity,
    worst_price: sized.worst_price,
    notional: sized.notional,
    reserved_cash: sized.reserved_cash,
    post_only: e.canary,
    confidence_bps: Math.floor((e.confidence ?? 0) * 10_000 + 0.5),
    reference: { bid: quote.bid, ask: quote.ask, at: quote.event_time, offset: quote.offset },
    terms: {
      tick: info.filters.tick,
      step: info.filters.step,
      min_qty: info.filters.min_qty ?? 0n,
      min_notional: info.filters.min_notional ?? 0n,
    },
    min_notional: sized.min_notional,
    max_hold_s: plan.max_hold_s,
    taker_bps: e.fees.taker,
    entry_volume_hourly: hourlyVolume(e),
  };
}

/** Mean hour of the last 24, base units. */
function hourlyVolume(e: EntryContext): Decimal | null {
  const mean = e.enriched.features['1h.volume_mean_24'];
  return mean === undefined ? null : inMillionths(mean);
}

function warningsOf(e: EntryContext): string[] {
  const warnings: string[] = [];
  if (e.enriched.pump_flags.length >= 2) warnings.push('PUMP_DUMP_WARN');
  if (e.token && e.policy.token.soft_flags === 'warn') {
    if (hasSoftFlag(e.enriched.evidence, e.enriched.trust_parts.rug_flags.includes('lp_unlocked')))
      warnings.push('TOKEN_SOFT_FLAG');
  }
  return warnings;
}
