// What the decision fold knows, as plain data: one PortfolioState per portfolio of the partition, derived from the journal alone.
import type { Money, Price, Quantity } from '../../schemas/money.ts';
import type {
  Condition,
  InstrumentKind,
  Mode,
  OrderSide,
  SafeMode,
  TradingState,
  VenueState,
} from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type IdTable, newIdTable } from '../../topology/runtime/id-table.ts';
import type { Policy } from '../policy/schema.ts';
import type { ConditionCode } from './conditions/table.ts';
import { type Ledger, newLedger, type OpeningPlan, type Scopes } from './ledger/ledger.ts';
import { type InstrumentTerms, newOrders, type OrderFacts, type OrdersState, type WalkPolicy } from './orders/orders.ts';
import { newPacing, type Pacing } from './pacing/pacing.ts';
import { type Learned, newLearned } from './sizing/learned.ts';

export type ActiveCondition = Condition & { readonly code: ConditionCode };

/** The policy in force. `previous` decisions keep the hash they were made under. */
export interface ActivePolicy {
  readonly policy: Policy;
  readonly policy_hash: string;
  /** The keys that the walk of an order reads. */
  readonly walk: WalkPolicy;
  readonly activated_at: Micros;
  readonly actor: string;
  /** Age up to which a Mark values a position. */
  readonly marks_max_age_us: Micros;
  /** Age of a held position's Mark above which prices are silent, and above which it is closed at whatever price. */
  readonly silence_us: Micros;
  readonly stale_close_us: Micros;
  /** Age from which the venue is asked about it. */
  readonly stale_ask_us: Micros;
  /** execution.market_only_notional_max as money. */
  readonly market_only_notional_max: Money;
}

/** What the fold remembers of an entry decision until the last late fill of its orders can have come. */
export interface EntryWish {
  readonly kind: 'ENTRY';
  readonly plan: OpeningPlan;
  readonly scopes: Scopes;
  readonly instrument_kind: InstrumentKind;
  readonly base: string;
  readonly taker_bps: number;
  readonly decided_qty: Quantity;
  readonly worst_price: Price;
  readonly reserved_cash: Money;
  readonly signal_mid: Price | null;
  readonly decision_mid: Price | null;
  /** An operator has closed what it was to open while it was still under way: what fills all the same is closed for this reason. */
  closed_for: string | null;
  ended_at: Micros;
}

export interface ExitWish {
  readonly kind: 'EXIT';
  readonly position_id: string;
  readonly reason: string;
  readonly signal_mid: Price | null;
  readonly signal_at: Micros | null;
  ended_at: Micros;
}

/** Facts of an instrument as the newest EnrichedSignal told them: what exits, adopted fills and estimates need. */
export interface InstrumentFacts {
  readonly venue: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly chain: string;
  readonly terms: InstrumentTerms;
  readonly taker_bps: number;
  readonly offset: number;
}

export interface Restriction {
  readonly code: string;
  readonly actor: string;
  readonly reason: string;
  readonly until: Micros | null;
}

export interface VenueFacts {
  state: VenueState | null;
  limited_until: Micros;
  rejections_until: Micros;
  /** Venue rejections of the last 600 s, oldest first. */
  rejections: Micros[];
}

export interface ReconciliationState {
  last_clean_at: Micros | null;
  account_clean: boolean;
  /** Instruments with a finding; they may only be reduced. */
  readonly broken: Set<string>;
}

/** A command as the duplicate gate sees it. */
export interface RecentCommand {
  readonly side: OrderSide;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: Micros;
}

export interface ClockState {
  skew_ms: number | null;
  /** Ticks running beyond the limit. */
  over: number;
  /** Since when it is inside the limit; -1 = it is not. */
  inside_since: Micros;
}

export interface AnalysisSpend {
  readonly at: Micros;
  readonly day_usd: Money;
  readonly month_usd: Money;
}

/** Judgements of our own entries since safe mode was last left, oldest first. */
export interface VerdictQuality {
  window: { readonly rejected: boolean; readonly catastrophic: boolean }[];
  /** End of the pause; -1 = none. */
  paused_until: Micros;
  pause_us: number;
}

export interface VerdictExit {
  readonly verdict_id: string;
  readonly due_at: Micros;
}

export interface UnknownOrder {
  readonly instrument: string;
  readonly since: Micros;
}

export interface LastDecision {
  readonly decision_id: string;
  readonly kind: string;
  readonly action: string;
  readonly reason_code: string;
  readonly decided_at: Micros;
}

