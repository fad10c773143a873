// What a fold has already published beyond its snapshot: each thing it derives again must equal what stands there.
import type { SnapshotOutput } from '../../schemas/records.generated.ts';
import type { AnyEnvelope, SourcePosition } from '../envelope.ts';
import type { Draft } from '../log/draft.ts';
import type { LocalLog } from '../log/log.ts';
import type { TopicName } from '../topics.ts';
import { differenceOf, firstDifference } from './difference.ts';
import { StageStopped } from './stopped.ts';
import type { Task } from './task.ts';

export interface Standing {
  /**
   * True: the draft stands already. False: it lies beyond everything that stands and is to be published. Throws StageStopped
   * where the log holds something else; `mustStand` says that nothing derived from this input can be missing.
   */
  stands(draft: Draft, mustStand: boolean): boolean;
  /** Throws StageStopped if something stands that was not derived again. */
  finish(): void;
}

interface Output {
  readonly topic: TopicName;
  readonly partition: number;
  /** Offset of the next record to be looked at. */
  next: number;
  /** What was read from there, and not looked at yet. */
  read: readonly AnyEnvelope[];
  /** Index of the next one in `read`. */
  at: number;
  found: AnyEnvelope | null;
  /** Records before the first one found may be beyond retention. */
  readonly cut: boolean;
  matched: number;
}

const CHUNK = 256;

export function standingOf(log: LocalLog, task: Task, from: readonly SnapshotOutput[]): Standing {
  const outputs: Output[] = [];
  for (const topic of task.row.outputs) {
    for (let partition = 0; partition < log.topology.partitions[topic]; partition++) {
      const end = from.find((output) => output.topic === topic && output.partition === partition)?.end_offset ?? 0;
      const start = log.startNow(topic, partition);
      outputs.push({ topic, partition, next: Math.max(end, start), read: [], at: 0, found: null, cut: start > end, matched: 0 });
    }
  }
  /** End of each partition when the task opened it: what it publishes itself from here on is not to be compared. */
  const ends = outputs.map((output) => log.endNow(output.topic, output.partition));

  function advance(output: Output, end: number): AnyEnvelope | null {
    while (output.found === null && output.next < end) {
      const record = output.read[output.at];
      if (record === undefined) {
        output.read = log.readNow(output.topic, output.partition, output.next, Math.min(CHUNK, end - output.next));
        output.at = 0;
        if (output.read.length === 0) break;
        continue;
      }
      output.at += 1;
      output.next = record.offset + 1;
      if (isOwn(task, record)) output.found = record;
    }
    return output.found;
  }

  return {
    stands(draft, mustStand) {
      const at = outputs.findIndex((output) => output.topic === draft.topic && output.partition === draft.partition);
      const output = outputs[at];
      if (output === undefined) return false;
      const found = advance(output, ends[at] ?? 0);
      if (found === null) {
        if (mustStand)
          throw diverged(task, draft, `${output.topic}/${output.partition}: ${nameOf(draft)} was derived, but does not stand`);
        return false;
      }
      if (output.cut && output.matched === 0 && isBefore(draft.source, found.source)) return true;
      compare(task, draft, found);
      output.found = null;
      output.matched += 1;
      return true;
    },
    finish() {
      outputs.forEach((output, i) => {
        const left = advance(output, ends[i] ?? 0);
        if (left === null) return;
        throw diverged(
          task,
          left,
          `${left.topic}/${left.partition} offset ${left.offset}: ${nameOf(left)} stands, but was not derived again`,
        );
      });
    },
  };
}

function isOwn(task: Task, record: AnyEnvelope): boolean {
  const { source } = record;
  if (source === null || source.stage !== task.stage.name || record.retry_of !== '') return false;
  if (record.type === 'DeadLetter' && record.value.error_class === 'FOLD_STOPPED') return false;
  return source.partition === task.partition;
}

export function nameOf(record: Draft | AnyEnvelope): string {
  return record.id === '' ? record.type : `${record.type} ${record.id}`;
}

function isBefore(a: SourcePosition | null, b: SourcePosition | null): boolean {
  if (a === null || b === null) return false;
  return a.offset < b.offset || (a.offset === b.offset && a.index < b.index);
}

/** Throws StageStopped where the two differ in anything that is derived. */
export function compare(task: Task, derived: Draft, stands: AnyEnvelope): void {
  const place = `${stands.topic}/${stands.partition} offset ${stands.offset}`;
  for (const field of ['source', 'type', 'key', 'id', 'cause', 'trace'] as const) {
    const found = firstDifference(derived[field], stands[field], field);
    if (found !== null)
      throw diverged(task, derived, `${place}: ${found.field} derived ${found.derived}, stands ${found.stands}`);
  }
  if (derived.type === 'DeadLetter') return;
  const found = differenceOf(derived, stands);
  if (found === null) return;
  throw diverged(task, derived, `${place}: ${derived.type}.${found.field} derived ${found.derived}, stands ${found.stands}`);
}

export function diverged(task: Task, at: Draft | AnyEnvelope, message: string): StageStopped {
  const position = at.source ?? { topic: at.topic, partition: at.partition, offset: at.offset };
  return new StageStopped(task.stage.name, task.partition, 'DIVERGED', position, message);
}
