// The record types, generated from the Avro schemas beside this file: change those, then run `npm run generate`.
import type { Decimal, Money, Price, Quantity } from './money.ts';
import type { Micros } from './time.ts';

/** One model call (its intent, its result) or the end of an analysis. */
export interface Analysis {
  analysis_id: string;
  /** "" on a terminal record. */
  call_id: string;
  phase: AnalysisPhase;
  kind: AnalysisKind;
  portfolio: string;
  run_id: string;
  mode: Mode;
  decision_id: string;
  signal_id: string;
  instrument: string;
  agent_set_id: string;
  evaluation_id: string | null;
  agent: string;
  attempt: number;
  fallback: number;
  fallback_from: string | null;
  repair: number;
  vendor: string;
  model: string;
  served_model: string | null;
  contract: string;
  contract_hash: string;
  prompt_version: string;
  prompt_hash: string;
  rendered_hash: string;
  request: string;
  response: string;
  /** Canonical JSON. */
  parsed: string | null;
  /** null on an intent. */
  status: AnalysisStatus | null;
  error_code: string | null;
  codes: string[];
  tokens_in: number | null;
  tokens_cached: number | null;
  tokens_out: number | null;
  reserved_usd: Money | null;
  cost_usd: Money | null;
  /** UTC day that the cost counts for. */
  spend_day: string;
  latency_ms: number | null;
  synthetic: boolean;
  due_at: Micros | null;
  valid_from: Micros;
  leak_risk: boolean;
}

export type AnalysisPhase = 'INTENT' | 'RESULT' | 'TERMINAL';

export type AnalysisKind = 'POST_TRADE' | 'REVIEW' | 'EVALUATION' | 'RETRO' | 'NOTES';

export type Mode = 'backtest' | 'paper' | 'live';

export type AnalysisStatus = 'SUCCESS' | 'TIMEOUT' | 'RATE_LIMITED' | 'API_ERROR' | 'SCHEMA_ERROR' | 'NETWORK_ERROR' | 'INVALID_CONFIG' | 'REFUSED' | 'LOST';

/** A closed bar; event_time is its close_time. */
export interface Candle {
  instrument: string;
  venue: string;
  /** The venue's time; received_at with flag TIME_ESTIMATED where it sends none. */
  event_time: Micros;
  received_at: Micros;
  sequence: number | null;
  flags: string[];
  interval: '1m' | '5m' | '15m' | '1h' | '4h' | '1d';
  open_time: Micros;
  close_time: Micros;
  open: Price;
  high: Price;
  low: Price;
  close: Price;
  /** Base units. */
  volume: Quantity;
  quote_volume: Money | null;
  trades_count: number | null;
  revision: number;
  /** Warm-up: absorbed, never acted on. */
  history: boolean;
  /** Made by us for a bar in which nothing traded. */
  filler: boolean;
}

/** Money put in or taken out. */
export interface CashFlow {
  control_id: string;
  portfolio: string;
  run_id: string;
  mode: Mode;
  /** Signed: deposit > 0. */
  amount: Money;
  asset: string;
  actor: string;
  reason: string;
  issued_at: Micros;
}

/** An act of an operator or a job on one portfolio. */
export interface Control {
  control_id: string;
  portfolio: string;
  run_id: string;
  mode: Mode;
  type: ControlType;
  actor: string;
  reason: string;
  issued_at: Micros;
  expires_at: Micros | null;
  params: ControlParams;
}

export type ControlType = 'KILL' | 'CLOSE' | 'CANCEL' | 'RESTRICT' | 'PAUSE_STRATEGY' | 'RETIRE_STRATEGY' | 'RESUME' | 'UNRESTRICT' | 'RESUME_STRATEGY' | 'OVERRIDE' | 'GRANT_LIVE' | 'LEASE' | 'ADOPT' | 'DISMISS' | 'REBASE' | 'PARK' | 'RETRY' | 'APPROVE' | 'ACK' | 'PARAM_SNAPSHOT';

/** Parameters of a control; a type reads only its own. */
export interface ControlParams {
  /** KILL. */
  state: TradingState | null;
  /** KILL. */
  cancel_protective: boolean | null;
  /** null = all. */
  instrument: string | null;
  position_id: string | null;
  order_id: string | null;
  strategy: string | null;
  until: Micros | null;
  /** RESTRICT: the red flag. */
  flag: string | null;
  /** RESUME: conditions. */
  codes: string[];
  /** RESUME. */
  baseline: Baseline | null;
  /** OVERRIDE. */
  gate: number | null;
  /** OVERRIDE. */
  max_uses: number | null;
  /** GRANT_LIVE. */
  report_hash: string | null;
  account: string | null;
  policy_hash: string | null;
  /** LEASE. */
  holder: string | null;
  /** LEASE. */
  notional: Money | null;
  asset: string | null;
  quantity: Quantity | null;
  price: Price | null;
  /** ADOPT. */
  evidence_hash: string | null;
  /** ADOPT, DISMISS of a quarantined fill. */
  fill_id: string | null;
  /** APPROVE. */
  control_id: string | null;
  /** ACK. */
  alert_id: string | null;
  /** PARAM_SNAPSHOT. */
  snapshot: ParamSnapshot | null;
}

export type TradingState = 'ACTIVE' | 'REDUCING' | 'HALTED';

export type Baseline = 'keep' | 'new';

/** Daily health of a strategy and its parameters. */
export interface ParamSnapshot {
  strategy: string;
  day: string;
  /** Canonical JSON. */
  params: string;
  param_version: string;
  git_sha: string;
  sharpe_7d: number | null;
  sharpe_30d: number | null;
  backtest_sharpe: number | null;
  psr_30d: number | null;
  n_trades_7d: number;
  n_trades_30d: number;
  win_rate_7d: number | null;
  avg_pnl_7d: Money | null;
  max_dd_30d: number | null;
  slippage_delta_bps: number | null;
  total_trades: number;
  total_pnl: Money;
  state: string;
  decay: boolean;
  slope: number | null;
  days_to_warning: number | null;
  days_to_critical: number | null;
  advice: string;
  notes: string;
}

/** A record that could not be taken, kept byte for byte. */
export interface DeadLetter {
  dead_letter_id: string;
  version: number;
  status: DeadLetterStatus;
  stage: string;
  topic: string;
  partition: number;
  offset: number;
  key: Uint8Array | null;
  value: Uint8Array;
  /** Size of the whole where value is cut. */
  value_bytes: number | null;
  /** Of the whole where value is cut. */
  value_sha256: string | null;
  headers: Record<string, Uint8Array>;
  error_class: ErrorClass;
  reason_code: string;
  message: string;
  schema_id: number | null;
  stage_version: string;
  attempts: number;
  retry_of: string | null;
  note: string | null;
  actor: string | null;
  failed_at: Micros;
  updated_at: Micros;
}

export type DeadLetterStatus = 'OPEN' | 'RETRYING' | 'RESOLVED' | 'PARKED';

export type ErrorClass = 'DECODE_FAILED' | 'SCHEMA_UNKNOWN' | 'SCHEMA_INVALID' | 'VALIDATION_FAILED' | 'ID_CONFLICT' | 'RECORD_TOO_LARGE' | 'DELIVERY_FAILED' | 'SINK_REFUSED' | 'FOLD_STOPPED';

/** One decision, with everything it was made of. */
export interface Decision {
  decision_id: string;
  portfolio: string;
  kind: DecisionKind;
  subject_type: SubjectType;
  subject_id: string;
  /** The position, order or condition acted on; "" if none. */
  target: string;
  signal_id: string | null;
  source: string | null;
  signal_type: string | null;
  strategy: string | null;
  instrument: string | null;
  venue: string | null;
  side: PositionSide | null;
  position_id: string | null;
  tier: Tier | null;
  theme: string | null;
  run_id: string;
  mode: Mode;
  profile: string;
  param_version: string | null;
  policy_hash: string;
  stage_version: string;
  journal: JournalPosition;
  trace: string;
  action: DecisionAction;
  reason_code: string;
  reason_gate: number | null;
  reason_detail: string;
  warnings: string[];
  canary: boolean;
  held: boolean;
  review_deadline: Micros | null;
  order_ids: string[];
  reference_mid: Price | null;
  hypothetical_notional: Money | null;
  expected_cost_bps: number | null;
  signal_ts: Micros | null;
  enriched_ts: Micros | null;
  decided_at: Micros;
  max_input_age_us: number | null;
  oldest_input: string | null;
  gates: GateVerdict[];
  scores: Scores | null;
  choice: Choice | null;
  sizing: Sizing | null;
  plan: Plan | null;
  route: DecisionRoute | null;
  state: DecisionState;
  flips: Flip[];
}

