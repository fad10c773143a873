// `weir replay <decision>`: recomputes a decision from its journal and compares every byte, or shows it under another policy.
import type { Decision } from '../../schemas/records.generated.ts';
import { JournalMissingError, type Replayed, replayDecisions } from '../backtest/replay-log.ts';
import { POLICY_FIELDS, underPolicy } from '../decision/replay/under-policy.ts';
import type { DecisionState } from '../decision/state.ts';
import type { SavedDeployment } from '../deployment/data-directory.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';
import { type LoadedPolicy, loadPolicy } from '../deployment/policy-file.ts';
import { withLog } from './data-access.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import { findDecision } from './find-decision.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';

export interface ReplayCommandOptions extends CommonOptions {
  /** Profile or file. */
  readonly policy?: string;
}

/** Puts the policy in force in the decision's portfolio; positions and orders stay as they were. */
function putInForce(deployment: SavedDeployment, portfolio: string, { policy }: LoadedPolicy) {
  const interval = deployment.candle_mode ? deployment.base_interval_us : 0;
  return (state: DecisionState): void => underPolicy(state, policy, interval, portfolio);
}

function outcomeOf(decision: Decision): string {
  return `${decision.action} ${decision.reason_code}`;
}

function textLines(replayed: Replayed, stage_version: string, policy: LoadedPolicy | null): string[] {
  const { recorded, difference, other_version, folded_from } = replayed;
  const { partition, offset } = recorded.journal;
  const under =
    policy === null ? '' : `, under policy ${policy.policy_hash.slice(0, 12)} instead of ${recorded.policy_hash.slice(0, 12)}`;
  const lines = [
    `decision ${recorded.decision_id}: ${outcomeOf(recorded)}`,
    `journal.v1/${partition} folded from offset ${folded_from} to ${offset}${under}`,
  ];
  if (other_version !== null) lines.push(`decided by stage version ${other_version}, replayed by ${stage_version}`);
  if (difference === null) {
    lines.push(policy === null && other_version === null ? 'equal: the same bytes' : 'equal in every other field');
    return lines;
  }
  lines.push(`differs at ${difference.field}`, `  recorded  ${difference.recorded}`, `  replayed  ${difference.replayed}`);
  if (policy !== null && replayed.replayed !== null) lines.push(`would be: ${outcomeOf(replayed.replayed)}`);
  return lines;
}

function documentOf(replayed: Replayed, stage_version: string, policy: LoadedPolicy | null) {
  const { recorded, difference, other_version, folded_from } = replayed;
  const outcome = (decision: Decision | null) =>
    decision === null ? null : { action: decision.action, reason_code: decision.reason_code };
  return {
    decision_id: recorded.decision_id,
    equal: difference === null,
    difference,
    journal: { ...recorded.journal, folded_from },
    stage_version: { recorded: other_version ?? stage_version, replayed: stage_version },
    policy_hash: { recorded: recorded.policy_hash, replayed: policy?.policy_hash ?? recorded.policy_hash },
    recorded: outcome(recorded),
    replayed: outcome(replayed.replayed),
  };
}

export function replay(options: ReplayCommandOptions, output: Output, id: string): Promise<ExitCode> {
  const policy = options.policy === undefined ? null : loadPolicy(options.policy);
  return withLog(options.data, (reader, deployment) => {
    const { offset, partition, value } = findDecision(reader, deployment.partitions, id);
    const stage = decisionStageOf(deployment);
    const change = policy === null ? {} : { change: putInForce(deployment, value.portfolio, policy), ignore: POLICY_FIELDS };
    const stored = reader.read('decisions.v1', partition, offset, 1);
    try {
      const [replayed] = replayDecisions({ reader, partitions: deployment.partitions, stage, ...change }, stored);
      if (replayed === undefined) throw new TypeError(`decisions.v1/${partition} offset ${offset}: expected a decision`);
      output.document(documentOf(replayed, stage.version, policy));
      for (const line of textLines(replayed, stage.version, policy)) output.line(line);
      return replayed.difference === null && (policy !== null || replayed.other_version === null) ? EXIT.OK : EXIT.CHECK_FAILED;
    } catch (error) {
      if (!(error instanceof JournalMissingError)) throw error;
      throw new CommandError(
        EXIT.EVIDENCE_MISSING,
        'JOURNAL_MISSING',
        `${error.message}: decision ${value.decision_id} cannot be recomputed`,
        'restore the log from a backup, or ask for a decision after the gap',
      );
    }
  });
}
