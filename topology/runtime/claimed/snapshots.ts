// Snapshots on a shared log: found, written and read back, with the claim tables of inputs and outputs at their positions.
import { deserialize, serialize } from 'node:v8';
import { sha256Hex } from '../../../schemas/hash.ts';
import type { Snapshot, SnapshotOutput } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { ClaimTable } from '../../log/claims.ts';
import { newDraft } from '../../log/draft.ts';
import { LogHoleError } from '../../log/errors.ts';
import type { Outgoing, SharedLog } from '../../log/shared-log.ts';
import { partitionFor } from '../../partition.ts';
import { isTopicName, type TopicName } from '../../topics.ts';
import { hashText } from '../input-hash.ts';
import type { TaskMemory } from '../task.ts';
import type { Place } from './outputs.ts';
import { readThrough } from './read-through.ts';

const TOPIC: TopicName = 'snapshots.v1';
const CHUNK_BYTES = 512 * 1_024;
/** Newest snapshots that stay; older ones go once the new one was read back. */
const KEPT = 2;
/** Entries before the end that are searched first, and how many times more whenever they do not hold what is looked for. */
const SEARCHED_FIRST = 64;
const SEARCHED_MORE = 8;

export interface TakenInput extends Place {
  readonly next: number;
  readonly table: ClaimTable;
}

export interface TakenOutput extends Place {
  /** Everything below it was read. */
  readonly end: number;
  readonly table: ClaimTable;
  /** Input position of the last own record; -1 if none. */
  readonly last_offset: number;
  readonly last_index: number;
}

/** How far an owner has come. */
export interface Taken {
  readonly inputs: readonly TakenInput[];
  readonly outputs: readonly TakenOutput[];
}

export interface SnapshotToWrite extends Taken {
  readonly stage: string;
  readonly partition: number;
  readonly version: string;
  readonly claim: string;
  readonly memory: TaskMemory;
}

export interface FoundSnapshot extends Taken {
  /** Offset from which the partition was searched: others are not looked for before it again. */
  readonly searched_from: number;
  readonly version: string;
  readonly memory: TaskMemory;
}

interface Group {
  /** Offset of its first chunk in the log. */
  readonly from: number;
  readonly first: Snapshot;
  readonly chunks: (Uint8Array | undefined)[];
  readonly keys: Set<string>;
}

function placeOf(log: SharedLog, stage: string, partition: number): Place {
  return { topic: TOPIC, partition: partitionFor(TOPIC, `${stage}/${partition}`, log.topology.partitions[TOPIC]) };
}

/** Records taken over all inputs: grows with every step of one history. */
function offsetOf(inputs: readonly TakenInput[]): number {
  return inputs.reduce((sum, input) => sum + input.next, 0);
}

/**
 * Appends, reads back, and deletes all but the two newest. To be called where nothing is in flight, and after every claimed
 * output was read to its last acknowledged offset without a foreign Claim; the memory may change as soon as it has returned its
 * promise. `since`: what the call before has resolved with, at first from where the newest was found: what lies before it was
 * deleted, and need not be read again.
 */
export async function writeSnapshot(log: SharedLog, snapshot: SnapshotToWrite, now: Micros, since: number): Promise<number> {
  const { stage, partition, version, claim, inputs, outputs } = snapshot;
  const place = placeOf(log, stage, partition);
  const bytes = serialize(snapshot.memory);
  const input_hash = hashText(snapshot.memory.input_hash);
  const hash = sha256Hex(bytes);
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  const offset = offsetOf(inputs);
  const ids = await incarnations(log, [...inputs, ...outputs]);
  const batch: Outgoing[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const value: Snapshot = {
      stage,
      partition,
      version,
      offset,
      claim,
      chunk,
      chunks,
      hash,
      inputs: inputs.map(({ topic, partition: of, next }) => ({
        topic,
        partition: of,
        topic_id: ids.get(topic) ?? '',
        offset: next,
      })),
      input_hash,
      outputs: outputs.map(
        (output): SnapshotOutput => ({
          topic: output.topic,
          partition: output.partition,
          topic_id: ids.get(output.topic) ?? '',
          end_offset: output.end,
          last_offset: output.last_offset,
          last_index: output.last_index,
        }),
      ),
      // A partition may be input and output at two positions: in the order of the inputs, then of the outputs.
      claims: [...inputs, ...outputs].map(({ topic, partition: of, table }) => ({
        topic,
        partition: of,
        claims: Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1))),
      })),
      bytes: bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES),
    };
    const key = [stage, partition, version, offset, claim, chunk].join('/');
    const draft = newDraft(TOPIC, place.partition, 'Snapshot', key, value, now, '', '', '', null, '', null);
    batch.push({ kind: 'RECORD', draft, claim: null });
  }
  await log.append(batch);
  return deleteOld(log, place, stage, partition, hash, since);
}

async function deleteOld(
  log: SharedLog,
  place: Place,
  stage: string,
  partition: number,
  hash: string,
  since: number,
): Promise<number> {
  const start = await log.startOffset(place.topic, place.partition);
  const end = await log.endOffset(place.topic, place.partition);
  const groups = await groupsOf(log, place, stage, partition, Math.max(start, since), end);
  const newest = groups.at(-1);
  if (newest === undefined || newest.first.hash !== hash || bytesOf(newest) === null) return since;
  const old = groups.slice(0, -KEPT).flatMap((group) => [...group.keys]);
  if (old.length > 0) await log.append(old.map((key): Outgoing => ({ kind: 'EMPTY', ...place, key })));
  return Math.min(...groups.slice(-KEPT).map((group) => group.from));
}

