-- How far the archive has come in each partition of a shared log, and which claims are in force there; written after the rows.

CREATE TABLE IF NOT EXISTS {db}.archive_positions{local}{on_cluster}
(
    topic LowCardinality(String),
    partition UInt64,
    next UInt64,
    began UInt64,
    incarnation String,
    claims Map(LowCardinality(String), String),
    written_at {ts},
    _v UInt64
)
ENGINE = {engine:ReplacingMergeTree(_v)}
ORDER BY (topic, partition)
{dedup};
{distributed:archive_positions:cityHash64(topic, partition)}
