-- What became of the entries that were judged: per gate how many it refused, alone or with others, and how many it could not judge.
-- param portfolio String =
-- param run_id String =
WITH failing AS
(
    SELECT decision_id, countIf(verdict IN ('FAIL', 'UNKNOWN')) AS failed
    FROM {db}.v_gate_verdicts
    WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
    GROUP BY decision_id
)
SELECT
    gate,
    name,
    count() AS judged,
    countIf(verdict = 'PASS') AS passed,
    countIf(verdict = 'FAIL') AS refused,
    countIf(verdict = 'UNKNOWN') AS unknown,
    countIf(is_reason) AS the_reason,
    countIf(verdict IN ('FAIL', 'UNKNOWN') AND failed = 1) AS alone
FROM {db}.v_gate_verdicts INNER JOIN failing USING (decision_id)
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
GROUP BY gate, name
ORDER BY gate
