// A position as it is published: after every change, and once an hour while it is open.
import { div } from '../../../schemas/money.ts';
import type { Position, PositionSide } from '../../../schemas/records.generated.ts';
import type { Ledger, OpenPosition } from './ledger.ts';
import { pendingReduction } from './reservations.ts';

/** The present state of a position; each call takes the next sequence number. `side` is needed once it is flat. */
export function positionRecord(l: Ledger, p: OpenPosition, side: PositionSide = p.qty < 0n ? 'SHORT' : 'LONG'): Position {
  l.position_sequence += 1;
  const qty = p.qty < 0n ? -p.qty : p.qty;
  const { plan, mark } = p;
  return {
    portfolio: l.portfolio,
    run_id: l.run_id,
    mode: l.mode,
    instrument: p.instrument,
    venue: p.venue,
    position_id: p.position_id,
    sequence: l.position_sequence,
    side,
    qty,
    avg_price: qty === 0n ? 0n : div(p.cost, qty),
    cost: p.cost,
    mark: mark === null ? null : side === 'LONG' ? mark.bid : mark.ask,
    unrealised: mark === null ? null : p.unrealised,
    realised_net: p.realised_net,
    fees: p.fees,
    funding: p.funding,
    strategy: plan.strategy,
    tier: plan.tier,
    theme: plan.theme,
    stop_bps: plan.stop_bps,
    target_bps: plan.target_bps,
    trail_bps: plan.trail_bps,
    trail_arm_bps: plan.trail_arm_bps,
    stop_price: p.stop_price,
    stop_kind: p.stop_kind,
    best_price: p.best_price,
    armed: p.armed,
    protected: p.protected,
    rules: p.rules,
    entry_volume_hourly: plan.entry_volume_hourly,
    opened_at: p.opened_at,
    last_entry_at: p.last_entry_at,
    hold_until: p.hold_until,
    pending_reduction_qty: qty === 0n ? 0n : pendingReduction(l, p.instrument),
    param_version: plan.param_version,
    policy_hash: plan.policy_hash,
    decision_id: plan.decision_id,
  };
}
