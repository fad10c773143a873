// Takes the records of a task in order: drops copies, steps over the rest, and collects what the steps emit.
import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { type Draft, newDraft } from '../log/draft.ts';
import { messageOf } from '../log/errors.ts';
import { partitionFor } from '../partition.ts';
import { type TopicName, topicOf } from '../topics.ts';
import { admit } from './admission.ts';
import type { Inbox } from './inbox.ts';
import { addToHash } from './input-hash.ts';
import { letterFor, poisonOf } from './letter.ts';
import { StageStopped } from './stopped.ts';
import type { Task } from './task.ts';

/** Place of the record taken while a task takes nothing. */
export const OUTSIDE = -1;

const ALONE = new Int32Array(1);

export function positionText(at: { readonly topic: string; readonly partition: number; readonly offset: number }): string {
  return `${at.topic}/${at.partition}/${at.offset}`;
}

/** Steps over one record and adds what it emits to `out`; on a bug adds nothing and throws StageStopped. */
export function take(task: Task, record: AnyEnvelope, now: Micros, out: Draft[]): void {
  const stopped = takeAll(task, [record], { places: ALONE, count: 1 }, now, out);
  if (stopped !== null) throw stopped;
}

/** As take, over those of the records whose places are in the inbox; on a bug returns it, and what comes after is dropped. */
export function takeInbox(task: Task, records: readonly AnyEnvelope[], now: Micros, out: Draft[]): StageStopped | null {
  return takeAll(task, records, task.inbox, now, out);
}

function takeAll(task: Task, records: readonly AnyEnvelope[], inbox: Inbox, now: Micros, out: Draft[]): StageStopped | null {
  const { memory, step, emit } = task;
  const { places, count } = inbox;
  const { state, ids } = memory;
  inbox.count = 0;
  if (task.records !== records) task.records = records;
  if (task.out !== out) task.out = out;
  task.now = now;
  task.touched = true;
  const noneParked = task.parked.size === 0;
  let { sequence } = memory;
  let stepping = false;
  try {
    for (let i = 0; i < count; i++) {
      const place = places[i] ?? OUTSIDE;
      const record = records[place];
      if (record === undefined) continue;
      let from = task.track;
      if (from === null || from.partition !== record.partition || from.topic !== record.topic)
        from = task.trackOf(record.topic, record.partition);
      from.next = record.offset + 1;
      sequence = record.sequence;
      if (!admit(from, ids, record)) continue;
      if (task.hash_inputs) addToHash(memory.input_hash, record);
      task.place = place;
      task.index = 0;
      stepping = true;
      if (noneParked && record.type !== 'Raw') step(state, record, emit, now);
      else stepOverOdd(task, record, now);
      stepping = false;
    }
    memory.sequence = sequence;
    task.place = OUTSIDE;
    return null;
  } catch (error) {
    const record = records[task.place];
    task.place = OUTSIDE;
    // Not of a step: a fault of the runtime is no fault of the stage.
    if (!stepping || record === undefined) throw error;
    out.length -= task.index;
    return new StageStopped(task.stage.name, task.partition, 'EXCEPTION', record, messageOf(error), error);
  }
}

/** What may be parked, or bytes that are no record. */
function stepOverOdd(task: Task, record: AnyEnvelope, now: Micros): void {
  const { stage, step, memory, emit } = task;
  const letter = task.parked.size === 0 ? undefined : task.parked.get(positionText(record));
  if (letter !== undefined) {
    if (stage.name === 'decision') step(memory.state, letter, emit, now);
  } else if (record.type === 'Raw' && isPoison(record)) {
    const { error_class, message } = poisonOf(record.value);
    const value = letterFor(record, stage.name, stage.version, error_class, message, now);
    push(task, 'dead-letters.v1', 'DeadLetter', record.key, value, value.dead_letter_id, undefined, undefined);
  } else {
    step(memory.state, record, emit, now);
  }
}

/** Bytes that no stage can read: the runtime writes the letter. Other raw bytes of a raw topic are the stage's business. */
function isPoison(record: AnyEnvelope): boolean {
  return record.type === 'Raw' && (record.value[0] === 0 || !topicOf(record.topic).raw);
}

/** What the running step emits; throws a TypeError outside of one, and where the stage does not write this type to this topic. */
export function push<T extends RecordName>(
  task: Task,
  topic: TopicName,
  type: T,
  key: string,
  value: RecordTypes[T],
  id: string | undefined,
  cause: string | undefined,
  trace: string | undefined,
): void {
  const { stage, out } = task;
  const current = task.place === OUTSIDE ? undefined : task.records[task.place];
  if (current === undefined) throw new TypeError(`emit: ${stage.name} emitted outside of its step`);
  const output = task.outputs.get(type);
  if (output === undefined || output.topic !== topic)
    throw new TypeError(`emit: ${stage.name} does not write ${type} to ${topic}`);
  const source = {
    stage: stage.name,
    topic: current.topic,
    partition: current.partition,
    offset: current.offset,
    index: task.index,
  };
  out[out.length] = newDraft(
    topic,
    output.partitions === 1 ? 0 : partitionFor(topic, key, output.partitions),
    type,
    key,
    value,
    task.now,
    id ?? '',
    cause ?? current.id,
    trace ?? current.trace,
    source,
    '',
    null,
  );
  task.index += 1;
}
