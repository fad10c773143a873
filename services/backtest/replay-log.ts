// Recomputes recorded decisions from the journal in a log: folds it as the stage did, and compares bytes.
import { encode } from '../../schemas/codec.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import type { Decision, Snapshot } from '../../schemas/records.generated.ts';
import type { Envelope } from '../../topology/envelope.ts';
import type { Draft } from '../../topology/log/draft.ts';
import type { SqliteReader, StoredRecord } from '../../topology/log/sqlite-reader.ts';
import { lettersOf } from '../../topology/runtime/parked.ts';
import { newestSnapshot, type SnapshotLog } from '../../topology/runtime/snapshot.ts';
import { take } from '../../topology/runtime/take.ts';
import { createTask, type Task } from '../../topology/runtime/task.ts';
import type { Stage } from '../../topology/stage.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { FieldDifference } from '../decision/replay/difference.ts';
import { type Replayed as ReplayedDecision, replayDecision } from '../decision/replay/replay.ts';
import type { DecisionState } from '../decision/state.ts';

const JOURNAL = 'journal.v1';
const CHUNK = 1_000;

export interface ReplayOptions {
  readonly reader: SqliteReader;
  readonly partitions: number;
  readonly stage: Stage<DecisionState>;
  /** Changes the state before each decision, as another policy would; what follows is folded from the recorded state. */
  readonly change?: (state: DecisionState) => void;
  /** Fields that are not compared. With any, bytes are not either. */
  readonly ignore?: readonly string[];
}

export interface Replayed {
  readonly recorded: Decision;
  /** null where the journal leads to no such decision now. */
  readonly replayed: Decision | null;
  /** null = the same bytes, or (under `ignore`) the same in every other field. */
  readonly difference: FieldDifference | null;
  /** The version that decided, where it is not the one that replays; its field is then not compared. */
  readonly other_version: string | null;
  /** Journal offset that the fold began at: that of a snapshot, or 0. */
  readonly folded_from: number;
}

/** The journal no longer holds, or does not hold yet, what the decision was made of. */
export class JournalMissingError extends Error {
  override readonly name = 'JournalMissingError';
  readonly partition: number;
  /** First and last offset that is missing. */
  readonly from: number;
  readonly to: number;
  constructor(partition: number, from: number, to: number) {
    super(`${JOURNAL}/${partition}: offsets ${from} to ${to} are not in the log`);
    this.partition = partition;
    this.from = from;
    this.to = to;
  }
}

type StoredDecision = StoredRecord & { readonly envelope: Envelope<'Decision'> };

function isDecision(stored: StoredRecord): stored is StoredDecision {
  return stored.envelope.type === 'Decision';
}

/** The answers in the order of the question. One pass over each journal partition. Throws JournalMissingError. */
export function replayDecisions(options: ReplayOptions, wanted: readonly StoredRecord[]): Replayed[] {
  const found = new Map<StoredRecord, Replayed>();
  for (let partition = 0; partition < options.partitions; partition++) {
    const here = wanted.filter(isDecision).filter(({ envelope }) => envelope.value.journal.partition === partition);
    if (here.length > 0) replayPartition(options, partition, here, found);
  }
  return wanted.map((stored) => {
    const answer = found.get(stored);
    if (answer !== undefined) return answer;
    throw new TypeError(`replay: ${stored.envelope.topic} offset ${stored.envelope.offset}: expected a Decision`);
  });
}

function replayPartition(
  options: ReplayOptions,
  partition: number,
  wanted: readonly StoredDecision[],
  found: Map<StoredRecord, Replayed>,
): void {
  const { reader, stage } = options;
  const byOffset = Map.groupBy(wanted, (stored) => stored.envelope.value.journal.offset);
  const offsets = [...byOffset.keys()].sort((a, b) => a - b);
  const first = offsets[0] ?? 0;
  const last = offsets.at(-1) ?? 0;
  let from = 0;
  const watched: Stage<DecisionState> = {
    ...stage,
    step(state, input, emit, now) {
      for (const stored of input.topic === JOURNAL ? (byOffset.get(input.offset) ?? []) : []) {
        const before = structuredClone(state);
        options.change?.(before);
        found.set(
          stored,
          compared(options, stored, (ignore) => replayDecision(stage, before, input, stored.envelope.value, ignore), from),
        );
      }
      stage.step(state, input, emit, now);
    },
  };
  const task = taskBefore(options, watched, partition, first);
  from = task.memory.tracks[0]?.next ?? 0;
  foldTo(task, reader, partition, from, last);
  // What the runtime drops as a copy, or an operator has parked, decides nothing.
  for (const stored of wanted)
    if (!found.has(stored)) found.set(stored, compared(options, stored, notDecided(stored.envelope.value), from));
}

