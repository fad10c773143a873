// One stage over one partition: takes records in order, drops copies, and collects what the step emits.
import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { type Draft, newDraft } from '../log/draft.ts';
import { messageOf } from '../log/errors.ts';
import type { Owner } from '../log/log.ts';
import { newReel, type Reel } from '../log/reel.ts';
import { partitionFor } from '../partition.ts';
import type { Emit, Stage } from '../stage.ts';
import { type StageInput, type StageRow, stageOf } from '../stages.ts';
import { type TopicName, topicOf } from '../topics.ts';
import type { Topology } from '../topology.ts';
import { admit, type InputTrack, newTrack } from './admission.ts';
import { type IdTable, newIdTable } from './id-table.ts';
import { addToHash, type InputHash, newInputHash } from './input-hash.ts';
import { letterFor, poisonOf } from './letter.ts';
import { StageStopped } from './stopped.ts';

/** Everything a task knows; plain data, so that a snapshot holds all of it. */
export interface TaskMemory {
  /** That of the stage and of the rest together; absent in what was written before shapes had numbers. */
  shape?: number;
  state: unknown;
  tracks: InputTrack[];
  ids: IdTable;
  /** Everything up to this place of the merged order has been taken, or is not for this task. */
  sequence: number;
  input_hash: InputHash;
}

export interface Task {
  readonly stage: Stage<unknown>;
  readonly row: StageRow;
  readonly partition: number;
  /** Routed to the task and not yet taken: places in the list that takeInbox is given. */
  readonly inbox: Reel<number>;
  readonly memory: TaskMemory;
  owner: Owner | undefined;
  stopped: StageStopped | null;
  /** Positions of parked records, with the letter that parked each. */
  parked: ReadonlyMap<string, AnyEnvelope>;
  /** Something was taken since the deadline was last asked; never of a stage that no Tick reaches. */
  touched: boolean;
  deadline: Micros;
  /** At rest at a sequence: whatever the stage reads has been taken, or was passed over, up to the end of its partition. */
  passedTo(sequence: number, endOf: (topic: TopicName, partition: number) => number): void;
  /** The place of an input partition in the memory; made at the start of the partition if it was never read. */
  trackOf(topic: TopicName, partition: number): InputTrack;
  /** Goes on from the memory of a snapshot that the version wrote. Throws StageStopped where its state cannot be read. */
  remember(memory: TaskMemory, version: string): void;
  readsPartition(topic: TopicName, partition: number): boolean;
  wants(record: AnyEnvelope): boolean;
  /** Steps over one record and adds what it emits to `out`; on a bug adds nothing and throws StageStopped. */
  take(record: AnyEnvelope, now: Micros, out: Draft[]): void;
  /** As take, over those of the records whose places are in the inbox; what comes after a bug there is dropped. */
  takeInbox(records: readonly AnyEnvelope[], now: Micros, out: Draft[]): void;
}

/** Where a type that the stage may write belongs: every type lies in one topic. */
interface Output {
  readonly topic: TopicName;
  readonly partitions: number;
}

const FIRST_SHAPE = 1;
/** Grows where the rest of the memory gets another shape. 1: ids are fingerprints, no texts. */
const MEMORY_SHAPE = 1;
/** Place of the record taken while no step is running. */
const OUTSIDE = -1;

export function positionText(at: { readonly topic: string; readonly partition: number; readonly offset: number }): string {
  return `${at.topic}/${at.partition}/${at.offset}`;
}

