// The portfolio ledger: what the decision fold knows about cash, positions, reservations and performance, as plain data.
import type { Decimal, Money, Price, Quantity } from '../../../schemas/money.ts';
import type { Arm, InstrumentKind, Mode, StopKind, Tier, TradeVerdict } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { EntryLegs, ExitLegs } from '../attribution/legs.ts';

export type Scope = 'symbol' | 'tier' | 'theme' | 'strategy' | 'venue' | 'chain' | 'total';

/** What exposure is counted under; chain '' where there is none. */
export interface Scopes {
  readonly instrument: string;
  readonly venue: string;
  readonly chain: string;
  readonly tier: string;
  readonly theme: string;
  readonly strategy: string;
}

/** Why and how a position was opened: fixed by the decision of its opening fill, kept for Position and Trade records. */
export interface OpeningPlan {
  readonly decision_id: string;
  readonly signal_id: string | null;
  readonly source: string;
  readonly source_class: string;
  readonly signal_type: string;
  readonly strategy: string;
  readonly param_version: string | null;
  readonly regime: string;
  readonly tier: Tier;
  readonly theme: string;
  readonly chain: string;
  readonly corroboration_level: number;
  /** The bars that end the position, from its average price. */
  readonly stop_bps: number;
  readonly target_bps: number;
  readonly trail_bps: number | null;
  readonly trail_arm_bps: number | null;
  readonly max_hold_s: number;
  readonly entry_volume_hourly: Quantity | null;
  readonly min_notional: Money;
  readonly conviction: number | null;
  readonly confidence: number | null;
  readonly trust: number | null;
  readonly propensity: number | null;
  readonly arms: readonly Arm[];
  readonly signal_ts: Micros | null;
  readonly decided_at: Micros;
  readonly accepted_at: Micros | null;
  readonly policy_hash: string;
}

/** Why a position is being reduced: the last one before flat gives the Trade its exit reason and times. */
export interface ExitPlan {
  readonly reason: string;
  readonly signal_at: Micros | null;
  readonly accepted_at: Micros | null;
}

/** One fill of a known order, ready to be booked. Over-fills and ownerless fills never get here: see quarantine.ts. */
export interface BookedFill {
  readonly fill_id: string;
  readonly order_id: string;
  readonly instrument: string;
  readonly venue: string;
  /** Spot and token holdings are paid in full; a perpetual moves cash only by gross PnL, fees and funding. */
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly side: 'BUY' | 'SELL';
  readonly price: Price;
  readonly quantity: Quantity;
  /** null: the venue did not say; it is estimated at taker_bps. Negative: a rebate. */
  readonly fee: Decimal | null;
  readonly fee_asset: string;
  /** Value of one fee_asset in the portfolio's currency; read only for an asset that is neither quote nor base. */
  readonly fee_rate: Price | null;
  readonly taker_bps: number;
  readonly liquidity: 'MAKER' | 'TAKER' | 'UNKNOWN';
  readonly venue_at: Micros;
  /** Touch at the fill, from the FILL event: it marks the position until its first Mark. */
  readonly bid: Price | null;
  readonly ask: Price | null;
  /** The decision this order belongs to and the quantity it wanted; null where unknown (adopted, liquidated). */
  readonly decision_id: string;
  readonly decided_qty: Quantity | null;
  /** Used by the part that opens or grows a position. */
  readonly opening: OpeningPlan | null;
  readonly signal_mid: Price | null;
  readonly decision_mid: Price | null;
  readonly arrival_mid: Price | null;
  /** Used by the part that reduces a position. */
  readonly exit: ExitPlan | null;
  readonly exit_signal_mid: Price | null;
  readonly exit_arrival_mid: Price | null;
  /** A fill without an observed price (adopted, closed unpriced): the trade is not learned from. */
  readonly unpriced: boolean;
}

/** The newest prices of an open position. */
export interface PositionMark {
  bid: Price;
  ask: Price;
  mid: Price;
  venue_at: Micros;
}

/** A fee whose value was estimated, until a rate for its asset is known. */
export interface EstimatedFee {
  readonly asset: string;
  readonly amount: Decimal;
  readonly value: Money;
  readonly leg: 'ENTRY' | 'EXIT';
}

export interface OpenPosition {
  readonly position_id: string;
  readonly instrument: string;
  readonly venue: string;
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly plan: OpeningPlan;
  readonly opened_at: Micros;
  readonly nav_before: Money | null;
  /** Signed: > 0 long, < 0 short, 0 only in the state handed out when it closed. */
  qty: Quantity;
  /** Cost of the open quantity, ≥ 0; the average price is cost / |qty|. */
  cost: Money;
  /** Signed sum of fills, kept apart from qty as its check. */
  filled: Quantity;
  qty_max: Quantity;
  /** Entry fees not yet shared out to closes (a cost is positive) and funding not yet shared out (received is positive). */
  fees_open: Money;
  funding_open: Money;
  /** Totals over the position's life. */
  fees: Money;
  funding: Money;
  gross: Money;
  realised_net: Money;
  fee_estimated: boolean;
  /** The venue never told a fee: the estimate stays. */
  fees_unknown: boolean;
  estimated: EstimatedFee[];
  mark: PositionMark | null;
  /** Gross value of closing now at the mark; 0 until there is one. */
  unrealised: Money;
  /** |qty| at the mark, or the cost until there is one. */
  exposure: Money;
  /** Worst and best gross result so far (mae ≤ 0 ≤ mfe), in money. */
  mae: Money;
  mfe: Money;
  best_price: Price | null;
  stop_price: Price | null;
  stop_kind: StopKind | null;
  protected: boolean;
  armed: string[];
  rules: Record<string, string>;
  hold_until: Micros;
  last_entry_at: Micros;
  entry: EntryLegs;
  exits: ExitLegs;
  exit: ExitPlan | null;
  /** The last verdict on its entry. */
  verdict: TradeVerdict | null;
  first_fill_at: Micros;
  last_fill_at: Micros;
  n_fills: number;
  unpriced: boolean;
}

