// The memory log: passes objects, encodes nothing, and keeps either everything or only what a reader still holds.
import type { AnyEnvelope } from '../envelope.ts';
import { everyPartition, newPartitionTable, type PartitionTable, partitionIn } from '../partition-table.ts';
import type { TopicName } from '../topics.ts';
import { EMBEDDED, type Topology } from '../topology.ts';
import { appendResultOf } from './append-result.ts';
import { type Draft, placed } from './draft.ts';
import { FencedError, LogClosedError, OffsetGoneError } from './errors.ts';
import type { Hold, LocalLog, Owner } from './log.ts';
import { createWaiters, type Waiters } from './waiters.ts';

export interface MemoryOptions {
  readonly topology?: Topology;
  /** `all` (default): every record stays. `held`: only what somebody holds, and no merged order: bounded memory for long runs. */
  readonly retain?: 'all' | 'held';
  /** Freezes every value on its way in, so that a stage that changes what it has published fails in a test. */
  readonly freeze?: boolean;
}

interface Partition {
  /** Offset of records[0]. */
  start: number;
  /** null: removed by its key (compacted topics). */
  records: (Draft | null)[];
  readonly holds: Set<{ from: number }>;
}

/** Instants between two sweeps of a log that keeps only what is held. */
const SWEEP_INSTANTS = 32;

let made = 0;

/** Its functions stand beside it: all logs of a process share their code, which finds what it needs at fixed places. */
interface Memory {
  readonly incarnation: string;
  readonly topology: Topology;
  readonly keeps_all: boolean;
  readonly freeze: boolean;
  readonly waiters: Waiters;
  readonly newest: Map<string, Owner>;
  readonly fenced: Set<Owner>;
  readonly partitions: PartitionTable<Partition>;
  /** Index = sequence − 1. */
  readonly merged: Draft[];
  /** By the identity of the list: a runtime marks the same owners again and again. */
  readonly taken: Map<readonly Owner[], { at: number }>;
  marks: { readonly owners: readonly Owner[]; at: number; readonly settled: { at: number } }[];
  sequence: number;
  /** Sequence at which the open instant began. */
  settled: number;
  instants: number;
  closed: string;
}

export function createMemoryLog(options: MemoryOptions = {}): LocalLog {
  const topology = options.topology ?? EMBEDDED;
  made += 1;
  return logOver({
    incarnation: `memory-${made}`,
    topology,
    keeps_all: (options.retain ?? 'all') === 'all',
    freeze: options.freeze ?? false,
    waiters: createWaiters(),
    newest: new Map(),
    fenced: new Set(),
    partitions: newPartitionTable(topology, () => ({ start: 0, records: [], holds: new Set() })),
    merged: [],
    taken: new Map(),
    marks: [],
    sequence: 0,
    settled: 0,
    instants: 0,
    closed: '',
  });
}

function logOver(memory: Memory): LocalLog {
  const { incarnation, topology, waiters, newest, fenced } = memory;
  return {
    driver: 'memory',
    topology,
    appendNow: (batch, owner) => appendNow(memory, batch, owner),
    endInstant: () => endInstant(memory),
    discard: () => discard(memory),
    flush() {},
    markTaken: (owners, at) => markTaken(memory, owners, at),
    takenBy(stage, partition) {
      let last = 0;
      for (const [owners, { at }] of memory.taken) {
        if (at > last && owners.some((owner) => owner.stage === stage && owner.partition === partition)) last = at;
      }
      return last;
    },
    readNow: (topic, partition, from, max) => readNow(memory, topic, partition, from, max),
    readMerged(after, max, wanted) {
      if (!memory.keeps_all && memory.sequence > 0)
        throw new LogClosedError('this memory log keeps only what is held and has no merged order');
      const found: AnyEnvelope[] = [];
      for (let i = after; i < memory.merged.length && found.length < max; i++) {
        const draft = memory.merged[i];
        if (draft === undefined || !wanted(draft.topic, draft.partition)) continue;
        if (draft.offset >= partitionOf(memory, draft.topic, draft.partition).start) found.push(placed(draft));
      }
      return found;
    },
    startNow: (topic, partition) => partitionOf(memory, topic, partition).start,
    endNow: (topic, partition) => endNow(memory, topic, partition),
    lastSequence: () => memory.sequence,
    openNow(stage, partition) {
      const before = newest.get(`${stage}/${partition}`);
      if (before !== undefined) fenced.add(before);
      const owner = { stage, partition, number: (before?.number ?? 0) + 1 };
      newest.set(`${stage}/${partition}`, owner);
      return owner;
    },
    incarnationNow: () => incarnation,
    forgetNow(topic, partition, keys) {
      const records = partitionOf(memory, topic, partition).records;
      for (let i = 0; i < records.length; i++) {
        const draft = records[i];
        if (draft !== null && draft !== undefined && keys.has(draft.key)) records[i] = null;
      }
    },
    trimNow: (topic, partition, before) => trim(partitionOf(memory, topic, partition), before),
    subscribe: waiters.subscribe,
    hold(topic, partition, from): Hold {
      const of = partitionOf(memory, topic, partition);
      const hold = { from };
      of.holds.add(hold);
      return {
        release(offset) {
          hold.from = Math.max(hold.from, offset);
        },
        close() {
          of.holds.delete(hold);
        },
      };
    },
    async append(batch, owner) {
      appendNow(memory, batch, owner);
      endInstant(memory);
      return appendResultOf(batch);
    },
    async read(topic, partition, from, max) {
      return readNow(memory, topic, partition, from, max);
    },
    async startOffset(topic, partition) {
      return partitionOf(memory, topic, partition).start;
    },
    async endOffset(topic, partition) {
      return endNow(memory, topic, partition);
    },
    async waitFor(topic, partition, from) {
      if (memory.closed !== '') throw new LogClosedError(memory.closed);
      if (endNow(memory, topic, partition) <= from) await waiters.wait(topic, partition, from);
    },
    async open(stage, partition) {
      return this.openNow(stage, partition);
    },
    async incarnation() {
      return incarnation;
    },
    async forget(topic, partition, keys) {
      this.forgetNow(topic, partition, keys);
    },
    async close() {
      memory.closed = 'by its owner';
      waiters.close(memory.closed);
    },
  };
}