export interface PortfolioState {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: Mode;
  /** Journal time: never falls, and never runs ahead of the Ticks. */
  now: Micros;
  /** -1 before the first Tick. */
  last_tick: Micros;
  /** UTC hour of the last snapshot decision. */
  hour: number;
  policy: ActivePolicy | null;
  trading: TradingState;
  /** In the order of the table, which breaks ties. */
  conditions: ActiveCondition[];
  ledger: Ledger;
  orders: OrdersState;
  pacing: Pacing;
  learned: Learned;
  /** Ids of the records that had their effect: signals, triggers, verdicts, controls, events. */
  readonly decided: IdTable;
  /** By decision_id, oldest first. */
  readonly wishes: Map<string, EntryWish | ExitWish>;
  /** Oldest first. Searched only for an order that is forgotten: one that is remembered has its facts itself. */
  readonly order_facts: OrderFacts[];
  readonly instruments: Map<string, InstrumentFacts>;
  readonly venues: Map<string, VenueFacts>;
  /** End of the cooldown of an instrument after a failed order. */
  readonly failed_until: Map<string, Micros>;
  readonly restrictions: Map<string, Restriction>;
  /** Instrument → why the venue has been asked about its orders; entries wait for the answer. */
  readonly questioned: Map<string, string>;
  readonly reconciliation: ReconciliationState;
  readonly recent: Map<string, RecentCommand[]>;
  readonly clock: ClockState;
  /** Since when every held symbol is fresh while DATA_SILENCE stands; -1 = not. */
  fresh_since: Micros;
  regime: string;
  safe_mode: SafeMode;
  readonly verdicts: VerdictQuality;
  /** Exits that a verdict asked for before the position was held long enough, by position_id. */
  readonly verdict_exits: Map<string, VerdictExit>;
  analysis_spend: AnalysisSpend | null;
  live_granted: boolean;
  first_trade_at: Micros;
  /** RESUMEs with a new baseline: UTC day and how many. */
  baselines: { day: number; used: number };
  /** NAV above which no stop can trip; stops are looked at only below it. */
  stops_floor: { floor: Money; units: Money; day: Money; week: Money; hwm: Money; policy_hash: string };
  last_decision: LastDecision | null;
  /** Orders whose outcome is unknown, by order_id. */
  readonly unknown: Map<string, UnknownOrder>;
  /** Earliest Tick that matters; may be early, never late. */
  deadline: Micros;
}

export interface DecisionState {
  readonly partition: number;
  readonly portfolios: Map<string, PortfolioState>;
}

export function newDecisionState(partition: number): DecisionState {
  return { partition, portfolios: new Map() };
}

export function newPortfolio(of: { portfolio: string; run_id: string; mode: Mode; currency: string }): PortfolioState {
  return {
    portfolio: of.portfolio,
    run_id: of.run_id,
    mode: of.mode,
    now: 0,
    last_tick: -1,
    hour: -1,
    policy: null,
    trading: 'HALTED',
    conditions: [],
    ledger: newLedger(of),
    orders: newOrders(),
    pacing: newPacing(),
    learned: newLearned(),
    decided: newIdTable(),
    wishes: new Map(),
    order_facts: [],
    instruments: new Map(),
    venues: new Map(),
    failed_until: new Map(),
    restrictions: new Map(),
    questioned: new Map(),
    reconciliation: { last_clean_at: null, account_clean: true, broken: new Set() },
    recent: new Map(),
    clock: { skew_ms: null, over: 0, inside_since: -1 },
    fresh_since: -1,
    regime: 'unknown',
    safe_mode: 'CLEAR',
    verdicts: { window: [], paused_until: -1, pause_us: 0 },
    verdict_exits: new Map(),
    analysis_spend: null,
    live_granted: false,
    first_trade_at: -1,
    baselines: { day: -1, used: 0 },
    stops_floor: { floor: 0n, units: -1n, day: 0n, week: 0n, hwm: 0n, policy_hash: '' },
    last_decision: null,
    unknown: new Map(),
    deadline: Number.POSITIVE_INFINITY,
  };
}

/** Marks value a position for this long where no policy says otherwise. */
const DEFAULT_MARK_AGE_US: Micros = 60_000_000;

export function marksMaxAge(p: PortfolioState): Micros {
  return p.policy?.marks_max_age_us ?? DEFAULT_MARK_AGE_US;
}
