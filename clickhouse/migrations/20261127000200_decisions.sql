-- Decisions, the verdict of every gate, and equity at each decision.

CREATE TABLE IF NOT EXISTS {db}.decisions{local}{on_cluster}
(
    {head},
    decision_id String,
    signal_id String,
    kind LowCardinality(String),
    subject_type LowCardinality(String),
    subject_id String,
    source LowCardinality(String),
    signal_type LowCardinality(String),
    strategy LowCardinality(String),
    side LowCardinality(String),
    regime LowCardinality(String),
    tier LowCardinality(String),
    theme LowCardinality(String),
    action LowCardinality(String),
    reason_code LowCardinality(String),
    reason_gate Nullable(UInt64),
    canary Bool,
    held Bool,
    conviction Nullable(Float64),
    strength Nullable(Float64),
    confidence Nullable(Float64),
    trust Nullable(Float64),
    expected_cost_bps Nullable(Float64),
    requested Nullable({dec}),
    notional Nullable({dec}),
    quantity Nullable({dec}),
    binding LowCardinality(String),
    runner_up LowCardinality(String),
    worst_price Nullable({dec}),
    reference_mid Nullable({dec}),
    hypothetical_notional Nullable({dec}),
    stop_bps Nullable(Int64),
    target_bps Nullable(Int64),
    trail_bps Nullable(Int64),
    stop_price Nullable({dec}),
    target_price Nullable({dec}),
    hold_until Nullable({ts}),
    route LowCardinality(String),
    route_reason String,
    chosen LowCardinality(String),
    propensity Nullable(Float64),
    draw Nullable(Float64),
    signal_ts Nullable({ts}),
    enriched_at Nullable({ts}),
    decided_at {ts},
    review_deadline Nullable({ts}),
    max_input_age_us Nullable(Int64),
    stage_version String,
    param_version String,
    policy_hash String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, decision_id)
{ttl:backtest_d}
{dedup};
{distributed:decisions:cityHash64(signal_id)}

CREATE TABLE IF NOT EXISTS {db}.gate_verdicts{local}{on_cluster}
(
    {head},
    decision_id String,
    signal_id String,
    gate UInt64,
    name LowCardinality(String),
    verdict LowCardinality(String),
    class LowCardinality(String),
    observed Nullable({dec}),
    limit Nullable({dec}),
    unit LowCardinality(String),
    margin Nullable(Float64),
    input_age_us Nullable(Int64),
    input_source String,
    reason_code LowCardinality(String),
    is_reason Bool,
    waived_by String,
    depends_on Nullable(UInt64),
    policy_key LowCardinality(String),
    policy_hash String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, decision_id, gate)
{ttl:backtest_d}
{dedup};
{distributed:gate_verdicts:cityHash64(signal_id)}

CREATE TABLE IF NOT EXISTS {db}.equity{local}{on_cluster}
(
    {head},
    decision_id String,
    nav Nullable({dec}),
    unit_price Nullable({dec}),
    hwm Nullable({dec}),
    drawdown_bps Nullable(Int64),
    day_bps Nullable(Int64),
    week_bps Nullable(Int64),
    realised_day Nullable({dec}),
    cash_free Nullable({dec}),
    exposure_bps Nullable(Int64),
    positions UInt64,
    slots_free UInt64,
    state LowCardinality(String),
    regime LowCardinality(String),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, ts, decision_id)
{ttl:backtest_d}
{dedup};
{distributed:equity:cityHash64(run_id, portfolio, ts, decision_id)}

CREATE TABLE IF NOT EXISTS {db}.controls{local}{on_cluster}
(
    {head},
    control_id String,
    type LowCardinality(String),
    actor String,
    reason String,
    codes Array(LowCardinality(String)),
    amount Nullable({dec}),
    asset LowCardinality(String),
    until Nullable({ts}),
    payload String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, ts, control_id)
{ttl:backtest_d}
{dedup};
{distributed:controls:cityHash64(run_id, portfolio, ts, control_id)}

CREATE TABLE IF NOT EXISTS {db}.policies{local}{on_cluster}
(
    run_id LowCardinality(String),
    portfolio LowCardinality(String),
    policy_hash String,
    previous_hash String,
    profile LowCardinality(String),
    policy String,
    actor String,
    reason String,
    activated_at {ts},
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
ORDER BY (run_id, portfolio, policy_hash, activated_at)
{dedup};
{distributed:policies:cityHash64(run_id, portfolio, policy_hash, activated_at)}
