// Recomputes decisions: folds one journal record on the state before it, and names the first field that differs.
import type { Decision } from '../../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../../topology/envelope.ts';
import type { Emit, Stage } from '../../../topology/stage.ts';
import type { DecisionState } from '../state.ts';
import { type FieldDifference, firstDifference } from './difference.ts';

export interface Replayed {
  /** The decisions that the record leads to now. */
  readonly decisions: readonly Decision[];
  /** The one with the asked id; null if it is not made. */
  readonly decision: Decision | null;
  /** null = equal. */
  readonly difference: FieldDifference | null;
}

/** `state` is the state before the record and is changed by the step: give a copy to keep it. */
export function decisionsOf(stage: Stage<DecisionState>, state: DecisionState, record: AnyEnvelope): Decision[] {
  const decisions: Decision[] = [];
  const emit: Emit = (_topic, type, _key, value) => {
    if (type === 'Decision') decisions.push(value as Decision);
  };
  stage.step(state, record, emit, record.at);
  return decisions;
}

/** Folds the record and compares with what was decided then. `ignore` names fields that may differ, as policy_hash under another policy. */
export function replayDecision(
  stage: Stage<DecisionState>,
  state: DecisionState,
  record: AnyEnvelope,
  recorded: Decision,
  ignore: readonly string[] = [],
): Replayed {
  const decisions = decisionsOf(stage, state, record);
  const decision = decisions.find((d) => d.decision_id === recorded.decision_id) ?? null;
  if (decision === null) {
    return { decisions, decision, difference: { field: 'decision_id', recorded: recorded.decision_id, replayed: 'not decided' } };
  }
  return { decisions, decision, difference: firstDifference(recorded, decision, ignore) };
}