export type DecisionKind = 'ENTRY' | 'EXIT' | 'ADJUST' | 'CANCEL' | 'STATE';

export type SubjectType = 'signal' | 'review' | 'trigger' | 'verdict' | 'control' | 'order_event' | 'tick';

export type PositionSide = 'LONG' | 'SHORT';

export type Tier = 'T1' | 'T2' | 'T3' | 'micro' | 'unknown';

/** Where in the journal a decision was made. */
export interface JournalPosition {
  partition: number;
  offset: number;
  index: number;
}

export type DecisionAction = 'EXECUTE' | 'SKIP' | 'BLOCK' | 'REVIEW' | 'ERROR';

/** The verdict of one gate. */
export interface GateVerdict {
  gate: number;
  name: string;
  verdict: GateOutcome;
  class: GateClass;
  observed: Decimal | null;
  limit: Decimal | null;
  unit: GateUnit;
  /** Signed share of the limit; > 0 is slack. */
  margin: number | null;
  input_age_us: number | null;
  input_source: string | null;
  reason_code: string | null;
  waived_by: string | null;
  depends_on: number | null;
  policy_key: string | null;
}

export type GateOutcome = 'PASS' | 'FAIL' | 'UNKNOWN' | 'DEPENDENT' | 'WAIVED' | 'OFF' | 'NOT_APPLICABLE';

export type GateClass = 'B' | 'S';

export type GateUnit = 'bps' | 's' | 'usd' | 'count' | 'ratio' | 'bool';

/** Scores of an entry. */
export interface Scores {
  conviction: number | null;
  strength: number | null;
  confidence: number | null;
  boosts: Record<string, number>;
  regime_adjust: number;
  trust: number | null;
  trust_parts: Record<string, number>;
  source_grade: Grade | null;
  source_n: number;
  band: string | null;
}

export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';

/** How the strategy was chosen. */
export interface Choice {
  arms: Arm[];
  excluded: ExcludedArm[];
  draw: number | null;
  chosen: string | null;
  propensity: number | null;
}

/** One strategy that could have been chosen. */
export interface Arm {
  strategy: string;
  alpha: number;
  beta: number;
  payoff: number;
  weight: number;
  probability: number;
}

/** One strategy that could not. */
export interface ExcludedArm {
  strategy: string;
  reason: string;
}

/** How the size was found. */
export interface Sizing {
  base_bps: number;
  factors: SizingFactor[];
  parity_bps: number | null;
  requested: Money | null;
  caps: Cap[];
  binding: string | null;
  runner_up: string | null;
  need: Money | null;
  bumped: boolean;
  notional: Money | null;
  quantity: Quantity | null;
  worst_price: Price | null;
  reserved_cash: Money | null;
}

/** One step of the size. */
export interface SizingFactor {
  name: string;
  value: number;
  after_bps: number;
}

/** One limit of exposure at this moment; null limit = none. */
export interface Cap {
  name: string;
  limit: Money | null;
  used: Money;
  reserved: Money;
  headroom: Money | null;
}

/** How the position will be left. */
export interface Plan {
  stop_bps: number;
  target_bps: number;
  trail_bps: number | null;
  trail_arm_bps: number | null;
  stop_price: Price;
  target_price: Price;
  hold_until: Micros;
  risk_amount: Money;
}

/** How the order goes to the venue. */
export interface DecisionRoute {
  route: Route;
  route_reason: string;
  venue: string;
  order_type: OrderType;
  limit_price: Price | null;
  time_in_force: TimeInForce;
  post_only: boolean;
  ttl_s: number | null;
  expected: ExpectedCost;
  alternatives: RouteAlternative[];
}

export type Route = 'PATIENT' | 'PATIENT_EXIT' | 'URGENT' | 'SLICED' | 'PROTECT';

export type OrderType = 'MARKET' | 'LIMIT' | 'POST_ONLY' | 'STOP';

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTD';

/** Costs expected of one order. */
export interface ExpectedCost {
  fee_bps: number;
  spread_bps: number;
  slippage_bps: number;
}

/** A route that was not taken. */
export interface RouteAlternative {
  route: string;
  cost_bps: number;
  rejected_because: string;
}

/** The portfolio at the moment of the decision. */
export interface DecisionState {
  state: TradingState;
  conditions: Condition[];
  nav: Money | null;
  unit_price: Money | null;
  hwm: Money | null;
  drawdown_bps: number | null;
  day_bps: number | null;
  week_bps: number | null;
  realised_day: Money | null;
  exposure_bps: number | null;
  positions: number;
  slots_free: number;
  reservations: number;
  quarantine: QuarantinedFill[];
  cash_free: Money | null;
  entries_1h: number;
  entries_24h: number;
  consecutive_losses: number;
  regime: string;
  safe_mode: SafeMode;
  breakers_open: string[];
}

/** A reason for REDUCING or HALTED. */
export interface Condition {
  code: string;
  state: TradingState;
  scope: string;
  actor: string;
  reason: string;
  set_at: Micros;
  until: Micros | null;
  clears_by: string;
  source: string;
}

/** A fill that is not booked until an operator decides. */
export interface QuarantinedFill {
  fill_id: string;
  order_id: string | null;
  instrument: string;
  side: OrderSide;
  quantity: Quantity;
  price: Price;
  reason: string;
  at: Micros;
}

export type OrderSide = 'BUY' | 'SELL';

export type SafeMode = 'CLEAR' | 'PAUSED' | 'RECOVERY';

/** What would have changed the action. */
export interface Flip {
  gate: number;
  policy_key: string | null;
  from: string;
  to: string;
  certain: boolean;
}

/** Funding and open interest of a derivative. */
export interface DerivativesState {
  instrument: string;
  venue: string;
  /** The venue's time; received_at with flag TIME_ESTIMATED where it sends none. */
  event_time: Micros;
  received_at: Micros;
  sequence: number | null;
  flags: string[];
  /** Fraction per interval. */
  funding_rate: number;
  funding_predicted: number | null;
  funding_interval_s: number;
  next_funding_time: Micros;
  open_interest: number;
  open_interest_usd: Money;
  oi_change_24h_bps: number | null;
  mark_price: Price;
  oracle_price: Price | null;
}

/** A signal with everything the decision may use, for one portfolio. */
export interface EnrichedSignal {
  signal_id: string;
  portfolio: string;
  run_id: string;
  mode: Mode;
  /** The canonical copy. */
  signal: Signal;
  raw_instrument: string;
  raw_source: string;
  source_class: SourceClass;
  source_prior: Grade;
  log_position: LogPosition;
  appended_at: Micros;
  enriched_at: Micros;
  route_hash: string;
  config_hash: string;
  profile: string;
  admission: Admission;
  quote: EnrichedQuote | null;
  mid: Price | null;
  /** Mid of the last quote at or before event_time. */
  signal_mid: Price | null;
  median_mid_5m: Price | null;
  spread_bps: number | null;
  /** Signed: (mid − entry)/entry. */
  drift_bps: number | null;
  depth: DepthBand[];
  depth_time: Micros | null;
  depth_offset: number | null;
  feed_gap_bps: number | null;
  change_5m_bps: number | null;
  change_30m_bps: number | null;
  change_1h_bps: number | null;
  change_24h_bps: number | null;
  volume_24h_usd: Money | null;
  /** Named <interval>.<indicator>, e.g. 1h.rsi_14. */
  features: Record<string, number>;
  /** By interval. */
  bars: Record<string, EnrichedBar>;
  derivatives: EnrichedDerivatives | null;
  levels: Levels | null;
  /** Order-book imbalance by band in bps. */
  obi: Record<string, number> | null;
  info: EnrichedInfo | null;
  universe: Universe | null;
  regime: Regime | null;
  corroboration: Corroboration;
  trust_parts: TrustParts;
  tradeability_base: number | null;
  pump_flags: string[];
  token_safety: TokenSafety | null;
  /** The known keys, typed. */
  evidence: Record<string, number | boolean | string>;
  flags: string[];
  input_ages_us: Record<string, number>;
  max_input_age_us: number;
  success: boolean;
  /** Canonical JSON for models. */
  payload: string;
  payload_trims: string[];
}

