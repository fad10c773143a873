-- Market data as the pipeline saw it.

CREATE TABLE IF NOT EXISTS {db}.candles{local}{on_cluster}
(
    instrument LowCardinality(String),
    venue LowCardinality(String),
    interval LowCardinality(String),
    ts {ts},
    close_time {ts},
    received_at {ts},
    open {dec},
    high {dec},
    low {dec},
    close {dec},
    volume {dec},
    quote_volume Nullable({dec}),
    trades_count Nullable(UInt64),
    revision UInt64,
    filler Bool,
    history Bool,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY toYYYYMM(ts)
ORDER BY (instrument, venue, interval, ts, revision)
{dedup};
{distributed:candles:cityHash64(instrument, venue, interval, ts, revision)}

CREATE TABLE IF NOT EXISTS {db}.quotes{local}{on_cluster}
(
    instrument LowCardinality(String),
    venue LowCardinality(String),
    ts {ts},
    received_at {ts},
    bid {dec},
    ask {dec},
    bid_size {dec},
    ask_size {dec},
    depth Map(LowCardinality(String), {dec}),
    sequence UInt64,
    flags Array(LowCardinality(String)),
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY toYYYYMMDD(ts)
ORDER BY (instrument, venue, ts, _offset)
{ttl:quotes_d}
{dedup};
{distributed:quotes:cityHash64(instrument, venue, ts, _offset)}

CREATE TABLE IF NOT EXISTS {db}.instruments{local}{on_cluster}
(
    instrument LowCardinality(String),
    venue LowCardinality(String),
    ts {ts},
    received_at {ts},
    status LowCardinality(String),
    universe_tier LowCardinality(String),
    regime_tag LowCardinality(String),
    theme LowCardinality(String),
    facts_at Nullable({ts}),
    derived_at Nullable({ts}),
    info String,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY toYYYYMM(ts)
ORDER BY (instrument, venue, ts, _offset)
{dedup};
{distributed:instruments:cityHash64(instrument, venue, ts, _offset)}
