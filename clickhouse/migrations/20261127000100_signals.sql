-- Signals as they came and as they were enriched.

CREATE TABLE IF NOT EXISTS {db}.signals{local}{on_cluster}
(
    mode LowCardinality(String),
    run_id LowCardinality(String),
    instrument LowCardinality(String),
    ts {ts},
    appended_at {ts},
    signal_id String,
    direction LowCardinality(String),
    source LowCardinality(String),
    signal_type LowCardinality(String),
    event_id Nullable(String),
    strategy LowCardinality(String),
    entry_price Nullable({dec}),
    size Nullable({dec}),
    liquidation_price Nullable({dec}),
    stop_price Nullable({dec}),
    take_profit_price Nullable({dec}),
    trailing_stop_bps Nullable(UInt64),
    max_hold_s Nullable(UInt64),
    valid_until Nullable({ts}),
    confidence Nullable(Float64),
    strength Nullable(Float64),
    thesis String,
    evidence Map(LowCardinality(String), String),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, instrument, ts, _partition, _offset)
{ttl:backtest_d}
{dedup};
{distributed:signals:cityHash64(signal_id)}

CREATE TABLE IF NOT EXISTS {db}.enriched_signals{local}{on_cluster}
(
    {head},
    signal_id String,
    signal_partition UInt64,
    signal_offset UInt64,
    enriched_at {ts},
    profile LowCardinality(String),
    admission_verdict LowCardinality(String),
    admission_reasons Array(LowCardinality(String)),
    quote_bid Nullable({dec}),
    quote_ask Nullable({dec}),
    mid Nullable({dec}),
    signal_mid Nullable({dec}),
    quote_age_us Nullable(Int64),
    spread_bps Nullable(Float64),
    drift_bps Nullable(Float64),
    features Map(LowCardinality(String), Float64),
    input_ages_us Map(LowCardinality(String), Int64),
    max_input_age_us Int64,
    flags Array(LowCardinality(String)),
    success Bool,
    regime_tag LowCardinality(String),
    universe_tier LowCardinality(String),
    corroboration_count UInt64,
    corroboration_level UInt64,
    corroboration_quality LowCardinality(String),
    tradeability_base Nullable(UInt64),
    route_hash String,
    config_hash String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, signal_id)
{ttl:backtest_d}
{dedup};
{distributed:enriched_signals:cityHash64(signal_id)}