/** A trading signal as a sender states it; the public input. */
export interface Signal {
  instrument: string;
  direction: Direction;
  source: string;
  event_time: Micros;
  signal_type: string;
  /** The provider's own id. */
  event_id: string | null;
  /** Names one arm. */
  strategy: string | null;
  /** The price the sender saw. */
  entry_price: Price | null;
  /** Base units; an opening signal may only reduce the computed size with it. */
  size: Quantity | null;
  liquidation_price: Price | null;
  stop_price: Price | null;
  take_profit_price: Price | null;
  trailing_stop_bps: number | null;
  max_hold_s: number | null;
  /** How long the edge should last; for evaluation only. */
  horizon_s: number | null;
  /** May only shorten the age limit. */
  valid_until: Micros | null;
  confidence: number | null;
  strength: number | null;
  expected_edge_bps: number | null;
  thesis: string | null;
  evidence: Record<string, string>;
}

export type Direction = 'long' | 'short' | 'close_long' | 'close_short';

export type SourceClass = 'hype' | 'evidence' | 'enricher';

/** A place in the log. */
export interface LogPosition {
  topic: string;
  partition: number;
  offset: number;
}

/** The early validation: all reasons, the first one is primary. */
export interface Admission {
  verdict: AdmissionVerdict;
  reasons: string[];
}

export type AdmissionVerdict = 'admit' | 'refuse';

/** The quote that enrichment used. */
export interface EnrichedQuote {
  bid: Price;
  ask: Price;
  bid_size: Quantity;
  ask_size: Quantity;
  event_time: Micros;
  offset: number;
  age_us: number;
  flags: string[];
}

/** Quote-currency value on each side within a band around mid. */
export interface DepthBand {
  band_bps: number;
  bid_usd: Money;
  ask_usd: Money;
}

/** The newest closed bar of an interval. */
export interface EnrichedBar {
  close_time: Micros;
  offset: number;
  age_us: number;
}

/** The derivatives state that enrichment used. */
export interface EnrichedDerivatives {
  funding_rate: number;
  funding_predicted: number | null;
  funding_interval_s: number;
  next_funding_time: Micros;
  open_interest: number;
  open_interest_usd: Money;
  oi_change_24h_bps: number | null;
  mark_price: Price;
  oracle_price: Price | null;
  offset: number;
  age_us: number;
}

/** Supports below and resistances above the close. */
export interface Levels {
  support: Level[];
  resistance: Level[];
}

/** A support or resistance. */
export interface Level {
  price: number;
  strength: number;
}

/** The instrument info that enrichment used. */
export interface EnrichedInfo {
  venue: string;
  venue_symbol: string;
  kind: InstrumentKind;
  base: string;
  quote: string;
  chain: string | null;
  address: string | null;
  status: InstrumentStatus;
  filters: Filters;
  fees: Fees;
  max_leverage: number;
  contract_size: Quantity;
  listed_at: Micros | null;
  market_cap_usd: Money | null;
  theme: string;
  compliance: string[];
  feed: Feed;
  facts_at: Micros;
  derived_at: Micros;
  offset: number;
  age_us: number;
}

export type InstrumentKind = 'spot' | 'perp' | 'token';

export type InstrumentStatus = 'TRADING' | 'POST_ONLY' | 'LIMIT_ONLY' | 'CANCEL_ONLY' | 'HALTED' | 'OFFLINE';

/** The venue's rules for an order; null = the venue documents no such limit. */
export interface Filters {
  tick: Price;
  min_price: Price | null;
  max_price: Price | null;
  step: Quantity;
  min_qty: Quantity | null;
  max_qty: Quantity | null;
  market_step: Quantity | null;
  market_min_qty: Quantity | null;
  market_max_qty: Quantity | null;
  min_notional: Money | null;
  max_notional: Money | null;
  apply_min_to_market: boolean;
  apply_max_to_market: boolean;
  price_band: PriceBand | null;
  max_orders: number | null;
  max_algo_orders: number | null;
  max_position: Quantity | null;
}

/** Factors of the reference price between which a limit price must lie, by side. */
export interface PriceBand {
  bid_down: Decimal;
  bid_up: Decimal;
  ask_down: Decimal;
  ask_up: Decimal;
}

/** Fee rates of a venue for an instrument. */
export interface Fees {
  maker_bps: number;
  taker_bps: number;
}

/** Health of the market feed. */
export interface Feed {
  connected: boolean;
  breaker: Breaker;
  /** Share of failed calls over 900 s. */
  error_bps: number | null;
  measured_at: Micros;
}

export type Breaker = 'closed' | 'half_open' | 'open';

/** Tier and eligibility of an instrument. */
export interface Universe {
  tier: Tier | null;
  eligible: boolean;
  reasons: UniverseReason[];
  since: Micros;
  inputs: Record<string, number>;
}

/** Why an instrument is not eligible, with what was seen and what was asked. */
export interface UniverseReason {
  code: string;
  value: number | null;
  limit: number | null;
}

/** The market regime and the figures it follows from; null until its bars are there. */
export interface Regime {
  tag: string;
  trend: RegimeTrend;
  volatility: RegimeVolatility;
  confidence: number;
  /** % change over 168 h. */
  t: number | null;
  /** Annualised volatility, %. */
  v: number | null;
  /** Slope of daily closes, % of their mean per day. */
  s: number | null;
  /** % below the 30-day high. */
  d: number | null;
  /** Daily ATR, % of close. */
  a: number | null;
  fear_greed: number | null;
  as_of: Micros;
  pending_count: number;
}

export type RegimeTrend = 'crash' | 'bear' | 'chop' | 'bull' | 'unknown';

export type RegimeVolatility = 'low' | 'normal' | 'high' | 'unknown';

/** Independent providers that said the same within the window. */
export interface Corroboration {
  count: number;
  level: number;
  quality: CorroborationQuality;
  providers: string[];
}

export type CorroborationQuality = 'STRONG' | 'WEAK';

/** What the trust score is made of, as far as enrichment can know it. */
export interface TrustParts {
  provenance: Provenance;
  checkable: number;
  verified: number;
  rug_flags: string[];
  sybil: SybilRisk;
}

export type Provenance = 'proven' | 'missing' | 'contradicted';

export type SybilRisk = 'UNKNOWN' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Verdicts on an on-chain token; UNKNOWN is not safe. */
export interface TokenSafety {
  honeypot: HoneypotVerdict;
  rug: RugVerdict;
  rug_score: number | null;
  sybil: SybilRisk;
  holder_risk: number | null;
  rugcheck_safe: boolean | null;
}

export type HoneypotVerdict = 'UNKNOWN' | 'SAFE' | 'CAUTION' | 'DANGER' | 'HONEYPOT';

export type RugVerdict = 'UNKNOWN' | 'SAFE' | 'CAUTION' | 'DANGER' | 'RUG';

/** A price rule of a position has fired. */
export interface ExitTrigger {
  trigger_id: string;
  /** "" for scope PORTFOLIO. */
  position_id: string;
  instrument: string;
  portfolio: string;
  run_id: string;
  mode: Mode;
  scope: ExitScope;
  /** Reason code of the exit. */
  rule: string;
  urgency: ExitUrgency;
  /** The price that fired it. */
  price: Price | null;
  mid: Price | null;
  mark_age_us: number;
  inputs: ExitInput[];
  stop_price: Price | null;
  also_fired: string[];
  /** The market record's time. */
  event_at: Micros;
}

export type ExitScope = 'POSITION' | 'PORTFOLIO';

export type ExitUrgency = 'URGENT' | 'PATIENT_EXIT';

/** One input of an exit rule. */
export interface ExitInput {
  name: string;
  value: number | null;
  offset: number | null;
  age_us: number | null;
}

/** What is known of an instrument: venue facts, universe verdict, regime, feed health. */
export interface InstrumentInfo {
  instrument: string;
  venue: string;
  /** The venue's time; received_at with flag TIME_ESTIMATED where it sends none. */
  event_time: Micros;
  received_at: Micros;
  sequence: number | null;
  flags: string[];
  venue_symbol: string;
  kind: InstrumentKind;
  base: string;
  quote: string;
  chain: string | null;
  address: string | null;
  status: InstrumentStatus;
  filters: Filters;
  fees: Fees;
  max_leverage: number;
  contract_size: Quantity;
  listed_at: Micros | null;
  /** When the venue facts were last read. */
  facts_at: Micros;
  volume_24h_usd: Money | null;
  market_cap_usd: Money | null;
  theme: string;
  /** Names of the compliance lists that hold its base. */
  compliance: string[];
  universe: Universe;
  /** When volume, market cap and universe were derived. */
  derived_at: Micros;
  regime: Regime;
  feed: Feed;
}