function partitionOf({ partitions, topology }: Memory, topic: TopicName, partition: number): Partition {
  const found = partitionIn(partitions, topic, partition);
  if (found === undefined)
    throw new RangeError(`log: ${topic} has no partition ${partition} (it has ${topology.partitions[topic]})`);
  return found;
}

function endNow(memory: Memory, topic: TopicName, partition: number): number {
  const of = partitionOf(memory, topic, partition);
  return of.start + of.records.length;
}

function checkOwner({ closed, newest, fenced }: Memory, owner: Owner | undefined): void {
  if (closed !== '') throw new LogClosedError(closed);
  if (owner === undefined || fenced.size === 0 || !fenced.has(owner)) return;
  const number = newest.get(`${owner.stage}/${owner.partition}`)?.number ?? 0;
  throw new FencedError(owner.stage, owner.partition, owner.number, number);
}

function appendNow(memory: Memory, batch: readonly Draft[], owner: Owner | undefined): void {
  checkOwner(memory, owner);
  const before = memory.sequence;
  let appended = 0;
  try {
    for (; appended < batch.length; appended++) {
      const draft = batch[appended];
      if (draft === undefined) continue;
      const to = partitionOf(memory, draft.topic, draft.partition);
      if (memory.freeze) deepFreeze(draft.value);
      memory.sequence += 1;
      draft.sequence = memory.sequence;
      draft.offset = to.start + to.records.length;
      to.records[to.records.length] = draft;
      if (memory.keeps_all) memory.merged.push(draft);
    }
  } catch (error) {
    // All or nothing.
    takeBack(memory, batch.slice(0, appended), before);
    throw error;
  }
}

function markTaken(memory: Memory, owners: readonly Owner[], at: number): void {
  const { marks } = memory;
  // A list that is asked for its place -1 is read slowly from then on.
  const last = marks.length === 0 ? undefined : marks[marks.length - 1];
  if (last !== undefined && last.owners === owners) {
    last.at = at;
    return;
  }
  const settled = memory.taken.get(owners) ?? { at: 0 };
  memory.taken.set(owners, settled);
  marks.push({ owners, at, settled });
}

/** What the open instant has appended, in order. */
function openInstant({ keeps_all, merged, settled, partitions }: Memory): Draft[] {
  if (keeps_all) return merged.slice(settled);
  const found: Draft[] = [];
  for (const { records } of everyPartition(partitions)) {
    for (let i = records.length - 1; i >= 0; i--) {
      const draft = records[i];
      if (draft === null || draft === undefined || draft.sequence <= settled) break;
      found.push(draft);
    }
  }
  return found.sort((a, b) => a.sequence - b.sequence);
}

function endInstant(memory: Memory): void {
  const { marks, waiters } = memory;
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i];
    if (mark !== undefined) mark.settled.at = mark.at;
  }
  if (marks.length > 1) memory.marks = marks.slice(-1);
  const appended = memory.sequence > memory.settled && waiters.needed() ? openInstant(memory) : [];
  memory.settled = memory.sequence;
  if (appended.length > 0) waiters.notify(appended.map(placed), (topic, partition) => endNow(memory, topic, partition));
  memory.instants += 1;
  if (!memory.keeps_all && memory.instants % SWEEP_INSTANTS === 0) sweep(memory);
}

function sweep({ partitions: table }: Memory): void {
  for (const { partitions } of table) for (const partition of partitions) trim(partition, Number.POSITIVE_INFINITY);
}

function trim(partition: Partition, before: number): void {
  let from = Math.min(before, partition.start + partition.records.length);
  for (const hold of partition.holds) from = Math.min(from, hold.from);
  if (from <= partition.start) return;
  if (from === partition.start + partition.records.length) partition.records = [];
  else partition.records.splice(0, from - partition.start);
  partition.start = from;
}

/** The newest records of the log, all those beyond a sequence. */
function takeBack(memory: Memory, drafts: readonly Draft[], sequence: number): void {
  for (const draft of drafts) {
    partitionOf(memory, draft.topic, draft.partition).records.pop();
    draft.offset = -1;
    draft.sequence = -1;
  }
  memory.sequence = sequence;
  if (memory.keeps_all) memory.merged.length -= drafts.length;
}

function discard(memory: Memory): void {
  takeBack(memory, openInstant(memory), memory.settled);
  memory.marks = [];
}

function readNow(memory: Memory, topic: TopicName, partition: number, from: number, max: number): readonly AnyEnvelope[] {
  const of = partitionOf(memory, topic, partition);
  if (from < of.start) throw new OffsetGoneError(topic, partition, from, of.start);
  const found: AnyEnvelope[] = [];
  for (let i = from - of.start; i < of.records.length && found.length < max; i++) {
    const draft = of.records[i];
    if (draft !== null && draft !== undefined) found.push(placed(draft));
  }
  return found;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
