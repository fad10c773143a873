-- From edge to net: the nine legs of the closed trades of a portfolio, exact; the residual is always 0.
-- param portfolio String =
-- param run_id String =
SELECT
    count() AS trades,
    sum(leg_edge) AS edge,
    sum(leg_opportunity) AS opportunity,
    sum(leg_decision_delay) AS decision_delay,
    sum(leg_send_latency) AS send_latency,
    sum(leg_entry_slippage) AS entry_slippage,
    sum(leg_exit_delay) AS exit_delay,
    sum(leg_exit_slippage) AS exit_slippage,
    sum(leg_fees) AS fees,
    sum(leg_funding) AS funding,
    sum(net) AS net,
    sum(residual) AS residual,
    sum(entry_notional) AS notional
FROM {db}.v_trades
WHERE ({portfolio:String} = '' OR portfolio = {portfolio:String}) AND ({run_id:String} = '' OR run_id = {run_id:String})
