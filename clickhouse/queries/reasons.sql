-- Decisions by action and reason code.
-- param portfolio String =
-- param run_id String =
SELECT action, reason_code, kind, count() AS decisions
FROM {db}.v_decisions
WHERE kind IN ('ENTRY', 'EXIT') AND ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
GROUP BY action, reason_code, kind
ORDER BY decisions DESC, reason_code
