-- Views that read every row once, whatever was stored twice; the same names for people and for the named queries.

CREATE OR REPLACE VIEW {db}.v_signals{on_cluster} AS SELECT * FROM {db}.signals FINAL;

CREATE OR REPLACE VIEW {db}.v_enriched_signals{on_cluster} AS SELECT * FROM {db}.enriched_signals FINAL;

CREATE OR REPLACE VIEW {db}.v_decisions{on_cluster} AS SELECT * FROM {db}.decisions FINAL;

CREATE OR REPLACE VIEW {db}.v_gate_verdicts{on_cluster} AS SELECT * FROM {db}.gate_verdicts FINAL;

CREATE OR REPLACE VIEW {db}.v_equity{on_cluster} AS SELECT * FROM {db}.equity FINAL;

CREATE OR REPLACE VIEW {db}.v_order_commands{on_cluster} AS SELECT * FROM {db}.order_commands FINAL;

CREATE OR REPLACE VIEW {db}.v_order_events{on_cluster} AS SELECT * FROM {db}.order_events FINAL;

CREATE OR REPLACE VIEW {db}.v_fills{on_cluster} AS SELECT * FROM {db}.fills FINAL;

CREATE OR REPLACE VIEW {db}.v_positions{on_cluster} AS SELECT * FROM {db}.positions FINAL;

CREATE OR REPLACE VIEW {db}.v_lessons{on_cluster} AS SELECT * FROM {db}.lessons FINAL;

CREATE OR REPLACE VIEW {db}.v_dead_letters{on_cluster} AS SELECT * FROM {db}.dead_letters FINAL;

CREATE OR REPLACE VIEW {db}.v_trades{on_cluster} AS
SELECT
    *,
    leg_edge + leg_opportunity + leg_decision_delay + leg_send_latency + leg_entry_slippage + leg_exit_delay + leg_exit_slippage + leg_fees + leg_funding - net AS residual,
    if(entry_notional = 0, NULL, 10000 * toFloat64(leg_edge) / toFloat64(entry_notional)) AS edge_bps,
    if(entry_notional = 0, NULL, 10000 * toFloat64(leg_fees) / toFloat64(entry_notional)) AS fees_bps,
    if(entry_notional = 0, NULL, 10000 * toFloat64(leg_entry_slippage + leg_exit_slippage) / toFloat64(entry_notional)) AS slippage_bps,
    dateDiff('microsecond', signal_ts, decided_at) AS decide_us,
    dateDiff('microsecond', decided_at, accepted_at) AS accept_us,
    dateDiff('microsecond', accepted_at, first_fill_at) AS fill_us
FROM {db}.trades FINAL;

CREATE OR REPLACE VIEW {db}.v_pnl{on_cluster} AS
SELECT
    mode, run_id, portfolio, toDate(closed_at) AS day, instrument, strategy, source, regime, exit_reason,
    count() AS closed,
    countIf(t.net > 0) AS won,
    sum(t.net) AS net_sum,
    sum(t.entry_notional) AS notional_sum
FROM {db}.v_trades AS t
GROUP BY mode, run_id, portfolio, day, instrument, strategy, source, regime, exit_reason;

CREATE OR REPLACE VIEW {db}.v_waterfall{on_cluster} AS
SELECT
    mode, run_id, portfolio,
    count() AS trades,
    sum(leg_edge) AS edge,
    sum(leg_opportunity) AS opportunity,
    sum(leg_decision_delay) AS decision_delay,
    sum(leg_send_latency) AS send_latency,
    sum(leg_entry_slippage) AS entry_slippage,
    sum(leg_exit_delay) AS exit_delay,
    sum(leg_exit_slippage) AS exit_slippage,
    sum(leg_fees) AS fees,
    sum(leg_funding) AS funding,
    sum(t.net) AS net,
    sum(t.residual) AS residual,
    sum(t.entry_notional) AS notional
FROM {db}.v_trades AS t
GROUP BY mode, run_id, portfolio;

CREATE OR REPLACE VIEW {db}.v_gate_funnel{on_cluster} AS
SELECT
    mode, run_id, portfolio, gate, name,
    count() AS judged,
    countIf(verdict = 'PASS') AS passed,
    countIf(verdict = 'FAIL') AS refused,
    countIf(verdict = 'UNKNOWN') AS unknown,
    countIf(is_reason) AS the_reason
FROM {db}.v_gate_verdicts
GROUP BY mode, run_id, portfolio, gate, name;
