// A closed round trip as a Trade record: its result, its nine legs, its course and where it came from.
import { tradeId } from '../../../schemas/ids.ts';
import { bpsOf, div, formatDecimal, type Money, toNumber } from '../../../schemas/money.ts';
import type { Trade } from '../../../schemas/records.generated.ts';
import { SECOND } from '../../../schemas/time.ts';
import type { TradeDraft } from '../ledger/fills.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { decidedQuantity, legsOf, type MissingReference, sumOfLegs } from './legs.ts';

const MISSING_ORDER: readonly MissingReference[] = [
  'SIGNAL_PX',
  'DECISION_PX',
  'ARRIVAL_PX',
  'EXIT_SIGNAL_PX',
  'EXIT_ARRIVAL_PX',
  'FEE',
];

/** Throws if the legs do not add up to the net that was booked: a bug, never a fact about the market. */
export function tradeRecord(l: Ledger, draft: TradeDraft): Trade {
  const { position: p, side } = draft;
  const { plan, entry, exits } = p;
  const legs = legsOf(side, entry, exits, p.funding);
  const residual = sumOfLegs(legs) - p.realised_net;
  if (residual !== 0n) {
    throw new Error(
      `trade of ${p.instrument}: legs exceed net ${formatDecimal(p.realised_net)} by ${formatDecimal(residual)}, expected 0`,
    );
  }
  const risk = bpsOf(entry.at_fill, plan.stop_bps);
  const complete = entry.missing.length === 0 && !p.fee_estimated;
  const missing = complete
    ? []
    : MISSING_ORDER.filter((name) => (name === 'FEE' ? p.fee_estimated : entry.missing.includes(name)));
  return {
    trade_id: tradeId({ position_id: p.position_id }),
    position_id: p.position_id,
    decision_id: plan.decision_id,
    signal_id: plan.signal_id,
    portfolio: l.portfolio,
    run_id: l.run_id,
    mode: l.mode,
    instrument: p.instrument,
    venue: p.venue,
    source: plan.source,
    source_class: plan.source_class,
    signal_type: plan.signal_type,
    strategy: plan.strategy,
    param_version: plan.param_version,
    regime: plan.regime,
    tier: plan.tier,
    theme: plan.theme,
    corroboration_level: plan.corroboration_level,
    side: side === 1n ? 'LONG' : 'SHORT',
    qty_max: p.qty_max,
    decided_qty: decidedQuantity(entry),
    entry_notional: entry.at_signal,
    exit_notional: exits.at_fill,
    entry_vwap: div(entry.at_fill, entry.quantity),
    exit_vwap: div(exits.at_fill, exits.quantity),
    gross: p.realised_net - legs.fees - legs.funding,
    net: p.realised_net,
    net_bps: bps(p.realised_net, entry.at_signal),
    r_multiple: risk > 0n ? toNumber(p.realised_net) / toNumber(risk) : null,
    leg_edge: legs.edge,
    leg_opportunity: legs.opportunity,
    leg_decision_delay: legs.decision_delay,
    leg_send_latency: legs.send_latency,
    leg_entry_slippage: legs.entry_slippage,
    leg_exit_delay: legs.exit_delay,
    leg_exit_slippage: legs.exit_slippage,
    leg_fees: legs.fees,
    leg_funding: legs.funding,
    entry_fee: -entry.fees,
    exit_fee: -exits.fees,
    maker_entry_notional: entry.maker,
    maker_exit_notional: exits.maker,
    mfe_bps: bps(p.mfe, entry.at_signal),
    mae_bps: bps(p.mae, entry.at_signal),
    n_fills: p.n_fills,
    nav_before: p.nav_before,
    nav_after: draft.nav_after,
    signal_ts: plan.signal_ts,
    decided_at: plan.decided_at,
    accepted_at: plan.accepted_at,
    first_fill_at: p.first_fill_at,
    exit_signal_at: p.exit?.signal_at ?? null,
    exit_accepted_at: p.exit?.accepted_at ?? null,
    opened_at: p.opened_at,
    closed_at: draft.closed_at,
    hold_s: Math.floor((draft.closed_at - p.opened_at) / SECOND),
    exit_reason: p.exit?.reason ?? '',
    conviction: plan.conviction,
    confidence: plan.confidence,
    trust: plan.trust,
    propensity: plan.propensity,
    arms: [...plan.arms],
    verdict: p.verdict,
    missing,
    unpriced: p.unpriced,
    policy_hash: plan.policy_hash,
  };
}

/** Signed share of the entry notional in basis points; null without one. */
function bps(amount: Money, notional: Money): number | null {
  return notional > 0n ? (toNumber(amount) / toNumber(notional)) * 10_000 : null;
}
