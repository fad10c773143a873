// The memory log: passes objects, encodes nothing, and keeps either everything or only what a reader still holds.
import type { AnyEnvelope } from '../envelope.ts';
import { TOPICS, type TopicName } from '../topics.ts';
import { EMBEDDED, type Topology } from '../topology.ts';
import { appendResultOf } from './append-result.ts';
import { type Draft, placed } from './draft.ts';
import { FencedError, LogClosedError, OffsetGoneError } from './errors.ts';
import type { Hold, LocalLog, Owner } from './log.ts';
import { createWaiters } from './waiters.ts';

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

export function createMemoryLog(options: MemoryOptions = {}): LocalLog {
  const topology = options.topology ?? EMBEDDED;
  const keepsAll = (options.retain ?? 'all') === 'all';
  const freeze = options.freeze ?? false;
  const waiters = createWaiters();
  const newest = new Map<string, Owner>();
  const fenced = new Set<Owner>();
  const partitions = new Map<TopicName, Partition[]>();
  for (const topic of TOPICS) {
    const row: Partition[] = [];
    for (let p = 0; p < topology.partitions[topic.name]; p++) row.push({ start: 0, records: [], holds: new Set() });
    partitions.set(topic.name, row);
  }
  made += 1;
  const incarnation = `memory-${made}`;
  /** Index = sequence − 1. */
  const merged: Draft[] = [];
  /** By the identity of the list: a runtime marks the same owners again and again. */
  const taken = new Map<readonly Owner[], { at: number }>();
  let marks: { readonly owners: readonly Owner[]; at: number; readonly settled: { at: number } }[] = [];
  let sequence = 0;
  /** Sequence at which the open instant began. */
  let settled = 0;
  let instants = 0;
  let closed = '';

  let lastTopic: TopicName | '' = '';
  let lastRow: Partition[] | undefined;

  function partitionOf(topic: TopicName, partition: number): Partition {
    if (topic !== lastTopic) {
      lastTopic = topic;
      lastRow = partitions.get(topic);
    }
    const found = lastRow?.[partition];
    if (found === undefined) {
      throw new RangeError(`log: ${topic} has no partition ${partition} (it has ${topology.partitions[topic]})`);
    }
    return found;
  }

  function endNow(topic: TopicName, partition: number): number {
    const of = partitionOf(topic, partition);
    return of.start + of.records.length;
  }

  function checkOwner(owner: Owner | undefined): void {
    if (closed !== '') throw new LogClosedError(closed);
    if (owner === undefined || fenced.size === 0 || !fenced.has(owner)) return;
    const number = newest.get(`${owner.stage}/${owner.partition}`)?.number ?? 0;
    throw new FencedError(owner.stage, owner.partition, owner.number, number);
  }

  function appendNow(batch: readonly Draft[], owner?: Owner): void {
    checkOwner(owner);
    // All or nothing: of a batch of one there is nothing to check before.
    if (batch.length > 1) for (const draft of batch) partitionOf(draft.topic, draft.partition);
    for (let i = 0; i < batch.length; i++) {
      const draft = batch[i];
      if (draft === undefined) continue;
      const to = partitionOf(draft.topic, draft.partition);
      sequence += 1;
      draft.sequence = sequence;
      draft.offset = to.start + to.records.length;
      if (freeze) deepFreeze(draft.value);
      to.records[to.records.length] = draft;
      if (keepsAll) merged.push(draft);
    }
  }

  /** What the open instant has appended, in order. */
  function openInstant(): Draft[] {
    if (keepsAll) return merged.slice(settled);
    const found: Draft[] = [];
    for (const { records } of [...partitions.values()].flat()) {
      for (let i = records.length - 1; i >= 0; i--) {
        const draft = records[i];
        if (draft === null || draft === undefined || draft.sequence <= settled) break;
        found.push(draft);
      }
    }
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  function endInstant(): void {
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i];
      if (mark !== undefined) mark.settled.at = mark.at;
    }
    if (marks.length > 1) marks = marks.slice(-1);
    const appended = sequence > settled && waiters.needed() ? openInstant() : [];
    settled = sequence;
    if (appended.length > 0) waiters.notify(appended.map(placed), endNow);
    instants += 1;
    if (!keepsAll && instants % SWEEP_INSTANTS === 0) sweep();
  }

  function sweep(): void {
    for (const row of partitions.values()) for (const partition of row) trim(partition, Number.POSITIVE_INFINITY);
  }

  function trim(partition: Partition, before: number): void {
    let from = Math.min(before, partition.start + partition.records.length);
    for (const hold of partition.holds) from = Math.min(from, hold.from);
    if (from <= partition.start) return;
    if (from === partition.start + partition.records.length) partition.records = [];
    else partition.records.splice(0, from - partition.start);
    partition.start = from;
  }

  function discard(): void {
    for (const draft of openInstant()) partitionOf(draft.topic, draft.partition).records.pop();
    if (keepsAll) merged.length = settled;
    sequence = settled;
    marks = [];
  }

  function readNow(topic: TopicName, partition: number, from: number, max: number): readonly AnyEnvelope[] {
    const of = partitionOf(topic, partition);
    if (from < of.start) throw new OffsetGoneError(topic, partition, from, of.start);
    const found: AnyEnvelope[] = [];
    for (let i = from - of.start; i < of.records.length && found.length < max; i++) {
      const draft = of.records[i];
      if (draft !== null && draft !== undefined) found.push(placed(draft));
    }
    return found;
  }

  return {
    driver: 'memory',
    topology,
    appendNow,
    endInstant,
    discard,
    flush() {},
    markTaken(owners, at) {
      const last = marks[marks.length - 1];
      if (last !== undefined && last.owners === owners) {
        last.at = at;
        return;
      }
      const settled = taken.get(owners) ?? { at: 0 };
      taken.set(owners, settled);
      marks.push({ owners, at, settled });
    },
    takenBy(stage, partition) {
      let last = 0;
      for (const [owners, { at }] of taken) {
        if (at > last && owners.some((owner) => owner.stage === stage && owner.partition === partition)) last = at;
      }
      return last;
    },
    readNow,
    readMerged(after, max, wanted) {
      if (!keepsAll && sequence > 0) throw new LogClosedError('this memory log keeps only what is held and has no merged order');
      const found: AnyEnvelope[] = [];
      for (let i = after; i < merged.length && found.length < max; i++) {
        const draft = merged[i];
        if (draft === undefined || !wanted(draft.topic, draft.partition)) continue;
        if (draft.offset >= partitionOf(draft.topic, draft.partition).start) found.push(placed(draft));
      }
      return found;
    },
    startNow: (topic, partition) => partitionOf(topic, partition).start,
    endNow,
    lastSequence: () => sequence,
    openNow(stage, partition) {
      const before = newest.get(`${stage}/${partition}`);
      if (before !== undefined) fenced.add(before);
      const owner = { stage, partition, number: (before?.number ?? 0) + 1 };
      newest.set(`${stage}/${partition}`, owner);
      return owner;
    },
    incarnationNow: () => incarnation,
    forgetNow(topic, partition, keys) {
      const records = partitionOf(topic, partition).records;
      for (let i = 0; i < records.length; i++) {
        const draft = records[i];
        if (draft !== null && draft !== undefined && keys.has(draft.key)) records[i] = null;
      }
    },
    trimNow(topic, partition, before) {
      trim(partitionOf(topic, partition), before);
    },
    subscribe: waiters.subscribe,
    hold(topic, partition, from): Hold {
      const of = partitionOf(topic, partition);
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
      appendNow(batch, owner);
      endInstant();
      return appendResultOf(batch);
    },
    async read(topic, partition, from, max) {
      return readNow(topic, partition, from, max);
    },
    async startOffset(topic, partition) {
      return partitionOf(topic, partition).start;
    },
    async endOffset(topic, partition) {
      return endNow(topic, partition);
    },
    async waitFor(topic, partition, from) {
      if (closed !== '') throw new LogClosedError(closed);
      if (endNow(topic, partition) <= from) await waiters.wait(topic, partition, from);
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
      closed = 'by its owner';
      waiters.close(closed);
    },
  };
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
