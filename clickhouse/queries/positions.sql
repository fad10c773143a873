-- Open positions: the newest state of each.
-- param portfolio String =
-- param run_id String =
SELECT portfolio, instrument, side, qty, avg_price, mark, unrealised, realised_net, strategy, stop_price, stop_kind, opened_at, hold_until, position_id
FROM {db}.v_positions
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
ORDER BY position_id, sequence DESC
LIMIT 1 BY run_id, portfolio, position_id
