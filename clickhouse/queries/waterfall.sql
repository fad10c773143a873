-- From edge to net: the nine legs of the closed trades of a portfolio, exact; the residual is always 0.
-- param portfolio String =
-- param run_id String =
SELECT
    sum(w.trades) AS trades,
    sum(w.edge) AS edge,
    sum(w.opportunity) AS opportunity,
    sum(w.decision_delay) AS decision_delay,
    sum(w.send_latency) AS send_latency,
    sum(w.entry_slippage) AS entry_slippage,
    sum(w.exit_delay) AS exit_delay,
    sum(w.exit_slippage) AS exit_slippage,
    sum(w.fees) AS fees,
    sum(w.funding) AS funding,
    sum(w.net) AS net,
    sum(w.residual) AS residual,
    sum(w.notional) AS notional
FROM {db}.v_waterfall AS w
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
