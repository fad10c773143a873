// Whether, how much and by what plan a signal is entered: all gates on one frozen state, and the one reason.
import type { Decimal, Money, Price, Quantity } from '../../../schemas/money.ts';
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
import type { Micros } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Equity } from '../ledger/equity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Pacing } from '../pacing/pacing.ts';
import type { Learned } from '../sizing/learned.ts';

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
  readonly recent: readonly { readonly side: OrderSide; readonly quantity: Quantity; readonly price: Price; readonly at: Micros }[];
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
  /** null where no size is known; on EXECUTE never null. */
  readonly order: EntryOrder | null;
}
