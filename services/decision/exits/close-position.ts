// One reduction: order sanity is all that it has to pass; no stop, cap, cooldown, stale quote or REDUCING holds it back.
import { abs, mul, type Price, type Quantity } from '../../../schemas/money.ts';
import type { Decision } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { type Fold, ordersContext, type Subject, sideOf } from '../fold.ts';
import { checkReduction } from '../gates/reduction.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { pendingReduction } from '../ledger/reservations.ts';
import { setDeadline } from '../orders/deadline.ts';
import { openExit, supersedes } from '../orders/open.ts';
import { exitOf, type InstrumentTerms } from '../orders/orders.ts';
import { resume } from '../orders/walk.ts';
import { aboutPosition, decide } from '../record/decision-record.ts';
import { exitRoute } from '../record/route-group.ts';
import type { PortfolioState } from '../state.ts';

export interface CloseRequest {
  /** The rule or code that closes. */
  readonly reason: string;
  readonly route: 'PATIENT_EXIT' | 'URGENT';
  /** At most this much; null = all. */
  readonly quantity: Quantity | null;
  readonly signal_id: string | null;
  /** Mid when the wish arose, and when that was: the exit's reference in the attribution. */
  readonly signal_mid: Price | null;
  readonly signal_at: Micros;
  /** An operator's close runs in HALTED too. */
  readonly operator: boolean;
  readonly detail?: string;
}

/** Terms of an instrument that no signal ever described (an adopted holding): the venue's own filters are applied at send. */
const NO_TERMS: InstrumentTerms = { tick: 1n, step: 1n, min_qty: 0n, min_notional: 0n };

export function closePosition(
  fold: Fold,
  p: PortfolioState,
  position: OpenPosition,
  subject: Subject,
  target: string,
  request: CloseRequest,
): Decision {
  const terms = p.instruments.get(position.instrument)?.terms ?? NO_TERMS;
  const live = exitOf(p.orders, position.position_id);
  const fast = p.policy?.policy.execution.exit_route === 'TAKER_ONLY' || (live?.kind === 'REDUCE' && live.route === 'URGENT');
  const route = fast ? 'URGENT' : request.route;
  const all = request.quantity === null || request.quantity >= abs(position.qty);
  // A partial exit gives way to a full one at any speed, a full one never to a partial one: the rest would be left without its exit.
  const faster = supersedes(p.orders, position.position_id, route);
  const replaces = live !== undefined && (live.kind === 'REDUCE' ? all || faster : all && faster);
  const check = checkReduction({
    position,
    side: position.qty > 0n ? 'SELL' : 'BUY',
    quantity: request.quantity,
    // What a slower exit holds is free again when this one takes its place.
    pending: replaces ? 0n : pendingReduction(p.ledger, position.instrument),
    step: terms.step,
    min_qty: terms.min_qty,
    min_notional: terms.min_notional,
    price: position.mark === null ? null : position.qty > 0n ? position.mark.bid : position.mark.ask,
    order_id_issued: false,
  });
  const refusal = live !== undefined && !replaces ? 'REDUCTION_ALREADY_PENDING' : check.allowed ? null : check.reason_code;
  const { quantity } = check;

  const decision = decide(fold, p, subject, target, {
    kind: 'EXIT',
    action: refusal === null ? 'EXECUTE' : 'SKIP',
    reason_code: refusal ?? request.reason,
    reason_detail: request.detail ?? '',
  });
  aboutPosition(decision, position);
  decision.signal_id = request.signal_id;
  const mid = position.mark?.mid ?? request.signal_mid;
  decision.reference_mid = mid;
  if (mid !== null) decision.hypothetical_notional = mul(quantity, mid);
  if (refusal !== null || !check.allowed) {
    decision.warnings.push(request.reason);
    if (live !== undefined && request.operator) releaseOne(fold, p, position);
    return decision;
  }

  p.wishes.set(decision.decision_id, {
    kind: 'EXIT',
    position_id: position.position_id,
    reason: request.reason,
    signal_mid: request.signal_mid,
    signal_at: request.signal_at,
    ended_at: -1,
  });
  const { mark } = position;
  const intent = openExit(
    p.orders,
    {
      decision_id: decision.decision_id,
      signal_id: request.signal_id,
      kind: check.full ? 'CLOSE' : 'REDUCE',
      instrument: position.instrument,
      venue: position.venue,
      position_side: sideOf(position),
      position_id: position.position_id,
      quantity,
      route,
      reference: mark === null ? null : { bid: mark.bid, ask: mark.ask, at: mark.venue_at, offset: 0 },
      terms,
      tier: position.plan.tier,
      reason: request.reason,
      forced: request.operator,
      exclusive: position.kind !== 'perp',
    },
    ordersContext(fold, p, p.trading === 'HALTED'),
    fold.orders,
  );
  decision.held = intent.not_before === Number.POSITIVE_INFINITY;
  if (decision.held) decision.warnings.push('REDUCTION_HELD');
  if (intent.order_id !== '') decision.order_ids.push(intent.order_id);
  decision.route = exitRoute(p, intent);
  return decision;
}

/** An exit that HALTED holds goes out when an operator closes its position. */
function releaseOne(fold: Fold, p: PortfolioState, position: OpenPosition): void {
  const live = exitOf(p.orders, position.position_id);
  if (live === undefined) return;
  live.forced = true;
  if (live.not_before !== Number.POSITIVE_INFINITY) return;
  resume(p.orders, live, ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
  setDeadline(p.orders);
}