/** What a closed trade changed in learned state; folding it is assignment. */
export interface Lesson {
  lesson_id: string;
  portfolio: string;
  run_id: string;
  mode: Mode;
  trade_id: string;
  lesson_seq: number;
  applied: boolean;
  skip_code: string | null;
  reward: Decimal | null;
  win: boolean | null;
  propensity: number | null;
  bandit: LessonBandit | null;
  source: LessonSource | null;
  payoff: LessonPayoff | null;
  /** Sum of n over all sources. */
  n_total: number;
  /** The trade's. */
  closed_at: Micros;
}

/** Row of the bandit, absolute values. */
export interface LessonBandit {
  strategy: string;
  regime: string;
  wins: number;
  losses: number;
  penalty: number;
  n: number;
  alpha: number;
  beta: number;
}

/** Row of a source, absolute values. */
export interface LessonSource {
  source: string;
  n: number;
  wins: number;
  penalty: number;
  score: number;
  ucb: number;
  grade: Grade | null;
}

/** Row of the payoff, absolute values. */
export interface LessonPayoff {
  strategy: string;
  regime: string;
  n_win: number;
  n_loss: number;
  sum_win_ret: Decimal;
  /** Absolute. */
  sum_loss_ret: Decimal;
}

/** What closing a position would pay now, and the state of its price rules. */
export interface Mark {
  portfolio: string;
  run_id: string;
  mode: Mode;
  position_id: string;
  instrument: string;
  bid: Price;
  ask: Price;
  mid: Price;
  venue_at: Micros;
  offset: number;
  /** Value of one unit of a fee asset in the quote currency. */
  fee_rates: Record<string, Decimal>;
  regime_tag: string;
  status: InstrumentStatus;
  eligible: boolean;
  best_price: Price | null;
  stop_price: Price | null;
  stop_kind: StopKind | null;
  armed: string[];
  /** State per rule: OK, ARMED, FIRED, DISABLED, UNAVAILABLE:<input>. */
  rules: Record<string, string>;
}

export type StopKind = 'STOP_LOSS' | 'BREAKEVEN_STOP' | 'TRAILING_STOP';

/** One wish of the decision towards a venue. */
export interface OrderCommand {
  command_id: string;
  action: CommandAction;
  scope: CancelScope | null;
  portfolio: string;
  run_id: string;
  account: string;
  venue: string;
  /** null = all. */
  instrument: string | null;
  mode: Mode;
  backend: Backend;
  signal_id: string | null;
  decision_id: string;
  intent_id: string | null;
  leg: string | null;
  attempt: number | null;
  order_id: string | null;
  client_order_id: string | null;
  replaces_order_id: string | null;
  intent: Intent | null;
  side: OrderSide | null;
  position_side: PositionSide | null;
  position_id: string | null;
  reduce_only: boolean;
  quantity: Quantity | null;
  quote_notional: Money | null;
  order_type: OrderType | null;
  time_in_force: TimeInForce | null;
  expires_at: Micros | null;
  price_rule: PriceRule | null;
  limit_price: Price | null;
  stop_price: Price | null;
  stop_source: StopSource | null;
  collar_bps: number | null;
  collar_price: Price | null;
  route: Route | null;
  route_step: string | null;
  ttl_s: number | null;
  route_reason: string;
  tier: Tier | null;
  confidence_bps: number | null;
  reference_bid: Price | null;
  reference_ask: Price | null;
  reference_at: Micros | null;
  reference_offset: number | null;
  decided_at: Micros;
  /** null: never expires (CANCEL). */
  valid_until: Micros | null;
  policy_hash: string;
  reason: string;
}

export type CommandAction = 'PLACE' | 'CANCEL' | 'CANCEL_ALL' | 'RECONCILE';

export type CancelScope = 'OPENING' | 'ALL';

export type Backend = 'SIMULATED' | 'SHADOW' | 'TESTNET' | 'LIVE';

export type Intent = 'OPEN' | 'ADD' | 'REDUCE' | 'CLOSE';

export type PriceRule = 'FIXED' | 'PASSIVE' | 'CROSS' | 'NONE';

export type StopSource = 'BID_ASK' | 'LAST' | 'MARK';

/** One fact about an order, an account or a venue. */
export interface OrderEvent {
  event_id: string;
  type: OrderEventType;
  order_id: string | null;
  client_order_id: string | null;
  venue_order_id: string | null;
  decision_id: string | null;
  signal_id: string | null;
  /** Of the command. */
  decided_at: Micros | null;
  portfolio: string;
  run_id: string;
  mode: Mode;
  account: string;
  venue: string;
  /** "" where the event concerns none. */
  instrument: string;
  evidence: OrderEvidence;
  venue_at: Micros | null;
  observed_at: Micros;
  reason: string;
  detail: string;
  price: Price | null;
  stop_price: Price | null;
  quantity: Quantity | null;
  bid: Price | null;
  ask: Price | null;
  bid_size: Quantity | null;
  ask_size: Quantity | null;
  quote_at: Micros | null;
  spread_bps: number | null;
  expected_slippage_bps: number | null;
  expected_fee_bps: number | null;
  claim: string | null;
  send_deadline_at: Micros | null;
  fill_id: string | null;
  venue_trade_id: string | null;
  side: OrderSide | null;
  quote_quantity: Money | null;
  /** In fee_asset; negative = rebate. */
  fee: Money | null;
  fee_asset: string | null;
  /** Value of one fee_asset in the quote currency. */
  fee_rate: Decimal | null;
  fee_quote: Money | null;
  liquidity: Liquidity | null;
  synthetic: boolean;
  filled_quantity_reported: Quantity | null;
  venue_state: VenueState | null;
  reconciliation: Reconciliation | null;
  funding: Funding | null;
  shadow: ShadowOrder | null;
}

export type OrderEventType = 'SUBMITTING' | 'ACCEPTED' | 'FILL' | 'CANCEL_REQUESTED' | 'CANCEL_REJECTED' | 'CANCELED' | 'EXPIRED' | 'REJECTED' | 'DENIED' | 'UNKNOWN' | 'NOT_PLACED' | 'SHADOWED' | 'VENUE_STATE' | 'RECONCILING' | 'RECONCILED' | 'FUNDING' | 'LIQUIDATED';

export type OrderEvidence = 'RESPONSE' | 'STREAM' | 'QUERY' | 'RECONCILE' | 'LOCAL' | 'SIMULATED';

export type Liquidity = 'MAKER' | 'TAKER' | 'UNKNOWN';

/** What execution knows of a venue. */
export interface VenueState {
  connected: boolean;
  breaker: Breaker;
  limited_until: Micros | null;
  clock_offset_ms: number | null;
  maintenance: boolean;
  local_halt: boolean;
}

/** The verdict of one reconciliation. */
export interface Reconciliation {
  clean: boolean;
  kind: ReconcileKind;
  claim: string | null;
  cursor: string;
  assets: ReconciledAsset[];
  positions: ReconciledPosition[];
  open_orders: ReconciledOrder[];
  findings: ReconcileFinding[];
  evidence_hash: string;
}

export type ReconcileKind = 'LIGHT' | 'FULL';

/** One asset compared. */
export interface ReconciledAsset {
  asset: string;
  baseline: Quantity;
  expected: Quantity;
  actual: Quantity;
  diff: Quantity;
  tolerance: Quantity;
}

/** One position as the venue reports it. */
export interface ReconciledPosition {
  instrument: string;
  /** Signed. */
  quantity: Quantity;
  average_price: Price | null;
}

/** One open order as the venue reports it. */
export interface ReconciledOrder {
  venue_order_id: string;
  client_order_id: string;
  instrument: string;
  side: OrderSide;
  quantity: Quantity;
  filled_quantity: Quantity;
}

/** One difference. */
export interface ReconcileFinding {
  code: string;
  instrument: string | null;
  asset: string | null;
  order_id: string | null;
  venue_order_id: string | null;
  venue_trade_id: string | null;
  ours: Decimal | null;
  theirs: Decimal | null;
  delta: Decimal | null;
  detail: string;
}

/** One funding payment of a position. */
export interface Funding {
  position_id: string;
  funding_time: Micros;
  /** Signed: received > 0. */
  amount: Money;
  asset: string;
  rate: Decimal | null;
  mark_price: Price | null;
  /** Signed. */
  quantity: Quantity;
}

/** What would have been sent. */
export interface ShadowOrder {
  route: Route;
  price: Price | null;
  quantity: Quantity | null;
  quote_age_us: number | null;
  spread_ok: boolean;
  depth_ok: boolean;
  would_place: boolean;
  refusal_code: string | null;
}

