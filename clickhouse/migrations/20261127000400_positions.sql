-- Positions, exits, closed round trips with their attribution, and what was learned.

CREATE TABLE IF NOT EXISTS {db}.positions{local}{on_cluster}
(
    {head},
    position_id String,
    sequence UInt64,
    side LowCardinality(String),
    qty {dec},
    avg_price {dec},
    cost {dec},
    mark Nullable({dec}),
    unrealised Nullable({dec}),
    realised_net {dec},
    fees {dec},
    funding {dec},
    strategy LowCardinality(String),
    tier LowCardinality(String),
    theme LowCardinality(String),
    stop_bps Nullable(Int64),
    target_bps Nullable(Int64),
    trail_bps Nullable(Int64),
    trail_arm_bps Nullable(Int64),
    entry_volume_hourly Nullable({dec}),
    stop_price Nullable({dec}),
    stop_kind LowCardinality(String),
    best_price Nullable({dec}),
    protected Bool,
    opened_at Nullable({ts}),
    hold_until Nullable({ts}),
    pending_reduction_qty {dec},
    rules Map(LowCardinality(String), String),
    decision_id String,
    policy_hash String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, sequence)
{ttl:backtest_d,positions_d}
{dedup};
{distributed:positions:cityHash64(run_id, portfolio, instrument, ts, sequence)}

CREATE TABLE IF NOT EXISTS {db}.exit_triggers{local}{on_cluster}
(
    {head},
    trigger_id String,
    position_id String,
    scope LowCardinality(String),
    rule LowCardinality(String),
    urgency LowCardinality(String),
    price Nullable({dec}),
    mid Nullable({dec}),
    mark_age_us Nullable(Int64),
    stop_price Nullable({dec}),
    also_fired Array(LowCardinality(String)),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, trigger_id)
{ttl:backtest_d}
{dedup};
{distributed:exit_triggers:cityHash64(run_id, portfolio, instrument, ts, trigger_id)}

CREATE TABLE IF NOT EXISTS {db}.trades{local}{on_cluster}
(
    {head},
    trade_id String,
    position_id String,
    decision_id String,
    signal_id String,
    source LowCardinality(String),
    source_class LowCardinality(String),
    signal_type LowCardinality(String),
    strategy LowCardinality(String),
    regime LowCardinality(String),
    tier LowCardinality(String),
    theme LowCardinality(String),
    corroboration_level UInt64,
    side Int64,
    qty_max {dec},
    decided_qty {dec},
    entry_notional {dec},
    exit_notional {dec},
    entry_vwap {dec},
    exit_vwap {dec},
    gross {dec},
    net {dec},
    net_bps Nullable(Float64),
    r_multiple Nullable(Float64),
    leg_edge {dec},
    leg_opportunity {dec},
    leg_decision_delay {dec},
    leg_send_latency {dec},
    leg_entry_slippage {dec},
    leg_exit_delay {dec},
    leg_exit_slippage {dec},
    leg_fees {dec},
    leg_funding {dec},
    entry_fee {dec},
    exit_fee {dec},
    maker_entry_notional {dec},
    maker_exit_notional {dec},
    mfe_bps Nullable(Float64),
    mae_bps Nullable(Float64),
    nav_before Nullable({dec}),
    nav_after Nullable({dec}),
    signal_ts Nullable({ts}),
    decided_at {ts},
    accepted_at Nullable({ts}),
    first_fill_at {ts},
    exit_signal_at Nullable({ts}),
    exit_accepted_at Nullable({ts}),
    closed_at {ts},
    hold_s UInt64,
    exit_reason LowCardinality(String),
    conviction Nullable(Float64),
    confidence Nullable(Float64),
    trust Nullable(Float64),
    propensity Nullable(Float64),
    n_fills UInt64,
    missing Array(LowCardinality(String)),
    unpriced Bool,
    param_version String,
    policy_hash String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, trade_id)
{ttl:backtest_d}
{dedup};
{distributed:trades:cityHash64(signal_id)}

CREATE TABLE IF NOT EXISTS {db}.lessons{local}{on_cluster}
(
    {head},
    lesson_id String,
    trade_id String,
    lesson_seq UInt64,
    applied Bool,
    skip_code LowCardinality(String),
    win Nullable(Bool),
    reward Nullable(Float64),
    propensity Nullable(Float64),
    subject_kind LowCardinality(String),
    subject LowCardinality(String),
    regime LowCardinality(String),
    wins Float64,
    losses Float64,
    penalty Float64,
    n Float64,
    score Nullable(Float64),
    grade LowCardinality(String),
    n_win Nullable(UInt64),
    n_loss Nullable(UInt64),
    sum_win_ret Nullable(Float64),
    sum_loss_ret Nullable(Float64),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, subject_kind, subject, regime, lesson_seq, lesson_id)
{ttl:backtest_d}
{dedup};
{distributed:lessons:cityHash64(run_id, portfolio, subject_kind, subject, regime, lesson_seq, lesson_id)}
