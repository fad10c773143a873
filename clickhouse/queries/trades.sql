-- Closed round trips, newest first.
-- param portfolio String =
-- param run_id String =
-- param limit UInt32 = 50
SELECT closed_at, instrument, strategy, if(side = 1, 'LONG', 'SHORT') AS position, qty_max, entry_vwap, exit_vwap, net, net_bps, exit_reason, hold_s, trade_id
FROM {db}.v_trades
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
ORDER BY closed_at DESC, trade_id
LIMIT {limit:UInt32}