/** A policy takes effect from the next record. */
export interface PolicyActivated {
  control_id: string;
  portfolio: string;
  run_id: string;
  mode: Mode;
  /** The resolved document as canonical JSON. */
  policy: string;
  policy_hash: string;
  actor: string;
  reason: string;
  /** null for the first. */
  previous_hash: string | null;
  apply_to_open: ApplyToOpen;
  issued_at: Micros;
  expires_at: Micros | null;
}

export type ApplyToOpen = 'keep' | 'tighten';

/** A position after a change, and once an hour while it is open. */
export interface Position {
  portfolio: string;
  run_id: string;
  mode: Mode;
  instrument: string;
  venue: string;
  position_id: string;
  sequence: number;
  side: PositionSide;
  /** Absolute; 0 = flat. */
  qty: Quantity;
  avg_price: Price;
  cost: Money;
  mark: Price | null;
  unrealised: Money | null;
  realised_net: Money;
  fees: Money;
  funding: Money;
  strategy: string;
  tier: Tier;
  theme: string;
  stop_bps: number;
  target_bps: number;
  trail_bps: number | null;
  trail_arm_bps: number | null;
  stop_price: Price | null;
  stop_kind: StopKind | null;
  best_price: Price | null;
  armed: string[];
  protected: boolean;
  rules: Record<string, string>;
  entry_volume_hourly: Quantity | null;
  opened_at: Micros;
  /** Last entry fill: monitor uses no older market record. */
  last_entry_at: Micros;
  hold_until: Micros;
  pending_reduction_qty: Quantity;
  param_version: string | null;
  policy_hash: string;
  decision_id: string;
}

/** The best prices of an instrument at one moment. */
export interface Quote {
  instrument: string;
  venue: string;
  /** The venue's time; received_at with flag TIME_ESTIMATED where it sends none. */
  event_time: Micros;
  received_at: Micros;
  sequence: number | null;
  flags: string[];
  bid: Price;
  ask: Price;
  bid_size: Quantity;
  ask_size: Quantity;
  last: Price | null;
  depth: DepthBand[];
  depth_time: Micros | null;
}

/** One chunk of the state of a stage partition at one offset. */
export interface Snapshot {
  stage: string;
  partition: number;
  version: string;
  offset: number;
  claim: string;
  chunk: number;
  chunks: number;
  /** Of the whole state. */
  hash: string;
  inputs: SnapshotInput[];
  /** Running hash of the input. */
  input_hash: string;
  outputs: SnapshotOutput[];
  claims: SnapshotClaims[];
  bytes: Uint8Array;
}

/** How far an input partition was taken. */
export interface SnapshotInput {
  topic: string;
  partition: number;
  /** Incarnation of the topic; "" where the log has none. */
  topic_id: string;
  /** Next offset to take. */
  offset: number;
}

/** How far an output partition was written. */
export interface SnapshotOutput {
  topic: string;
  partition: number;
  topic_id: string;
  end_offset: number;
  last_offset: number;
  last_index: number;
}

/** The claim table of one partition at that position: <stage>/<topic>/<partition> to claim. */
export interface SnapshotClaims {
  topic: string;
  partition: number;
  claims: Record<string, string>;
}

/** Time, written into the journal. */
export interface Tick {
  tick_at: Micros;
  skew_ms: number | null;
}

/** A closed round trip with its attribution; every amount is signed as its contribution to profit. */
export interface Trade {
  trade_id: string;
  position_id: string;
  decision_id: string;
  signal_id: string | null;
  portfolio: string;
  run_id: string;
  mode: Mode;
  instrument: string;
  venue: string;
  source: string;
  source_class: string;
  signal_type: string;
  strategy: string;
  param_version: string | null;
  /** Tag at entry. */
  regime: string;
  tier: Tier;
  theme: string;
  corroboration_level: number;
  side: PositionSide;
  qty_max: Quantity;
  decided_qty: Quantity;
  entry_notional: Money;
  exit_notional: Money;
  entry_vwap: Price;
  exit_vwap: Price;
  gross: Money;
  net: Money;
  net_bps: number | null;
  r_multiple: number | null;
  leg_edge: Money;
  leg_opportunity: Money;
  leg_decision_delay: Money;
  leg_send_latency: Money;
  leg_entry_slippage: Money;
  leg_exit_delay: Money;
  leg_exit_slippage: Money;
  leg_fees: Money;
  leg_funding: Money;
  entry_fee: Money;
  exit_fee: Money;
  maker_entry_notional: Money;
  maker_exit_notional: Money;
  mfe_bps: number | null;
  mae_bps: number | null;
  n_fills: number;
  nav_before: Money | null;
  nav_after: Money | null;
  signal_ts: Micros | null;
  decided_at: Micros;
  accepted_at: Micros | null;
  first_fill_at: Micros | null;
  exit_signal_at: Micros | null;
  exit_accepted_at: Micros | null;
  opened_at: Micros;
  closed_at: Micros;
  hold_s: number;
  exit_reason: string;
  conviction: number | null;
  confidence: number | null;
  trust: number | null;
  propensity: number | null;
  arms: Arm[];
  verdict: TradeVerdict | null;
  /** References without a price. */
  missing: string[];
  unpriced: boolean;
  policy_hash: string;
}

/** The last verdict on a trade. */
export interface TradeVerdict {
  judge_verdict: string | null;
  confidence: number;
  catastrophic: boolean;
  synthetic: boolean;
}

/** What an analysis says about a decision; it can only reduce risk. */
export interface Verdict {
  verdict_id: string;
  kind: AnalysisKind;
  portfolio: string;
  run_id: string;
  mode: Mode;
  decision_id: string;
  signal_id: string;
  instrument: string;
  action: VerdictAction;
  size_factor: number;
  stop_price: Price | null;
  order_type: OrderType | null;
  offset_bps: number | null;
  judge_verdict: string | null;
  confidence: number;
  trust: number | null;
  catastrophic: boolean;
  synthetic: boolean;
  codes: string[];
  analysis_id: string;
  agent_set_id: string;
  cost_usd: Money;
  spend_day_usd: Money;
  spend_month_usd: Money;
  valid_from: Micros;
}

export type VerdictAction = 'NONE' | 'FLAG' | 'SHRINK' | 'VETO' | 'TIGHTEN_STOP' | 'EXIT' | 'FORCE_CLOSE';

export interface RecordTypes {
  Analysis: Analysis;
  Candle: Candle;
  CashFlow: CashFlow;
  Control: Control;
  DeadLetter: DeadLetter;
  Decision: Decision;
  DerivativesState: DerivativesState;
  EnrichedSignal: EnrichedSignal;
  ExitTrigger: ExitTrigger;
  InstrumentInfo: InstrumentInfo;
  Lesson: Lesson;
  Mark: Mark;
  OrderCommand: OrderCommand;
  OrderEvent: OrderEvent;
  PolicyActivated: PolicyActivated;
  Position: Position;
  Quote: Quote;
  Signal: Signal;
  Snapshot: Snapshot;
  Tick: Tick;
  Trade: Trade;
  Verdict: Verdict;
}

export type RecordName = keyof RecordTypes;

export const RECORD_NAMES: readonly RecordName[] = ['Analysis', 'Candle', 'CashFlow', 'Control', 'DeadLetter', 'Decision', 'DerivativesState', 'EnrichedSignal', 'ExitTrigger', 'InstrumentInfo', 'Lesson', 'Mark', 'OrderCommand', 'OrderEvent', 'PolicyActivated', 'Position', 'Quote', 'Signal', 'Snapshot', 'Tick', 'Trade', 'Verdict'];

export function blankAnalysis(): Analysis {
  return {
    analysis_id: '',
    call_id: '',
    phase: 'INTENT',
    kind: 'POST_TRADE',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    decision_id: '',
    signal_id: '',
    instrument: '',
    agent_set_id: '',
    evaluation_id: null,
    agent: '',
    attempt: 0,
    fallback: 0,
    fallback_from: null,
    repair: 0,
    vendor: '',
    model: '',
    served_model: null,
    contract: '',
    contract_hash: '',
    prompt_version: '',
    prompt_hash: '',
    rendered_hash: '',
    request: '',
    response: '',
    parsed: null,
    status: null,
    error_code: null,
    codes: [],
    tokens_in: null,
    tokens_cached: null,
    tokens_out: null,
    reserved_usd: null,
    cost_usd: null,
    spend_day: '',
    latency_ms: null,
    synthetic: false,
    due_at: null,
    valid_from: 0,
    leak_risk: false,
  };
}

