// Brings one task to the end of the log: newest snapshot, then the records after it, comparing what it derives with what stands.
import type { Micros } from '../../schemas/time.ts';
import type { Draft } from '../log/draft.ts';
import type { LocalLog } from '../log/log.ts';
import { lettersOf } from './parked.ts';
import { newestSnapshot } from './snapshot.ts';
import { standingOf } from './standing.ts';
import { StageStopped } from './stopped.ts';
import { take } from './take.ts';
import type { Task } from './task.ts';

const CHUNK = 1_024;

/** Called with what is missing in the log of what was derived from one record. */
export type Missing = (batch: readonly Draft[]) => void;

/**
 * A fold derives the same again, so each output is compared. A merge point or effect may derive something else from the same
 * input at another time: what it has taken stands, and only what comes after is published. Throws StageStopped.
 */
export function recoverTask(log: LocalLog, task: Task, now: Micros, letterIds: Set<string>, missing: Missing): void {
  task.owner = log.openNow(task.stage.name, task.partition);
  if (log.lastSequence() === 0) return;
  const letters = lettersOf(log, task.stage.name, task.partition);
  for (const id of letters.ids) letterIds.add(id);
  task.parked = letters.parked;
  const snapshot = newestSnapshot(log, task.stage.name, task.stage.version, task.partition);
  if (snapshot !== null) task.remember(snapshot.memory, snapshot.version);
  const taken = log.takenBy(task.stage.name, task.partition);
  refuseHoles(log, task, taken);
  const standing = task.row.kind === 'fold' ? standingOf(log, task, snapshot?.outputs ?? []) : null;
  const wanted = task.readsPartition;
  const out: Draft[] = [];
  for (;;) {
    const records = log.readMerged(task.memory.sequence, CHUNK, wanted);
    for (const record of records) {
      if (!task.wants(record)) continue;
      const stood = record.sequence <= taken;
      out.length = 0;
      take(task, record, stood ? record.at : Math.max(now, record.at), out);
      const lacking = standing === null ? (stood ? [] : out) : out.filter((draft) => !standing.stands(draft, stood));
      missing(lacking);
    }
    const last = records.at(-1);
    if (last === undefined) break;
    task.memory.sequence = Math.max(task.memory.sequence, last.sequence);
  }
  standing?.finish();
}

/** A state that was made of records which are gone, and is gone itself, cannot be made again. */
function refuseHoles(log: LocalLog, task: Task, taken: number): void {
  if (taken === 0) return;
  for (const input of task.row.inputs) {
    for (let partition = 0; partition < log.topology.partitions[input.topic]; partition++) {
      if (!task.readsPartition(input.topic, partition)) continue;
      const next = task.memory.tracks.find((track) => track.topic === input.topic && track.partition === partition)?.next ?? 0;
      const start = log.startNow(input.topic, partition);
      if (start <= next) continue;
      const at = { topic: input.topic, partition, offset: next };
      throw new StageStopped(task.stage.name, task.partition, 'LOG_CHANGED', at, `the partition starts at offset ${start}`);
    }
  }
}
