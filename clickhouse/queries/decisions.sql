-- Decisions of entries and exits, newest first.
-- param portfolio String =
-- param run_id String =
-- param limit UInt32 = 50
SELECT decided_at, instrument, kind, side, strategy, action, reason_code, notional, decision_id
FROM {db}.v_decisions
WHERE kind IN ('ENTRY', 'EXIT') AND ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
ORDER BY decided_at DESC, decision_id
LIMIT {limit:UInt32}