/**
 * The newest that is whole and whose positions exist. Throws LogHoleError where it names a topic that was made anew since. The
 * end is searched first: what was deleted lies in the partition until the broker compacts it, and may be a hundred times more.
 */
export async function newestSnapshot(
  log: SharedLog,
  stage: string,
  version: string,
  partition: number,
): Promise<FoundSnapshot | null> {
  const place = placeOf(log, stage, partition);
  const start = await log.startOffset(place.topic, place.partition);
  const end = await log.endOffset(place.topic, place.partition);
  for (let span = SEARCHED_FIRST; ; span *= SEARCHED_MORE) {
    const from = Math.max(start, end - span);
    const groups = await groupsOf(log, place, stage, partition, from, end);
    const found = await newestOf(log, groups, version, from);
    // Who was no owner any more may have written the last one: of two the one that is further is taken.
    if (from === start || (found !== null && groups.filter(isComplete).length >= KEPT)) return found;
  }
}

async function newestOf(log: SharedLog, groups: Group[], version: string, searched_from: number): Promise<FoundSnapshot | null> {
  groups.sort(
    (a, b) => a.first.offset - b.first.offset || Number(a.first.version === version) - Number(b.first.version === version),
  );
  for (const group of groups.reverse()) {
    const memory = memoryOf(group);
    if (memory === null || !(await belongs(log, group.first))) continue;
    return { searched_from, version: group.first.version, memory, ...positionsOf(group.first) };
  }
  return null;
}

function positionsOf(snapshot: Snapshot): Taken {
  const inputs: TakenInput[] = [];
  const outputs: TakenOutput[] = [];
  const tableAt = (i: number): ClaimTable => new Map(Object.entries(snapshot.claims[i]?.claims ?? {}));
  snapshot.inputs.forEach(({ topic, partition, offset }, i) => {
    if (isTopicName(topic)) inputs.push({ topic, partition, next: offset, table: tableAt(i) });
  });
  snapshot.outputs.forEach(({ topic, partition, end_offset, last_offset, last_index }, i) => {
    if (!isTopicName(topic)) return;
    outputs.push({ topic, partition, end: end_offset, table: tableAt(snapshot.inputs.length + i), last_offset, last_index });
  });
  return { inputs, outputs };
}

async function incarnations(log: SharedLog, places: readonly Place[]): Promise<ReadonlyMap<TopicName, string>> {
  const ids = new Map<TopicName, string>();
  for (const { topic } of places) if (!ids.has(topic)) ids.set(topic, await log.incarnation(topic));
  return ids;
}

async function belongs(log: SharedLog, snapshot: Snapshot): Promise<boolean> {
  const { inputs, outputs } = positionsOf(snapshot);
  const ids = await incarnations(log, [...inputs, ...outputs]);
  for (const { topic, partition, topic_id } of [...snapshot.inputs, ...snapshot.outputs])
    if (isTopicName(topic) && ids.get(topic) !== topic_id)
      throw new LogHoleError(topic, partition, 0, `of ${topic_id}, as the snapshot names it; the topic was made anew`);
  for (const { topic, partition, next } of inputs) if ((await log.endOffset(topic, partition)) < next) return false;
  for (const { topic, partition, end } of outputs) if ((await log.endOffset(topic, partition)) < end) return false;
  return true;
}

/** In the order of their offsets; what was deleted is left out. One that begins before `from` lacks what lies there. */
async function groupsOf(
  log: SharedLog,
  place: Place,
  stage: string,
  partition: number,
  from: number,
  end: number,
): Promise<Group[]> {
  const groups = new Map<string, Group>();
  await readThrough(log, place, from, end, (entry) => {
    if (!entry.key.startsWith(`${stage}/${partition}/`)) return;
    if (entry.kind !== 'RECORD') {
      for (const [name, group] of groups) if (group.keys.has(entry.key)) groups.delete(name);
      return;
    }
    const record = entry.record();
    if (record.type !== 'Snapshot') return;
    const { value } = record;
    const name = `${value.version}/${value.offset}/${value.claim}/${value.hash}`;
    let group = groups.get(name);
    if (group === undefined) {
      group = {
        from: entry.offset,
        first: value,
        chunks: new Array<Uint8Array | undefined>(value.chunks).fill(undefined),
        keys: new Set(),
      };
      groups.set(name, group);
    }
    group.chunks[value.chunk] = value.bytes;
    group.keys.add(record.key);
  });
  return [...groups.values()].sort((a, b) => a.first.offset - b.first.offset);
}

function memoryOf(group: Group): TaskMemory | null {
  const bytes = bytesOf(group);
  return bytes === null ? null : (deserialize(bytes) as TaskMemory);
}

function isComplete({ chunks }: Group): boolean {
  return !chunks.includes(undefined);
}

/** null for a torn snapshot: a chunk is missing, or the bytes do not have the hash. */
function bytesOf(group: Group): Buffer | null {
  const parts: Uint8Array[] = [];
  for (const chunk of group.chunks) {
    if (chunk === undefined) return null;
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  return sha256Hex(bytes) === group.first.hash ? bytes : null;
}
