-- Net of closed trades by day, instrument, source, strategy, regime or exit_reason, with the legs that made it.
-- param by String = strategy
-- param portfolio String =
-- param run_id String =
SELECT
    multiIf({by:String} = 'day', toString(toDate(closed_at)), {by:String} = 'instrument', instrument, {by:String} = 'source', source,
            {by:String} = 'regime', regime, {by:String} = 'exit_reason', exit_reason, {by:String} = 'strategy', strategy, 'all') AS slice,
    count() AS trades,
    countIf(t.net > 0) AS wins,
    sum(leg_edge) AS edge,
    sum(leg_opportunity + leg_decision_delay + leg_send_latency + leg_exit_delay) AS delay,
    sum(leg_entry_slippage + leg_exit_slippage) AS slippage,
    sum(leg_fees) AS fees,
    sum(leg_funding) AS funding,
    if(sum(entry_notional) = 0, NULL, round(10000 * toFloat64(sum(t.net)) / toFloat64(sum(entry_notional)), 2)) AS net_bps,
    sum(t.net) AS net
FROM {db}.v_trades AS t
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
GROUP BY slice
ORDER BY slice