export function blankCandle(): Candle {
  return {
    instrument: '',
    venue: '',
    event_time: 0,
    received_at: 0,
    sequence: null,
    flags: [],
    interval: '1m',
    open_time: 0,
    close_time: 0,
    open: 0n,
    high: 0n,
    low: 0n,
    close: 0n,
    volume: 0n,
    quote_volume: null,
    trades_count: null,
    revision: 0,
    history: false,
    filler: false,
  };
}

export function blankCashFlow(): CashFlow {
  return {
    control_id: '',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    amount: 0n,
    asset: '',
    actor: '',
    reason: '',
    issued_at: 0,
  };
}

export function blankControl(): Control {
  return {
    control_id: '',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    type: 'KILL',
    actor: '',
    reason: '',
    issued_at: 0,
    expires_at: null,
    params: blankControlParams(),
  };
}

export function blankControlParams(): ControlParams {
  return {
    state: null,
    cancel_protective: null,
    instrument: null,
    position_id: null,
    order_id: null,
    strategy: null,
    until: null,
    flag: null,
    codes: [],
    baseline: null,
    gate: null,
    max_uses: null,
    report_hash: null,
    account: null,
    policy_hash: null,
    holder: null,
    notional: null,
    asset: null,
    quantity: null,
    price: null,
    evidence_hash: null,
    fill_id: null,
    control_id: null,
    alert_id: null,
    snapshot: null,
  };
}

export function blankParamSnapshot(): ParamSnapshot {
  return {
    strategy: '',
    day: '',
    params: '',
    param_version: '',
    git_sha: '',
    sharpe_7d: null,
    sharpe_30d: null,
    backtest_sharpe: null,
    psr_30d: null,
    n_trades_7d: 0,
    n_trades_30d: 0,
    win_rate_7d: null,
    avg_pnl_7d: null,
    max_dd_30d: null,
    slippage_delta_bps: null,
    total_trades: 0,
    total_pnl: 0n,
    state: '',
    decay: false,
    slope: null,
    days_to_warning: null,
    days_to_critical: null,
    advice: '',
    notes: '',
  };
}

export function blankDeadLetter(): DeadLetter {
  return {
    dead_letter_id: '',
    version: 0,
    status: 'OPEN',
    stage: '',
    topic: '',
    partition: 0,
    offset: 0,
    key: null,
    value: new Uint8Array(0),
    value_bytes: null,
    value_sha256: null,
    headers: {},
    error_class: 'DECODE_FAILED',
    reason_code: '',
    message: '',
    schema_id: null,
    stage_version: '',
    attempts: 0,
    retry_of: null,
    note: null,
    actor: null,
    failed_at: 0,
    updated_at: 0,
  };
}

export function blankDecision(): Decision {
  return {
    decision_id: '',
    portfolio: '',
    kind: 'ENTRY',
    subject_type: 'signal',
    subject_id: '',
    target: '',
    signal_id: null,
    source: null,
    signal_type: null,
    strategy: null,
    instrument: null,
    venue: null,
    side: null,
    position_id: null,
    tier: null,
    theme: null,
    run_id: '',
    mode: 'backtest',
    profile: '',
    param_version: null,
    policy_hash: '',
    stage_version: '',
    journal: blankJournalPosition(),
    trace: '',
    action: 'EXECUTE',
    reason_code: '',
    reason_gate: null,
    reason_detail: '',
    warnings: [],
    canary: false,
    held: false,
    review_deadline: null,
    order_ids: [],
    reference_mid: null,
    hypothetical_notional: null,
    expected_cost_bps: null,
    signal_ts: null,
    enriched_ts: null,
    decided_at: 0,
    max_input_age_us: null,
    oldest_input: null,
    gates: [],
    scores: null,
    choice: null,
    sizing: null,
    plan: null,
    route: null,
    state: blankDecisionState(),
    flips: [],
  };
}

export function blankJournalPosition(): JournalPosition {
  return {
    partition: 0,
    offset: 0,
    index: 0,
  };
}

export function blankGateVerdict(): GateVerdict {
  return {
    gate: 0,
    name: '',
    verdict: 'PASS',
    class: 'B',
    observed: null,
    limit: null,
    unit: 'bps',
    margin: null,
    input_age_us: null,
    input_source: null,
    reason_code: null,
    waived_by: null,
    depends_on: null,
    policy_key: null,
  };
}

export function blankScores(): Scores {
  return {
    conviction: null,
    strength: null,
    confidence: null,
    boosts: {},
    regime_adjust: 0,
    trust: null,
    trust_parts: {},
    source_grade: null,
    source_n: 0,
    band: null,
  };
}

export function blankChoice(): Choice {
  return {
    arms: [],
    excluded: [],
    draw: null,
    chosen: null,
    propensity: null,
  };
}

export function blankArm(): Arm {
  return {
    strategy: '',
    alpha: 0,
    beta: 0,
    payoff: 0,
    weight: 0,
    probability: 0,
  };
}

export function blankExcludedArm(): ExcludedArm {
  return {
    strategy: '',
    reason: '',
  };
}

export function blankSizing(): Sizing {
  return {
    base_bps: 0,
    factors: [],
    parity_bps: null,
    requested: null,
    caps: [],
    binding: null,
    runner_up: null,
    need: null,
    bumped: false,
    notional: null,
    quantity: null,
    worst_price: null,
    reserved_cash: null,
  };
}

export function blankSizingFactor(): SizingFactor {
  return {
    name: '',
    value: 0,
    after_bps: 0,
  };
}

export function blankCap(): Cap {
  return {
    name: '',
    limit: null,
    used: 0n,
    reserved: 0n,
    headroom: null,
  };
}

export function blankPlan(): Plan {
  return {
    stop_bps: 0,
    target_bps: 0,
    trail_bps: null,
    trail_arm_bps: null,
    stop_price: 0n,
    target_price: 0n,
    hold_until: 0,
    risk_amount: 0n,
  };
}

export function blankDecisionRoute(): DecisionRoute {
  return {
    route: 'PATIENT',
    route_reason: '',
    venue: '',
    order_type: 'MARKET',
    limit_price: null,
    time_in_force: 'GTC',
    post_only: false,
    ttl_s: null,
    expected: blankExpectedCost(),
    alternatives: [],
  };
}

export function blankExpectedCost(): ExpectedCost {
  return {
    fee_bps: 0,
    spread_bps: 0,
    slippage_bps: 0,
  };
}

export function blankRouteAlternative(): RouteAlternative {
  return {
    route: '',
    cost_bps: 0,
    rejected_because: '',
  };
}

export function blankDecisionState(): DecisionState {
  return {
    state: 'ACTIVE',
    conditions: [],
    nav: null,
    unit_price: null,
    hwm: null,
    drawdown_bps: null,
    day_bps: null,
    week_bps: null,
    realised_day: null,
    exposure_bps: null,
    positions: 0,
    slots_free: 0,
    reservations: 0,
    quarantine: [],
    cash_free: null,
    entries_1h: 0,
    entries_24h: 0,
    consecutive_losses: 0,
    regime: '',
    safe_mode: 'CLEAR',
    breakers_open: [],
  };
}

export function blankCondition(): Condition {
  return {
    code: '',
    state: 'ACTIVE',
    scope: '',
    actor: '',
    reason: '',
    set_at: 0,
    until: null,
    clears_by: '',
    source: '',
  };
}

export function blankQuarantinedFill(): QuarantinedFill {
  return {
    fill_id: '',
    order_id: null,
    instrument: '',
    side: 'BUY',
    quantity: 0n,
    price: 0n,
    reason: '',
    at: 0,
  };
}

export function blankFlip(): Flip {
  return {
    gate: 0,
    policy_key: null,
    from: '',
    to: '',
    certain: false,
  };
}

export function blankDerivativesState(): DerivativesState {
  return {
    instrument: '',
    venue: '',
    event_time: 0,
    received_at: 0,
    sequence: null,
    flags: [],
    funding_rate: 0,
    funding_predicted: null,
    funding_interval_s: 0,
    next_funding_time: 0,
    open_interest: 0,
    open_interest_usd: 0n,
    oi_change_24h_bps: null,
    mark_price: 0n,
    oracle_price: null,
  };
}

