// The state of the decision stage at the end of a log, or before one of its records: the journal folded from its start.
import type { Draft } from '../../topology/log/draft.ts';
import type { SqliteReader } from '../../topology/log/sqlite-reader.ts';
import { createTask, type Task } from '../../topology/runtime/task.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { DecisionState } from '../decision/state.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';

export type Folded = Pick<Deployment, 'partitions' | 'currency' | 'candle_mode' | 'base_interval_us'>;

const CHUNK = 1_000;

/** Folds the journal of a partition up to (not with) `before`; duplicates are dropped as the runtime drops them. */
export function foldJournal(reader: SqliteReader, deployment: Folded, partition: number, before: number): Task {
  const task = createTask(decisionStageOf(deployment), partition, topologyOf(deployment.partitions), false);
  const outputs: Draft[] = [];
  for (let from = reader.startOffset('journal.v1', partition); from < before; ) {
    const stored = reader.read('journal.v1', partition, from, Math.min(CHUNK, before - from));
    for (const { envelope } of stored) {
      from = envelope.offset + 1;
      task.take(envelope, envelope.at, outputs);
      outputs.length = 0;
    }
    if (stored.length === 0) break;
  }
  return task;
}

export function decisionStateOf(reader: SqliteReader, deployment: Folded, partition: number): DecisionState {
  return foldJournal(reader, deployment, partition, reader.endOffset('journal.v1', partition)).memory.state as DecisionState;
}
