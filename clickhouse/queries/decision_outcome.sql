-- What became of a decision: its orders, their events and its trade, byte for byte.
-- param decision String =
SELECT value_b64, schema_fp
FROM {db}.records FINAL
WHERE counts AND (_topic, _partition, _offset) IN (
    SELECT _topic, _partition, _offset FROM {db}.v_order_commands WHERE decision_id = {decision:String}
    UNION ALL
    SELECT _topic, _partition, _offset FROM {db}.v_order_events WHERE decision_id = {decision:String}
    UNION ALL
    SELECT _topic, _partition, _offset FROM {db}.v_trades WHERE decision_id = {decision:String}
)
ORDER BY _topic, _partition, _offset