export function blankEnrichedSignal(): EnrichedSignal {
  return {
    signal_id: '',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    signal: blankSignal(),
    raw_instrument: '',
    raw_source: '',
    source_class: 'hype',
    source_prior: 'A',
    log_position: blankLogPosition(),
    appended_at: 0,
    enriched_at: 0,
    route_hash: '',
    config_hash: '',
    profile: '',
    admission: blankAdmission(),
    quote: null,
    mid: null,
    signal_mid: null,
    median_mid_5m: null,
    spread_bps: null,
    drift_bps: null,
    depth: [],
    depth_time: null,
    depth_offset: null,
    feed_gap_bps: null,
    change_5m_bps: null,
    change_30m_bps: null,
    change_1h_bps: null,
    change_24h_bps: null,
    volume_24h_usd: null,
    features: {},
    bars: {},
    derivatives: null,
    levels: null,
    obi: null,
    info: null,
    universe: null,
    regime: null,
    corroboration: blankCorroboration(),
    trust_parts: blankTrustParts(),
    tradeability_base: null,
    pump_flags: [],
    token_safety: null,
    evidence: {},
    flags: [],
    input_ages_us: {},
    max_input_age_us: 0,
    success: false,
    payload: '',
    payload_trims: [],
  };
}

export function blankSignal(): Signal {
  return {
    instrument: '',
    direction: 'long',
    source: '',
    event_time: 0,
    signal_type: '',
    event_id: null,
    strategy: null,
    entry_price: null,
    size: null,
    liquidation_price: null,
    stop_price: null,
    take_profit_price: null,
    trailing_stop_bps: null,
    max_hold_s: null,
    horizon_s: null,
    valid_until: null,
    confidence: null,
    strength: null,
    expected_edge_bps: null,
    thesis: null,
    evidence: {},
  };
}

export function blankLogPosition(): LogPosition {
  return {
    topic: '',
    partition: 0,
    offset: 0,
  };
}

export function blankAdmission(): Admission {
  return {
    verdict: 'admit',
    reasons: [],
  };
}

export function blankEnrichedQuote(): EnrichedQuote {
  return {
    bid: 0n,
    ask: 0n,
    bid_size: 0n,
    ask_size: 0n,
    event_time: 0,
    offset: 0,
    age_us: 0,
    flags: [],
  };
}

export function blankDepthBand(): DepthBand {
  return {
    band_bps: 0,
    bid_usd: 0n,
    ask_usd: 0n,
  };
}

export function blankEnrichedBar(): EnrichedBar {
  return {
    close_time: 0,
    offset: 0,
    age_us: 0,
  };
}

export function blankEnrichedDerivatives(): EnrichedDerivatives {
  return {
    funding_rate: 0,
    funding_predicted: null,
    funding_interval_s: 0,
    next_funding_time: 0,
    open_interest: 0,
    open_interest_usd: 0n,
    oi_change_24h_bps: null,
    mark_price: 0n,
    oracle_price: null,
    offset: 0,
    age_us: 0,
  };
}

export function blankLevels(): Levels {
  return {
    support: [],
    resistance: [],
  };
}

export function blankLevel(): Level {
  return {
    price: 0,
    strength: 0,
  };
}

export function blankEnrichedInfo(): EnrichedInfo {
  return {
    venue: '',
    venue_symbol: '',
    kind: 'spot',
    base: '',
    quote: '',
    chain: null,
    address: null,
    status: 'TRADING',
    filters: blankFilters(),
    fees: blankFees(),
    max_leverage: 0,
    contract_size: 0n,
    listed_at: null,
    market_cap_usd: null,
    theme: '',
    compliance: [],
    feed: blankFeed(),
    facts_at: 0,
    derived_at: 0,
    offset: 0,
    age_us: 0,
  };
}

export function blankFilters(): Filters {
  return {
    tick: 0n,
    min_price: null,
    max_price: null,
    step: 0n,
    min_qty: null,
    max_qty: null,
    market_step: null,
    market_min_qty: null,
    market_max_qty: null,
    min_notional: null,
    max_notional: null,
    apply_min_to_market: true,
    apply_max_to_market: false,
    price_band: null,
    max_orders: null,
    max_algo_orders: null,
    max_position: null,
  };
}

export function blankPriceBand(): PriceBand {
  return {
    bid_down: 0n,
    bid_up: 0n,
    ask_down: 0n,
    ask_up: 0n,
  };
}

export function blankFees(): Fees {
  return {
    maker_bps: 0,
    taker_bps: 0,
  };
}

export function blankFeed(): Feed {
  return {
    connected: false,
    breaker: 'closed',
    error_bps: null,
    measured_at: 0,
  };
}

export function blankUniverse(): Universe {
  return {
    tier: null,
    eligible: false,
    reasons: [],
    since: 0,
    inputs: {},
  };
}

export function blankUniverseReason(): UniverseReason {
  return {
    code: '',
    value: null,
    limit: null,
  };
}

export function blankRegime(): Regime {
  return {
    tag: '',
    trend: 'crash',
    volatility: 'low',
    confidence: 0,
    t: null,
    v: null,
    s: null,
    d: null,
    a: null,
    fear_greed: null,
    as_of: 0,
    pending_count: 0,
  };
}

export function blankCorroboration(): Corroboration {
  return {
    count: 0,
    level: 0,
    quality: 'STRONG',
    providers: [],
  };
}

export function blankTrustParts(): TrustParts {
  return {
    provenance: 'proven',
    checkable: 0,
    verified: 0,
    rug_flags: [],
    sybil: 'UNKNOWN',
  };
}

export function blankTokenSafety(): TokenSafety {
  return {
    honeypot: 'UNKNOWN',
    rug: 'UNKNOWN',
    rug_score: null,
    sybil: 'UNKNOWN',
    holder_risk: null,
    rugcheck_safe: null,
  };
}

export function blankExitTrigger(): ExitTrigger {
  return {
    trigger_id: '',
    position_id: '',
    instrument: '',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    scope: 'POSITION',
    rule: '',
    urgency: 'URGENT',
    price: null,
    mid: null,
    mark_age_us: 0,
    inputs: [],
    stop_price: null,
    also_fired: [],
    event_at: 0,
  };
}

export function blankExitInput(): ExitInput {
  return {
    name: '',
    value: null,
    offset: null,
    age_us: null,
  };
}

export function blankInstrumentInfo(): InstrumentInfo {
  return {
    instrument: '',
    venue: '',
    event_time: 0,
    received_at: 0,
    sequence: null,
    flags: [],
    venue_symbol: '',
    kind: 'spot',
    base: '',
    quote: '',
    chain: null,
    address: null,
    status: 'TRADING',
    filters: blankFilters(),
    fees: blankFees(),
    max_leverage: 0,
    contract_size: 0n,
    listed_at: null,
    facts_at: 0,
    volume_24h_usd: null,
    market_cap_usd: null,
    theme: '',
    compliance: [],
    universe: blankUniverse(),
    derived_at: 0,
    regime: blankRegime(),
    feed: blankFeed(),
  };
}

export function blankLesson(): Lesson {
  return {
    lesson_id: '',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    trade_id: '',
    lesson_seq: 0,
    applied: false,
    skip_code: null,
    reward: null,
    win: null,
    propensity: null,
    bandit: null,
    source: null,
    payoff: null,
    n_total: 0,
    closed_at: 0,
  };
}

export function blankLessonBandit(): LessonBandit {
  return {
    strategy: '',
    regime: '',
    wins: 0,
    losses: 0,
    penalty: 0,
    n: 0,
    alpha: 0,
    beta: 0,
  };
}

export function blankLessonSource(): LessonSource {
  return {
    source: '',
    n: 0,
    wins: 0,
    penalty: 0,
    score: 0,
    ucb: 0,
    grade: null,
  };
}

export function blankLessonPayoff(): LessonPayoff {
  return {
    strategy: '',
    regime: '',
    n_win: 0,
    n_loss: 0,
    sum_win_ret: 0n,
    sum_loss_ret: 0n,
  };
}

export function blankMark(): Mark {
  return {
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    position_id: '',
    instrument: '',
    bid: 0n,
    ask: 0n,
    mid: 0n,
    venue_at: 0,
    offset: 0,
    fee_rates: {},
    regime_tag: '',
    status: 'TRADING',
    eligible: false,
    best_price: null,
    stop_price: null,
    stop_kind: null,
    armed: [],
    rules: {},
  };
}

