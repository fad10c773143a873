// One stage over one partition: what it remembers, what waits for it, and where its running step stands.
import type { RecordName } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { Draft } from '../log/draft.ts';
import type { Owner } from '../log/log.ts';
import type { Emit, Stage } from '../stage.ts';
import { type StageInput, type StageRow, stageOf } from '../stages.ts';
import { type TopicName, topicOf } from '../topics.ts';
import type { Topology } from '../topology.ts';
import { type InputTrack, newTrack } from './admission.ts';
import { type IdTable, newIdTable } from './id-table.ts';
import { type Inbox, newInbox } from './inbox.ts';
import { type InputHash, newInputHash } from './input-hash.ts';
import { StageStopped } from './stopped.ts';
import { OUTSIDE, push } from './take.ts';

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

/** Where a type that the stage may write belongs: every type lies in one topic. */
interface Output {
  readonly topic: TopicName;
  readonly partitions: number;
}

/** What take.ts needs for each record are plain fields: its code is shared by all tasks, and finds them at fixed places. */
export interface Task {
  readonly stage: Stage<unknown>;
  /** That of the stage, at a place of its own, since stages are objects of many shapes. It is called alone: a step knows no `this`. */
  readonly step: Stage<unknown>['step'];
  /** That of the stage; none where no Tick reaches it. */
  readonly deadlineOf: Stage<unknown>['deadline'];
  readonly row: StageRow;
  readonly partition: number;
  /** Places in the list that takeInbox is given. */
  readonly inbox: Inbox;
  readonly memory: TaskMemory;
  readonly outputs: ReadonlyMap<RecordName, Output>;
  readonly emit: Emit;
  /** The running hash of the input costs time that a run without snapshots can save. */
  readonly hash_inputs: boolean;
  owner: Owner | undefined;
  stopped: StageStopped | null;
  /** Positions of parked records, with the letter that parked each. */
  parked: ReadonlyMap<string, AnyEnvelope>;
  /** Something was taken since the deadline was last asked. */
  touched: boolean;
  deadline: Micros;
  /** That of the last record taken: most come from where the one before came from. */
  track: InputTrack | null;
  // Of the running step. A reference that is set for each record costs a write barrier: so the record is remembered by its
  // place, and the lists only where they are others than before.
  records: readonly AnyEnvelope[];
  /** Of the record in `records`; OUTSIDE while the task takes nothing. */
  place: number;
  /** Of the next record that the step emits: so many has it emitted. */
  index: number;
  out: Draft[];
  now: Micros;
  /** At rest at a sequence: whatever the stage reads has been taken, or was passed over, up to the end of its partition. */
  passedTo(sequence: number, endOf: (topic: TopicName, partition: number) => number): void;
  /** The place of an input partition in the memory; made at the start of the partition if it was never read. */
  trackOf(topic: TopicName, partition: number): InputTrack;
  /** Goes on from the memory of a snapshot that the version wrote. Throws StageStopped where its state cannot be read. */
  remember(memory: TaskMemory, version: string): void;
  readsPartition(topic: TopicName, partition: number): boolean;
  wants(record: AnyEnvelope): boolean;
}

const FIRST_SHAPE = 1;
/** Grows where the rest of the memory gets another shape. 1: ids are fingerprints, no texts. */
const MEMORY_SHAPE = 1;

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

  function trackOf(topic: TopicName, of: number): InputTrack {
    let track = memory.tracks.find((known) => known.partition === of && known.topic === topic);
    if (track === undefined) {
      track = newTrack(topic, of);
      memory.tracks.push(track);
    }
    task.track = track;
    return track;
  }

  const task: Task = {
    stage,
    step: stage.step,
    deadlineOf: meetsTicks ? stage.deadline : undefined,
    row,
    partition,
    inbox: newInbox(),
    memory,
    outputs,
    emit: (topic, type, key, value, id, cause, trace) => push(task, topic, type, key, value, id, cause, trace),
    hash_inputs: hashInputs,
    owner: undefined,
    stopped: null,
    parked: new Map(),
    touched: true,
    deadline: Number.POSITIVE_INFINITY,
    track: null,
    records: [],
    place: OUTSIDE,
    index: 0,
    out: [],
    now: 0,
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
      task.track = null;
    },
    readsPartition(topic, of) {
      const input = inputs.get(topic);
      return input !== undefined && (input.scope === 'all' || of === partition);
    },
    wants(record) {
      const input = inputs.get(record.topic);
      if (input === undefined || (input.scope !== 'all' && record.partition !== partition)) return false;
      return input.types === null || record.type === 'Raw' || input.types.includes(record.type);
    },
  };
  return task;
}
