-- Orders: what was commanded, what became of it, and the fills.

CREATE TABLE IF NOT EXISTS {db}.order_commands{local}{on_cluster}
(
    {head},
    command_id String,
    action LowCardinality(String),
    order_id String,
    client_order_id String,
    decision_id String,
    signal_id String,
    intent_id String,
    leg LowCardinality(String),
    attempt UInt64,
    intent LowCardinality(String),
    side LowCardinality(String),
    position_id String,
    reduce_only Bool,
    quantity Nullable({dec}),
    quote_notional Nullable({dec}),
    order_type LowCardinality(String),
    time_in_force LowCardinality(String),
    price_rule LowCardinality(String),
    limit_price Nullable({dec}),
    stop_price Nullable({dec}),
    collar_bps Nullable(Int64),
    collar_price Nullable({dec}),
    route LowCardinality(String),
    route_step LowCardinality(String),
    route_reason String,
    ttl_s Nullable(UInt64),
    tier LowCardinality(String),
    reference_bid Nullable({dec}),
    reference_ask Nullable({dec}),
    reference_at Nullable({ts}),
    valid_until {ts},
    policy_hash String,
    reason LowCardinality(String),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, command_id)
{ttl:backtest_d}
{dedup};
{distributed:order_commands:cityHash64(signal_id)}

CREATE TABLE IF NOT EXISTS {db}.order_events{local}{on_cluster}
(
    {head},
    event_id String,
    type LowCardinality(String),
    order_id String,
    client_order_id String,
    venue_order_id String,
    decision_id String,
    signal_id String,
    decided_at Nullable({ts}),
    evidence LowCardinality(String),
    venue_at Nullable({ts}),
    observed_at {ts},
    reason LowCardinality(String),
    detail String,
    price Nullable({dec}),
    quantity Nullable({dec}),
    bid Nullable({dec}),
    ask Nullable({dec}),
    quote_at Nullable({ts}),
    filled_quantity_reported Nullable({dec}),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, order_id, event_id)
{ttl:backtest_d}
{dedup};
{distributed:order_events:cityHash64(signal_id)}

CREATE TABLE IF NOT EXISTS {db}.fills{local}{on_cluster}
(
    {head},
    fill_id String,
    event_id String,
    order_id String,
    signal_id String,
    venue_trade_id String,
    side Int64,
    price {dec},
    quantity {dec},
    quote_quantity Nullable({dec}),
    fee {dec},
    fee_asset LowCardinality(String),
    fee_rate Nullable({dec}),
    liquidity LowCardinality(String),
    bid Nullable({dec}),
    ask Nullable({dec}),
    venue_at Nullable({ts}),
    observed_at {ts},
    synthetic Bool,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(ts))
ORDER BY (run_id, portfolio, instrument, ts, order_id, fill_id)
{ttl:backtest_d}
{dedup};
{distributed:fills:cityHash64(signal_id)}