export function blankOrderCommand(): OrderCommand {
  return {
    command_id: '',
    action: 'PLACE',
    scope: null,
    portfolio: '',
    run_id: '',
    account: '',
    venue: '',
    instrument: null,
    mode: 'backtest',
    backend: 'SIMULATED',
    signal_id: null,
    decision_id: '',
    intent_id: null,
    leg: null,
    attempt: null,
    order_id: null,
    client_order_id: null,
    replaces_order_id: null,
    intent: null,
    side: null,
    position_side: null,
    position_id: null,
    reduce_only: false,
    quantity: null,
    quote_notional: null,
    order_type: null,
    time_in_force: null,
    expires_at: null,
    price_rule: null,
    limit_price: null,
    stop_price: null,
    stop_source: null,
    collar_bps: null,
    collar_price: null,
    route: null,
    route_step: null,
    ttl_s: null,
    route_reason: '',
    tier: null,
    confidence_bps: null,
    reference_bid: null,
    reference_ask: null,
    reference_at: null,
    reference_offset: null,
    decided_at: 0,
    valid_until: null,
    policy_hash: '',
    reason: '',
  };
}

export function blankOrderEvent(): OrderEvent {
  return {
    event_id: '',
    type: 'SUBMITTING',
    order_id: null,
    client_order_id: null,
    venue_order_id: null,
    decision_id: null,
    signal_id: null,
    decided_at: null,
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    account: '',
    venue: '',
    instrument: '',
    evidence: 'RESPONSE',
    venue_at: null,
    observed_at: 0,
    reason: '',
    detail: '',
    price: null,
    stop_price: null,
    quantity: null,
    bid: null,
    ask: null,
    bid_size: null,
    ask_size: null,
    quote_at: null,
    spread_bps: null,
    expected_slippage_bps: null,
    expected_fee_bps: null,
    claim: null,
    send_deadline_at: null,
    fill_id: null,
    venue_trade_id: null,
    side: null,
    quote_quantity: null,
    fee: null,
    fee_asset: null,
    fee_rate: null,
    fee_quote: null,
    liquidity: null,
    synthetic: false,
    filled_quantity_reported: null,
    venue_state: null,
    reconciliation: null,
    funding: null,
    shadow: null,
  };
}

export function blankVenueState(): VenueState {
  return {
    connected: false,
    breaker: 'closed',
    limited_until: null,
    clock_offset_ms: null,
    maintenance: false,
    local_halt: false,
  };
}

export function blankReconciliation(): Reconciliation {
  return {
    clean: false,
    kind: 'LIGHT',
    claim: null,
    cursor: '',
    assets: [],
    positions: [],
    open_orders: [],
    findings: [],
    evidence_hash: '',
  };
}

export function blankReconciledAsset(): ReconciledAsset {
  return {
    asset: '',
    baseline: 0n,
    expected: 0n,
    actual: 0n,
    diff: 0n,
    tolerance: 0n,
  };
}

export function blankReconciledPosition(): ReconciledPosition {
  return {
    instrument: '',
    quantity: 0n,
    average_price: null,
  };
}

export function blankReconciledOrder(): ReconciledOrder {
  return {
    venue_order_id: '',
    client_order_id: '',
    instrument: '',
    side: 'BUY',
    quantity: 0n,
    filled_quantity: 0n,
  };
}

export function blankReconcileFinding(): ReconcileFinding {
  return {
    code: '',
    instrument: null,
    asset: null,
    order_id: null,
    venue_order_id: null,
    venue_trade_id: null,
    ours: null,
    theirs: null,
    delta: null,
    detail: '',
  };
}

export function blankFunding(): Funding {
  return {
    position_id: '',
    funding_time: 0,
    amount: 0n,
    asset: '',
    rate: null,
    mark_price: null,
    quantity: 0n,
  };
}

export function blankShadowOrder(): ShadowOrder {
  return {
    route: 'PATIENT',
    price: null,
    quantity: null,
    quote_age_us: null,
    spread_ok: false,
    depth_ok: false,
    would_place: false,
    refusal_code: null,
  };
}

export function blankPolicyActivated(): PolicyActivated {
  return {
    control_id: '',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    policy: '',
    policy_hash: '',
    actor: '',
    reason: '',
    previous_hash: null,
    apply_to_open: 'keep',
    issued_at: 0,
    expires_at: null,
  };
}

export function blankPosition(): Position {
  return {
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    instrument: '',
    venue: '',
    position_id: '',
    sequence: 0,
    side: 'LONG',
    qty: 0n,
    avg_price: 0n,
    cost: 0n,
    mark: null,
    unrealised: null,
    realised_net: 0n,
    fees: 0n,
    funding: 0n,
    strategy: '',
    tier: 'T1',
    theme: '',
    stop_bps: 0,
    target_bps: 0,
    trail_bps: null,
    trail_arm_bps: null,
    stop_price: null,
    stop_kind: null,
    best_price: null,
    armed: [],
    protected: false,
    rules: {},
    entry_volume_hourly: null,
    opened_at: 0,
    last_entry_at: 0,
    hold_until: 0,
    pending_reduction_qty: 0n,
    param_version: null,
    policy_hash: '',
    decision_id: '',
  };
}

export function blankQuote(): Quote {
  return {
    instrument: '',
    venue: '',
    event_time: 0,
    received_at: 0,
    sequence: null,
    flags: [],
    bid: 0n,
    ask: 0n,
    bid_size: 0n,
    ask_size: 0n,
    last: null,
    depth: [],
    depth_time: null,
  };
}

export function blankSnapshot(): Snapshot {
  return {
    stage: '',
    partition: 0,
    version: '',
    offset: 0,
    claim: '',
    chunk: 0,
    chunks: 0,
    hash: '',
    inputs: [],
    input_hash: '',
    outputs: [],
    claims: [],
    bytes: new Uint8Array(0),
  };
}

export function blankSnapshotInput(): SnapshotInput {
  return {
    topic: '',
    partition: 0,
    topic_id: '',
    offset: 0,
  };
}

export function blankSnapshotOutput(): SnapshotOutput {
  return {
    topic: '',
    partition: 0,
    topic_id: '',
    end_offset: 0,
    last_offset: 0,
    last_index: 0,
  };
}

export function blankSnapshotClaims(): SnapshotClaims {
  return {
    topic: '',
    partition: 0,
    claims: {},
  };
}

export function blankTick(): Tick {
  return {
    tick_at: 0,
    skew_ms: null,
  };
}

export function blankTrade(): Trade {
  return {
    trade_id: '',
    position_id: '',
    decision_id: '',
    signal_id: null,
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    instrument: '',
    venue: '',
    source: '',
    source_class: '',
    signal_type: '',
    strategy: '',
    param_version: null,
    regime: '',
    tier: 'T1',
    theme: '',
    corroboration_level: 0,
    side: 'LONG',
    qty_max: 0n,
    decided_qty: 0n,
    entry_notional: 0n,
    exit_notional: 0n,
    entry_vwap: 0n,
    exit_vwap: 0n,
    gross: 0n,
    net: 0n,
    net_bps: null,
    r_multiple: null,
    leg_edge: 0n,
    leg_opportunity: 0n,
    leg_decision_delay: 0n,
    leg_send_latency: 0n,
    leg_entry_slippage: 0n,
    leg_exit_delay: 0n,
    leg_exit_slippage: 0n,
    leg_fees: 0n,
    leg_funding: 0n,
    entry_fee: 0n,
    exit_fee: 0n,
    maker_entry_notional: 0n,
    maker_exit_notional: 0n,
    mfe_bps: null,
    mae_bps: null,
    n_fills: 0,
    nav_before: null,
    nav_after: null,
    signal_ts: null,
    decided_at: 0,
    accepted_at: null,
    first_fill_at: null,
    exit_signal_at: null,
    exit_accepted_at: null,
    opened_at: 0,
    closed_at: 0,
    hold_s: 0,
    exit_reason: '',
    conviction: null,
    confidence: null,
    trust: null,
    propensity: null,
    arms: [],
    verdict: null,
    missing: [],
    unpriced: false,
    policy_hash: '',
  };
}

export function blankTradeVerdict(): TradeVerdict {
  return {
    judge_verdict: null,
    confidence: 0,
    catastrophic: false,
    synthetic: false,
  };
}

export function blankVerdict(): Verdict {
  return {
    verdict_id: '',
    kind: 'POST_TRADE',
    portfolio: '',
    run_id: '',
    mode: 'backtest',
    decision_id: '',
    signal_id: '',
    instrument: '',
    action: 'NONE',
    size_factor: 0,
    stop_price: null,
    order_type: null,
    offset_bps: null,
    judge_verdict: null,
    confidence: 0,
    trust: null,
    catastrophic: false,
    synthetic: false,
    codes: [],
    analysis_id: '',
    agent_set_id: '',
    cost_usd: 0n,
    spend_day_usd: 0n,
    spend_month_usd: 0n,
    valid_from: 0,
  };
}
