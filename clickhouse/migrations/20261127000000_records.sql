-- What the archive keeps of every record: its bytes, and the schemas that read them.

CREATE TABLE IF NOT EXISTS {db}.avro_schemas{local}{on_cluster}
(
    fingerprint String,
    subject LowCardinality(String),
    version UInt64,
    schema_json String,
    first_seen {ts},
    _v UInt64
)
ENGINE = {engine:ReplacingMergeTree(_v)}
ORDER BY (fingerprint)
{dedup};
{distributed:avro_schemas:cityHash64(fingerprint)}

CREATE TABLE IF NOT EXISTS {db}.records{local}{on_cluster}
(
    mode LowCardinality(String),
    run_id LowCardinality(String),
    portfolio LowCardinality(String),
    record LowCardinality(String),
    ts {ts},
    appended_at {ts},
    key_b64 String,
    weir_id String,
    weir_source String,
    weir_cause String,
    weir_trace String,
    headers Map(LowCardinality(String), String),
    schema_fp String,
    value_b64 String,
    sha256 String,
    chain String,
    counts Bool,
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY (mode, toYYYYMM(appended_at))
ORDER BY (mode, _topic, _partition, run_id, _offset)
{ttl:backtest_d}
{dedup};
{distributed:records:cityHash64(mode, _topic, _partition, run_id, _offset)}

CREATE TABLE IF NOT EXISTS {db}.dead_letters{local}{on_cluster}
(
    dead_letter_id String,
    version UInt64,
    status LowCardinality(String),
    stage LowCardinality(String),
    topic LowCardinality(String),
    partition UInt64,
    offset UInt64,
    key_b64 String,
    value_b64 String,
    value_sha256 String,
    headers Map(LowCardinality(String), String),
    error_class LowCardinality(String),
    reason_code LowCardinality(String),
    message String,
    stage_version String,
    attempts UInt64,
    retry_of String,
    note String,
    actor String,
    ts {ts},
    updated_at {ts},
    {tail}
)
ENGINE = {engine:ReplacingMergeTree(_v)}
PARTITION BY toYYYYMM(ts)
ORDER BY (ts, dead_letter_id)
{ttl:dead_letters_d}
{dedup};
{distributed:dead_letters:cityHash64(ts, dead_letter_id)}
