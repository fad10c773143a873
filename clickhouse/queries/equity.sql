-- Net asset value at the end of each UTC day.
-- param portfolio String =
-- param run_id String =
SELECT toDate(ts) AS day, argMax(e.nav, e.ts) AS nav, argMax(e.unit_price, e.ts) AS unit_price, argMax(e.drawdown_bps, e.ts) AS drawdown_bps
FROM {db}.v_equity AS e
WHERE e.nav IS NOT NULL AND ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
GROUP BY day
ORDER BY day
