// Snapshots: the whole memory of a stage's partition at one place of the log, written in chunks and read back whole or not at all.
import { deserialize, serialize } from 'node:v8';
import { sha256Hex } from '../../schemas/hash.ts';
import type { Snapshot, SnapshotInput, SnapshotOutput } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type Draft, newDraft } from '../log/draft.ts';
import type { LocalLog } from '../log/log.ts';
import { partitionFor } from '../partition.ts';
import { isTopicName, type TopicName } from '../topics.ts';
import { hashText } from './input-hash.ts';
import type { Task, TaskMemory } from './task.ts';

const TOPIC: TopicName = 'snapshots.v1';
const CHUNK_BYTES = 512 * 1_024;
/** Newest snapshots that stay; older ones go once the new one was read back. */
const KEPT = 2;

export interface FoundSnapshot {
  readonly memory: TaskMemory;
  readonly version: string;
  readonly outputs: readonly SnapshotOutput[];
}

interface Group {
  readonly first: Snapshot;
  readonly chunks: (Uint8Array | undefined)[];
  readonly keys: string[];
}

/** What reading a snapshot needs of a log. */
export type SnapshotLog = Pick<LocalLog, 'topology' | 'startNow' | 'endNow' | 'readNow' | 'incarnationNow' | 'lastSequence'>;

/** Where the snapshots of a stage's partition lie. */
function partitionOf(log: SnapshotLog, stage: string, partition: number): number {
  return partitionFor(TOPIC, `${stage}/${partition}`, log.topology.partitions[TOPIC]);
}

/** Appends the task's memory; to be called where nothing is in flight. Then deletes all but the two newest, if the new one reads back. */
export function writeSnapshot(log: LocalLog, task: Task, now: Micros): void {
  const { stage, partition, memory } = task;
  const bytes = serialize(memory);
  const hash = sha256Hex(bytes);
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  const to = partitionOf(log, stage.name, partition);
  const batch: Draft[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const value: Snapshot = {
      stage: stage.name,
      partition,
      version: stage.version,
      offset: memory.sequence,
      claim: String(task.owner?.number ?? ''),
      chunk,
      chunks,
      hash,
      inputs: memory.tracks.map((track) => ({
        topic: track.topic,
        partition: track.partition,
        topic_id: isTopicName(track.topic) ? log.incarnationNow(track.topic) : '',
        offset: track.next,
      })),
      input_hash: hashText(memory.input_hash),
      outputs: outputsOf(log, task),
      claims: [],
      bytes: bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES),
    };
    const key = [stage.name, partition, stage.version, memory.sequence, value.claim, chunk].join('/');
    batch.push(newDraft(TOPIC, to, 'Snapshot', key, value, now, '', '', '', null, '', null));
  }
  log.appendNow(batch, task.owner);
  log.endInstant();
  log.flush();
  const groups = groupsOf(log, stage.name, partition);
  const newest = groups.at(-1);
  if (newest === undefined || newest.first.hash !== hash || memoryOf(newest) === null) return;
  const old = groups.slice(0, -KEPT).flatMap((group) => group.keys);
  if (old.length > 0) log.forgetNow(TOPIC, to, new Set(old));
}

function outputsOf(log: LocalLog, task: Task): SnapshotOutput[] {
  const outputs: SnapshotOutput[] = [];
  for (const topic of task.row.outputs) {
    for (let p = 0; p < log.topology.partitions[topic]; p++) {
      outputs.push({
        topic,
        partition: p,
        topic_id: log.incarnationNow(topic),
        end_offset: log.endNow(topic, p),
        last_offset: task.memory.sequence,
        last_index: 0,
      });
    }
  }
  return outputs;
}

/**
 * The newest snapshot that is whole and belongs to this log: every chunk there under one hash, the topics those of now, the
 * output ends existing. Of whichever version: what a new version derives beyond it is compared with what stands. `usable` may
 * refuse more, as a replay does those beyond the decision that it asks for.
 */
export function newestSnapshot(
  log: SnapshotLog,
  stage: string,
  version: string,
  partition: number,
  usable: (snapshot: Snapshot) => boolean = () => true,
): FoundSnapshot | null {
  const groups = groupsOf(log, stage, partition);
  groups.sort(
    (a, b) => a.first.offset - b.first.offset || Number(a.first.version === version) - Number(b.first.version === version),
  );
  for (const group of groups.reverse()) {
    if (!belongs(log, group.first) || !usable(group.first)) continue;
    const memory = memoryOf(group);
    if (memory !== null) return { memory, version: group.first.version, outputs: group.first.outputs };
  }
  return null;
}

function belongs(log: SnapshotLog, snapshot: Snapshot): boolean {
  for (const { topic, topic_id } of [...snapshot.inputs, ...snapshot.outputs]) {
    if (!isTopicName(topic) || log.incarnationNow(topic) !== topic_id) return false;
  }
  for (const { topic, partition, end_offset } of snapshot.outputs) {
    if (isTopicName(topic) && log.endNow(topic, partition) < end_offset) return false;
  }
  return snapshot.offset <= log.lastSequence();
}

/**
 * For each input partition the offset below which no recovery reads again: that of the older of the two newest snapshots.
 * null until there are two that can be read.
 */
export function neededFrom(log: LocalLog, stage: string, partition: number): readonly SnapshotInput[] | null {
  const whole = groupsOf(log, stage, partition).filter((group) => belongs(log, group.first) && memoryOf(group) !== null);
  return whole.at(-KEPT)?.first.inputs ?? null;
}

/** In the order of their offsets. */
function groupsOf(log: SnapshotLog, stage: string, partition: number): Group[] {
  const from = partitionOf(log, stage, partition);
  const groups = new Map<string, Group>();
  let next = log.startNow(TOPIC, from);
  for (;;) {
    const records = log.readNow(TOPIC, from, next, 64);
    for (const record of records) {
      next = record.offset + 1;
      if (record.type !== 'Snapshot' || record.value.stage !== stage || record.value.partition !== partition) continue;
      const value = record.value;
      const name = `${value.version}/${value.offset}/${value.claim}/${value.hash}`;
      let group = groups.get(name);
      if (group === undefined) {
        group = { first: value, chunks: new Array<Uint8Array | undefined>(value.chunks).fill(undefined), keys: [] };
        groups.set(name, group);
      }
      group.chunks[value.chunk] = value.bytes;
      group.keys.push(record.key);
    }
    if (records.length === 0) break;
  }
  return [...groups.values()].sort((a, b) => a.first.offset - b.first.offset);
}

/** null for a torn snapshot: a chunk is missing, or the bytes do not have the hash. */
function memoryOf(group: Group): TaskMemory | null {
  const parts: Uint8Array[] = [];
  for (const chunk of group.chunks) {
    if (chunk === undefined) return null;
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  if (sha256Hex(bytes) !== group.first.hash) return null;
  return deserialize(bytes) as TaskMemory;
}