/** The state where the journal ends: what a status tells when nobody runs. */
export function stateAtEnd(options: ReplayOptions, partition: number): DecisionState {
  const end = options.reader.endOffset(JOURNAL, partition);
  const task = taskBefore(options, options.stage, partition, end);
  foldTo(task, options.reader, partition, task.memory.tracks[0]?.next ?? 0, end - 1);
  return task.memory.state as DecisionState;
}

/** The task of the partition at the newest snapshot of this version that is not beyond `offset`, else at its beginning. */
function taskBefore(options: ReplayOptions, stage: Stage<DecisionState>, partition: number, offset: number): Task {
  const topology = topologyOf(options.partitions);
  const log = readable(options.reader, options.partitions);
  const task = createTask(stage as Stage<unknown>, partition, topology, false);
  task.parked = lettersOf(log, stage.name, partition).parked;
  const isBefore = (snapshot: Snapshot): boolean =>
    snapshot.version === stage.version && snapshot.inputs.every((input) => input.offset <= offset);
  const snapshot = newestSnapshot(log, stage.name, stage.version, partition, isBefore);
  if (snapshot !== null) task.remember(snapshot.memory, snapshot.version);
  return task;
}

/** Takes every record of [from, last] as the runtime does, and lets what is emitted go. */
function foldTo(task: Task, reader: SqliteReader, partition: number, from: number, last: number): void {
  const out: Draft[] = [];
  for (let next = from; next <= last; ) {
    const records = reader.read(JOURNAL, partition, next, Math.min(CHUNK, last - next + 1));
    if (records.length === 0) throw new JournalMissingError(partition, next, last);
    for (const { envelope } of records) {
      if (envelope.offset > next) throw new JournalMissingError(partition, next, envelope.offset - 1);
      next += 1;
      out.length = 0;
      take(task, envelope, envelope.at, out);
    }
  }
}

/** `replay` recomputes the decision and compares it in every field but those it is given. */
function compared(
  { stage, ignore = [] }: ReplayOptions,
  { envelope, bytes }: StoredDecision,
  replay: (ignore: readonly string[]) => ReplayedDecision,
  folded_from: number,
): Replayed {
  const recorded = envelope.value;
  const other_version = recorded.stage_version === stage.version ? null : recorded.stage_version;
  const ignored = other_version === null ? ignore : [...ignore, 'stage_version'];
  const { decision, difference } = replay(ignored);
  const answer = { recorded, replayed: decision, other_version, folded_from };
  if (difference !== null || decision === null || ignored.length > 0) return { ...answer, difference };
  return { ...answer, difference: byteDifference(bytes, encode('Decision', decision)) };
}

/** Equal fields in other bytes: the record was written with another schema. */
function byteDifference(recorded: Uint8Array, replayed: Uint8Array): FieldDifference | null {
  if (Buffer.compare(recorded, replayed) === 0) return null;
  return { field: 'bytes', recorded: sha256Hex(recorded), replayed: sha256Hex(replayed) };
}

function notDecided(recorded: Decision): (ignore: readonly string[]) => ReplayedDecision {
  const difference = { field: 'decision_id', recorded: recorded.decision_id, replayed: 'not decided' };
  return () => ({ decisions: [], decision: null, difference });
}

function readable(reader: SqliteReader, partitions: number): SnapshotLog {
  return {
    topology: topologyOf(partitions),
    startNow: reader.startOffset,
    endNow: reader.endOffset,
    readNow: (topic, partition, from, max) => reader.read(topic, partition, from, max).map(({ envelope }) => envelope),
    incarnationNow: reader.incarnation,
    lastSequence: reader.lastSequence,
  };
}
