// The Decision record: who decided about what, by which policy, at which place of the journal, and in what state.
import { decisionId } from '../../../schemas/ids.ts';
import type { Decision, DecisionAction, DecisionKind } from '../../../schemas/records.generated.ts';
import type { Fold, Subject } from '../fold.ts';
import type { Equity } from '../ledger/equity.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import type { PortfolioState } from '../state.ts';
import { equityNow, stateGroup } from './state-group.ts';

export interface Outcome {
  readonly kind: DecisionKind;
  readonly action: DecisionAction;
  readonly reason_code: string;
  readonly reason_detail?: string;
}

/**
 * Makes the decision of this subject and target, and takes it into the step's output; the caller fills the groups its kind has.
 * `equity` is given where it was computed already.
 */
export function decide(
  fold: Fold,
  p: PortfolioState,
  subject: Subject,
  target: string,
  outcome: Outcome,
  equity: Equity = equityNow(p),
): Decision {
  const decision_id = decisionId({ portfolio: p.portfolio, subject_type: subject.type, subject_id: subject.id, target });
  return decideAs(fold, p, decision_id, subject, target, outcome, equity);
}

/** One event can say two things about one order: the second decision's target names which, so that each has an id of its own. */
export function ownTarget(fold: Fold, p: PortfolioState, subject: Subject, target: string, reason_code: string): string {
  const taken = fold.decisions.some(
    (d) => d.target === target && d.subject_id === subject.id && d.subject_type === subject.type && d.portfolio === p.portfolio,
  );
  return taken ? `${target}/${reason_code}` : target;
}

/** As `decide`, where the id is known already. */
export function decideAs(
  fold: Fold,
  p: PortfolioState,
  decision_id: string,
  subject: Subject,
  target: string,
  outcome: Outcome,
  equity: Equity,
): Decision {
  const decision: Decision = {
    decision_id,
    portfolio: p.portfolio,
    kind: outcome.kind,
    subject_type: subject.type,
    subject_id: subject.id,
    target,
    signal_id: null,
    source: null,
    signal_type: null,
    strategy: null,
    instrument: null,
    venue: null,
    side: null,
    position_id: null,
    tier: null,
    theme: null,
    run_id: p.run_id,
    mode: p.mode,
    profile: p.policy?.policy.profile ?? '',
    param_version: null,
    policy_hash: p.policy?.policy_hash ?? '',
    stage_version: fold.config.stage_version,
    journal: { partition: fold.input.partition, offset: fold.input.offset, index: fold.decisions.length },
    trace: fold.input.trace,
    action: outcome.action,
    reason_code: outcome.reason_code,
    reason_gate: null,
    reason_detail: outcome.reason_detail ?? '',
    warnings: [],
    canary: false,
    held: false,
    review_deadline: null,
    order_ids: [],
    reference_mid: null,
    hypothetical_notional: null,
    expected_cost_bps: null,
    signal_ts: null,
    enriched_ts: null,
    decided_at: p.now,
    max_input_age_us: null,
    oldest_input: null,
    gates: [],
    scores: null,
    choice: null,
    sizing: null,
    plan: null,
    route: null,
    state: stateGroup(p, equity),
    flips: [],
  };
  fold.decisions.push(decision);
  p.last_decision = {
    decision_id,
    kind: decision.kind,
    action: decision.action,
    reason_code: decision.reason_code,
    decided_at: p.now,
  };
  return decision;
}

/** Names the position that the decision is about. */
export function aboutPosition(decision: Decision, position: OpenPosition): void {
  decision.instrument = position.instrument;
  decision.venue = position.venue;
  decision.position_id = position.position_id;
  decision.side = position.qty < 0n ? 'SHORT' : 'LONG';
  decision.tier = position.plan.tier;
  decision.theme = position.plan.theme;
  decision.strategy = position.plan.strategy === '' ? null : position.plan.strategy;
  decision.param_version = position.plan.param_version;
  decision.reference_mid = position.mark?.mid ?? null;
}
