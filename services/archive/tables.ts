// The tables that the archive writes, as lists of columns. H and T are the head and tail that tables share.
import { type Column, columns } from './column.ts';

const TABLES = {
  avro_schemas: columns(`
    fingerprint:s subject:c version:u schema_json:s first_seen:t _v:u`),
  archive_positions: columns(`
    topic:c partition:u next:u began:u incarnation:s claims:m(s) written_at:t _v:u`),
  records: columns(`
    mode:c run_id:c portfolio:c record:c ts:t appended_at:t key_b64:s weir_id:s weir_source:s weir_cause:s
    weir_trace:s headers:m(s) schema_fp:s value_b64:s sha256:s chain:s counts:b T`),
  signals: columns(`
    mode:c run_id:c instrument:c ts:t appended_at:t signal_id:s direction:c source:c signal_type:c event_id:s?
    strategy:c entry_price:d? size:d? liquidation_price:d? stop_price:d? take_profit_price:d? trailing_stop_bps:u?
    max_hold_s:u? valid_until:t? confidence:f? strength:f? thesis:s evidence:m(s) T`),
  enriched_signals: columns(`
    H signal_id:s signal_partition:u signal_offset:u enriched_at:t profile:c admission_verdict:c
    admission_reasons:c[] quote_bid:d? quote_ask:d? mid:d? signal_mid:d? quote_age_us:i? spread_bps:f? drift_bps:f?
    features:m(f) input_ages_us:m(i) max_input_age_us:i flags:c[] success:b regime_tag:c universe_tier:c
    corroboration_count:u corroboration_level:u corroboration_quality:c tradeability_base:u? route_hash:s
    config_hash:s T`),
  decisions: columns(`
    H decision_id:s signal_id:s kind:c subject_type:c subject_id:s source:c signal_type:c strategy:c side:c regime:c
    tier:c theme:c action:c reason_code:c reason_gate:u? canary:b held:b conviction:f? strength:f? confidence:f?
    trust:f? expected_cost_bps:f? requested:d? notional:d? quantity:d? binding:c runner_up:c worst_price:d?
    reference_mid:d? hypothetical_notional:d? stop_bps:i? target_bps:i? trail_bps:i? stop_price:d? target_price:d?
    hold_until:t? route:c route_reason:s chosen:c propensity:f? draw:f? signal_ts:t? enriched_at:t? decided_at:t
    review_deadline:t? max_input_age_us:i? stage_version:s param_version:s policy_hash:s T`),
  gate_verdicts: columns(`
    H decision_id:s signal_id:s gate:u name:c verdict:c class:c observed:d? limit:d? unit:c margin:f?
    input_age_us:i? input_source:s reason_code:c is_reason:b waived_by:s depends_on:u? policy_key:c policy_hash:s T`),
  equity: columns(`
    H decision_id:s nav:d? unit_price:d? hwm:d? drawdown_bps:i? day_bps:i? week_bps:i? realised_day:d? cash_free:d?
    exposure_bps:i? positions:u slots_free:u state:c regime:c T`),
  order_commands: columns(`
    H command_id:s action:c order_id:s client_order_id:s decision_id:s signal_id:s intent_id:s leg:c attempt:u
    intent:c side:c position_id:s reduce_only:b quantity:d? quote_notional:d? order_type:c time_in_force:c
    price_rule:c limit_price:d? stop_price:d? collar_bps:i? collar_price:d? route:c route_step:c route_reason:s
    ttl_s:u? tier:c reference_bid:d? reference_ask:d? reference_at:t? valid_until:t policy_hash:s reason:c T`),
  order_events: columns(`
    H event_id:s type:c order_id:s client_order_id:s venue_order_id:s decision_id:s signal_id:s decided_at:t?
    evidence:c venue_at:t? observed_at:t reason:c detail:s price:d? quantity:d? bid:d? ask:d? quote_at:t?
    filled_quantity_reported:d? T`),
  fills: columns(`
    H fill_id:s event_id:s order_id:s signal_id:s venue_trade_id:s side:i price:d quantity:d quote_quantity:d? fee:d
    fee_asset:c fee_rate:d? liquidity:c bid:d? ask:d? venue_at:t? observed_at:t synthetic:b T`),
  positions: columns(`
    H position_id:s sequence:u side:c qty:d avg_price:d cost:d mark:d? unrealised:d? realised_net:d fees:d funding:d
    strategy:c tier:c theme:c stop_bps:i? target_bps:i? trail_bps:i? trail_arm_bps:i? entry_volume_hourly:d?
    stop_price:d? stop_kind:c best_price:d? protected:b opened_at:t? hold_until:t? pending_reduction_qty:d
    rules:m(s) decision_id:s policy_hash:s T`),
  trades: columns(`
    H trade_id:s position_id:s decision_id:s signal_id:s source:c source_class:c signal_type:c strategy:c regime:c
    tier:c theme:c corroboration_level:u side:i qty_max:d decided_qty:d entry_notional:d exit_notional:d
    entry_vwap:d exit_vwap:d gross:d net:d net_bps:f? r_multiple:f? leg_edge:d leg_opportunity:d
    leg_decision_delay:d leg_send_latency:d leg_entry_slippage:d leg_exit_delay:d leg_exit_slippage:d leg_fees:d
    leg_funding:d entry_fee:d exit_fee:d maker_entry_notional:d maker_exit_notional:d mfe_bps:f? mae_bps:f?
    nav_before:d? nav_after:d? signal_ts:t? decided_at:t accepted_at:t? first_fill_at:t exit_signal_at:t?
    exit_accepted_at:t? closed_at:t hold_s:u exit_reason:c conviction:f? confidence:f? trust:f? propensity:f?
    n_fills:u missing:c[] unpriced:b param_version:s policy_hash:s T`),
  exit_triggers: columns(`
    H trigger_id:s position_id:s scope:c rule:c urgency:c price:d? mid:d? mark_age_us:i? stop_price:d?
    also_fired:c[] T`),
  lessons: columns(`
    H lesson_id:s trade_id:s lesson_seq:u applied:b skip_code:c win:b? reward:f? propensity:f? subject_kind:c
    subject:c regime:c wins:f losses:f penalty:f n:f score:f? grade:c n_win:u? n_loss:u? sum_win_ret:f?
    sum_loss_ret:f? T`),
  controls: columns(`
    H control_id:s type:c actor:s reason:s codes:c[] amount:d? asset:c until:t? payload:s T`),
  policies: columns(`
    run_id:c portfolio:c policy_hash:s previous_hash:s profile:c policy:s actor:s reason:s activated_at:t T`),
  candles: columns(`
    instrument:c venue:c interval:c ts:t close_time:t received_at:t open:d high:d low:d close:d volume:d
    quote_volume:d? trades_count:u? revision:u filler:b history:b T`),
  quotes: columns(`
    instrument:c venue:c ts:t received_at:t bid:d ask:d bid_size:d ask_size:d depth:m(d) sequence:u flags:c[] T`),
  instruments: columns(`
    instrument:c venue:c ts:t received_at:t status:c universe_tier:c regime_tag:c theme:c facts_at:t? derived_at:t?
    info:s T`),
  dead_letters: columns(`
    dead_letter_id:s version:u status:c stage:c topic:c partition:u offset:u key_b64:s value_b64:s value_sha256:s
    headers:m(s) error_class:c reason_code:c message:s stage_version:s attempts:u retry_of:s note:s actor:s ts:t
    updated_at:t T`),
} as const satisfies Record<string, readonly Column[]>;

export type TableName = keyof typeof TABLES;

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

export function columnsOf(table: TableName): readonly Column[] {
  return TABLES[table];
}
