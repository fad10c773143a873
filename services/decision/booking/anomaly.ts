// Anomalies of orders are recorded, never fatal: a decision names each, and where the venue's word is needed it is asked.
import { commandId } from '../../../schemas/ids.ts';
import { blankOrderCommand, type OrderCommand } from '../../../schemas/records.generated.ts';
import { changeSubject } from '../conditions/conditions.ts';
import { takeOnce } from '../decided.ts';
import { backendOf, type Fold } from '../fold.ts';
import type { OrderAnomaly } from '../orders/orders.ts';
import { decide, ownTarget } from '../record/decision-record.ts';
import type { PortfolioState } from '../state.ts';

/** The instrument's entries wait until a reconciliation has answered. */
const ASKED: ReadonlySet<OrderAnomaly['code']> = new Set(['ORDER_TRANSITION_ILLEGAL', 'ORDER_FILLS_MISSING', 'ORDER_REVIVED']);

export function takeAnomaly(fold: Fold, p: PortfolioState, anomaly: OrderAnomaly): void {
  // An order that stays without an answer is one alert, however often the Ticks find it so.
  if (anomaly.code === 'ORDER_UNACKNOWLEDGED' && !takeOnce(p, `ORDER_UNACKNOWLEDGED/${anomaly.order_id}`)) return;
  const subject = changeSubject(fold, p, anomaly.code);
  const target = ownTarget(fold, p, subject, anomaly.order_id, anomaly.code);
  const decision = decide(fold, p, subject, target, { kind: 'ADJUST', action: 'ERROR', reason_code: anomaly.code });
  const order = p.orders.orders.get(anomaly.order_id);
  decision.order_ids.push(anomaly.order_id);
  if (order === undefined) return;
  decision.instrument = order.instrument;
  decision.venue = order.venue;
  if (ASKED.has(anomaly.code)) askVenue(fold, p, decision.decision_id, order.venue, order.instrument, anomaly.code);
}

/** Commands a reconciliation of one instrument; once per question. */
export function askVenue(
  fold: Fold,
  p: PortfolioState,
  decision_id: string,
  venue: string,
  instrument: string,
  code: string,
): void {
  if (p.questioned.has(instrument)) return;
  p.questioned.set(instrument, code);
  const command: OrderCommand = {
    ...blankOrderCommand(),
    command_id: commandId({ action: 'RECONCILE', cause_id: decision_id, instrument, scope: null }),
    action: 'RECONCILE',
    portfolio: p.portfolio,
    run_id: p.run_id,
    account: p.portfolio,
    venue,
    instrument,
    mode: p.mode,
    backend: backendOf(fold, p),
    decision_id,
    decided_at: p.now,
    policy_hash: p.policy?.policy_hash ?? '',
    reason: code,
  };
  fold.commands.push(command);
}