export function createTask(stage: Stage<unknown>, partition: number, topology: Topology, hashInputs: boolean): Task {
  const row = stageOf(stage.name);
  const inputs = new Map<TopicName, StageInput>(row.inputs.map((input) => [input.topic, input]));
  const outputs = new Map<RecordName, Output>();
  for (const topic of row.outputs) {
    for (const type of topicOf(topic).records) outputs.set(type, { topic, partitions: topology.partitions[topic] });
  }
  const shape = MEMORY_SHAPE + (stage.shape ?? FIRST_SHAPE);
  const memory: TaskMemory = {
    shape,
    state: stage.init(partition),
    tracks: [],
    ids: newIdTable(),
    sequence: 0,
    input_hash: newInputHash(),
  };
  const meetsTicks = row.inputs.some(
    (input) => input.topic === 'journal.v1' && (input.types === null || input.types.includes('Tick')),
  );
  const inbox = newReel<number>();
  const alone: Reel<number> = { items: [0], count: 0 };
  // Of the running step. A reference that is set for each record costs a write barrier: so the record is remembered by its place,
  // lists only where they are others than before, and the time within an object of numbers.
  let taking: readonly AnyEnvelope[] = [];
  let at = OUTSIDE;
  let index = 0;
  let target: Draft[] = [];
  const clock: { now: Micros } = { now: 0 };
  let track: InputTrack | null = null;

  const emit: Emit = (topic, type, key, value, id, cause, trace) => {
    push(topic, type, key, value, id, cause, trace);
  };

  function push<T extends RecordName>(
    topic: TopicName,
    type: T,
    key: string,
    value: RecordTypes[T],
    id: string | undefined,
    cause: string | undefined,
    trace: string | undefined,
  ): void {
    const current = at === OUTSIDE ? undefined : taking[at];
    if (current === undefined) throw new TypeError(`emit: ${stage.name} emitted outside of its step`);
    const output = outputs.get(type);
    if (output === undefined || output.topic !== topic)
      throw new TypeError(`emit: ${stage.name} does not write ${type} to ${topic}`);
    const count = output.partitions;
    const source = {
      stage: stage.name,
      topic: current.topic,
      partition: current.partition,
      offset: current.offset,
      index,
    };
    index += 1;
    target[target.length] = newDraft(
      topic,
      count === 1 ? 0 : partitionFor(topic, key, count),
      type,
      key,
      value,
      clock.now,
      id ?? '',
      cause ?? current.id,
      trace ?? current.trace,
      source,
      '',
      null,
    );
  }

  function trackOf(topic: TopicName, of: number): InputTrack {
    for (const known of memory.tracks) {
      if (known.partition === of && known.topic === topic) {
        track = known;
        return known;
      }
    }
    track = newTrack(topic, of);
    memory.tracks.push(track);
    return track;
  }

  /** Bytes that no stage can read: the runtime writes the letter. Other raw bytes of a raw topic are the stage's business. */
  function isPoison(record: AnyEnvelope): boolean {
    return record.type === 'Raw' && (record.value[0] === 0 || !topicOf(record.topic).raw);
  }

  /** What may be parked, or bytes that are no record. */
  function stepOverOdd(record: AnyEnvelope, now: Micros): void {
    const letter = task.parked.size === 0 ? undefined : task.parked.get(positionText(record));
    if (letter !== undefined) {
      if (stage.name === 'decision') stage.step(memory.state, letter, emit, now);
    } else if (record.type === 'Raw' && isPoison(record)) {
      const { error_class, message } = poisonOf(record.value);
      const value = letterFor(record, stage.name, stage.version, error_class, message, now);
      push('dead-letters.v1', 'DeadLetter', record.key, value, value.dead_letter_id, undefined, undefined);
    } else {
      stage.step(memory.state, record, emit, now);
    }
  }

  function take(record: AnyEnvelope, now: Micros, out: Draft[]): void {
    alone.count = 1;
    takeAll([record], alone, now, out);
  }

  function takeAll(records: readonly AnyEnvelope[], places: Reel<number>, now: Micros, out: Draft[]): void {
    const { items, count } = places;
    const { ids } = memory;
    places.count = 0;
    if (taking !== records) taking = records;
    if (target !== out) target = out;
    clock.now = now;
    task.touched = meetsTicks;
    const noneParked = task.parked.size === 0;
    let before = out.length;
    try {
      for (let i = 0; i < count; i++) {
        const place = items[i] ?? OUTSIDE;
        const record = records[place];
        if (record === undefined) continue;
        let from = track;
        if (from === null || from.partition !== record.partition || from.topic !== record.topic)
          from = trackOf(record.topic, record.partition);
        from.next = record.offset + 1;
        memory.sequence = record.sequence;
        if (!admit(from, ids, record)) continue;
        if (hashInputs) addToHash(memory.input_hash, record);
        before = out.length;
        at = place;
        index = 0;
        if (noneParked && record.type !== 'Raw') stage.step(memory.state, record, emit, now);
        else stepOverOdd(record, now);
        at = OUTSIDE;
      }
    } catch (error) {
      const record = records[at];
      at = OUTSIDE;
      // Not of a step: a fault of the runtime is no fault of the stage.
      if (record === undefined) throw error;
      out.length = before;
      throw new StageStopped(stage.name, partition, 'EXCEPTION', record, messageOf(error), error);
    }
  }

  const task: Task = {
    stage,
    row,
    partition,
    inbox,
    memory,
    passedTo(sequence, endOf) {
      memory.sequence = Math.max(memory.sequence, sequence);
      for (const input of row.inputs) {
        for (let p = 0; p < topology.partitions[input.topic]; p++) {
          if (input.scope === 'all' || p === partition) trackOf(input.topic, p).next = endOf(input.topic, p);
        }
      }
    },
    trackOf,
    remember(from, version) {
      const wrote = from.shape ?? FIRST_SHAPE;
      if (stage.migrate === undefined && wrote !== shape) {
        const message = `the snapshot of version ${version} holds a state of shape ${wrote}: expected ${shape}; go on with the release that wrote it, or begin a new log`;
        throw new StageStopped(stage.name, partition, 'OTHER_SHAPE', { topic: 'snapshots.v1', partition, offset: -1 }, message);
      }
      Object.assign(memory, from, { shape });
      if (stage.migrate !== undefined && (wrote !== shape || version !== stage.version))
        memory.state = stage.migrate(from.state, version);
      track = null;
    },
    owner: undefined,
    stopped: null,
    parked: new Map(),
    touched: meetsTicks,
    deadline: Number.POSITIVE_INFINITY,
    readsPartition(topic, of) {
      const input = inputs.get(topic);
      return input !== undefined && (input.scope === 'all' || of === partition);
    },
    wants(record) {
      const input = inputs.get(record.topic);
      if (input === undefined || (input.scope !== 'all' && record.partition !== partition)) return false;
      return input.types === null || record.type === 'Raw' || input.types.includes(record.type);
    },
    take,
    takeInbox: (records, now, out) => takeAll(records, inbox, now, out),
  };
  return task;
}