/** Entry: slot, quantity, notional at the worst allowed price and cash incl. fee. Reduction: position quantity only. */
export interface Reservation extends Scopes {
  readonly order_id: string;
  readonly purpose: 'ENTRY' | 'REDUCTION';
  /** A stop resting at the venue does not count against other exits. */
  readonly resting_stop: boolean;
  quantity: Quantity;
  notional: Money;
  cash: Money;
}

/** A fill that is not booked but counts as exposure until an operator adopts or dismisses it. */
export interface Quarantined extends Scopes {
  readonly fill: BookedFill;
  readonly reason: string;
  readonly notional: Money;
  readonly at: Micros;
}

/** Holdings of the account that Weir does not manage: exposure with a 5 % buffer, no part of NAV. */
export interface ExternalHolding extends Scopes {
  readonly value: Money;
}

/** An asset that is neither the currency nor a position: fee coins. */
export interface ThirdAsset {
  amount: Decimal;
  /** Value at which its movements were booked. */
  booked: Money;
  rate: Price | null;
}

export interface PendingFlow {
  readonly amount: Decimal;
  readonly asset: string;
}

/** Start of the running day or ISO week. */
export interface Baseline {
  /** Day or week number. */
  period: number;
  /** Unit price at the roll, or at a RESUME with a new baseline. */
  unit: Decimal;
  /** Realised net since the roll: what is reported. */
  realised: Money;
  /** Of it, what lies before a RESUME with a new baseline: the stop counts it no more. */
  forgiven: Money;
}

export interface OrderFills {
  /** An order has few fills: a list is smaller than a set, and there is one per order of a week. */
  readonly ids: string[];
  /** When its order became terminal; null while it is open. */
  closed_at: Micros | null;
}

export interface Ledger {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: Mode;
  readonly currency: string;
  cash: Money;
  /** Σ cash of the reservations. */
  cash_reserved: Money;
  readonly third: Map<string, ThirdAsset>;
  /** By instrument; a portfolio has at most one position in each. */
  readonly positions: Map<string, OpenPosition>;
  readonly reservations: Map<string, Reservation>;
  readonly quarantine: Map<string, Quarantined>;
  readonly external: Map<string, ExternalHolding>;
  /** Fill ids by order, kept while the order is open and 7 days after. */
  readonly fills: Map<string, OrderFills>;
  /** Σ unrealised and Σ cost of paid (spot, token) positions: NAV without a loop. */
  unrealised: Money;
  paid_cost: Money;
  third_value: Money;
  units: Decimal;
  /** NAV / units at `unit_nav`: divided again only after NAV has moved. */
  unit_price: Decimal;
  unit_nav: Money;
  /** NAV when it was last known. */
  nav: Money;
  hwm: Decimal;
  /** NAV at which the unit price equals hwm with the present units: a new high is seen without a division. */
  hwm_nav: Money;
  readonly day: Baseline;
  readonly week: Baseline;
  readonly pending_flows: PendingFlow[];
  /** Σ external flows, Σ net of closed trades, Σ items learned after their trade was published. */
  flows: Money;
  trades_net: Money;
  late_items: Money;
  realised: Money;
  fees: Money;
  funding: Money;
  trades: number;
  consecutive_losses: number;
  readonly strategy_losses: Map<string, number>;
  /** Counts position records written: their sequence. */
  position_sequence: number;
  /** Bookings so far, and at the last full assertion. */
  bookings: number;
  asserted: number;
}

export function newLedger(of: { portfolio: string; run_id: string; mode: Mode; currency: string }): Ledger {
  return {
    portfolio: of.portfolio,
    run_id: of.run_id,
    mode: of.mode,
    currency: of.currency,
    cash: 0n,
    cash_reserved: 0n,
    third: new Map(),
    positions: new Map(),
    reservations: new Map(),
    quarantine: new Map(),
    external: new Map(),
    fills: new Map(),
    unrealised: 0n,
    paid_cost: 0n,
    third_value: 0n,
    units: 0n,
    unit_price: 1_000_000_000_000n,
    unit_nav: 0n,
    nav: 0n,
    hwm: 1_000_000_000_000n,
    hwm_nav: 0n,
    day: { period: -1, unit: 1_000_000_000_000n, realised: 0n, forgiven: 0n },
    week: { period: -1, unit: 1_000_000_000_000n, realised: 0n, forgiven: 0n },
    pending_flows: [],
    flows: 0n,
    trades_net: 0n,
    late_items: 0n,
    realised: 0n,
    fees: 0n,
    funding: 0n,
    trades: 0,
    consecutive_losses: 0,
    strategy_losses: new Map(),
    position_sequence: 0,
    bookings: 0,
    asserted: 0,
  };
}

export function positionOf(l: Ledger, instrument: string): OpenPosition | null {
  return l.positions.get(instrument) ?? null;
}
