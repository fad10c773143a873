-- Decisions as they stand in the log, byte for byte, newest first.
-- param decision String =
-- param kind String =
-- param limit UInt32 = 20
SELECT value_b64, schema_fp
FROM (SELECT _partition, _offset, value_b64, schema_fp FROM {db}.records FINAL WHERE record = 'Decision' AND counts) AS raw
INNER JOIN
(
    SELECT _partition, _offset, decided_at, decision_id
    FROM {db}.v_decisions
    WHERE startsWith(decision_id, {decision:String})
        AND ({decision:String} != '' OR kind IN ('ENTRY', 'EXIT'))
        AND ({kind:String} = '' OR kind = {kind:String})
) AS typed USING (_partition, _offset)
ORDER BY decided_at DESC, decision_id
LIMIT {limit:UInt32}
