// The log model: partitions with Kafka's offsets, compaction by key, and everything that can happen to a log from outside.
import type { AnyEnvelope } from '../envelope.ts';
import { copyOf, placed } from '../log/draft.ts';
import { firstAt } from '../log/first-at.ts';
import type { LogEntry, Outgoing } from '../log/shared-log.ts';
import { bytesOf, sourceText } from '../log/sqlite-row.ts';
import { TOPICS, type TopicName, topicOf } from '../topics.ts';
import type { Topology } from '../topology.ts';

interface Partition {
  start: number;
  end: number;
  entries: LogEntry[];
  waiting: (() => void)[];
}

export interface Broker {
  readonly topology: Topology;
  /** Appends to the partition that the first one names; returns its offset. */
  land(batch: readonly Outgoing[]): number;
  start(topic: TopicName, partition: number): number;
  end(topic: TopicName, partition: number): number;
  /** What is left of [from, to), in order, at most `max`. */
  entries(topic: TopicName, partition: number, from: number, to: number, max: number): readonly LogEntry[];
  incarnation(topic: TopicName): string;
  /** Grows when the log loses what it had: nothing that was on its way before arrives. */
  epoch(): number;
  /** Calls once, at the next change of the partition. */
  onChange(topic: TopicName, partition: number, listener: () => void): void;
  /** Everything from the offset on is lost, and the offsets are given again. */
  truncate(topic: TopicName, partition: number, from: number): void;
  /** Retention: everything below the offset is gone. */
  trim(topic: TopicName, partition: number, before: number): void;
  /** One record is gone, its offset is not given again. */
  punch(topic: TopicName, partition: number, offset: number): void;
  /** Half of a snapshot's bytes are gone. */
  tear(topic: TopicName, partition: number, offset: number): void;
  /** Deleted and created: empty, from 0, under another id. */
  remake(topic: TopicName): void;
}

export function createBroker(topology: Topology, landed: (entry: LogEntry) => void): Broker {
  const partitions = new Map<string, Partition>();
  const incarnations = new Map<TopicName, number>();
  let epoch = 0;
  for (const { name } of TOPICS) make(name);

  function make(topic: TopicName): void {
    incarnations.set(topic, (incarnations.get(topic) ?? 0) + 1);
    for (let p = 0; p < topology.partitions[topic]; p++) {
      const before = partitions.get(`${topic}/${p}`);
      partitions.set(`${topic}/${p}`, { start: 0, end: 0, entries: [], waiting: [] });
      for (const wake of before?.waiting ?? []) wake();
    }
  }

  function of(topic: TopicName, partition: number): Partition {
    const found = partitions.get(`${topic}/${partition}`);
    if (found === undefined) throw new RangeError(`simulation: ${topic} has no partition ${partition}`);
    return found;
  }

  function changed(at: Partition): void {
    const { waiting } = at;
    at.waiting = [];
    for (const wake of waiting) wake();
  }

  return {
    topology,
    land(batch) {
      const [first] = batch;
      if (first === undefined) throw new RangeError('simulation: an empty batch');
      const { topic, partition } = first.kind === 'RECORD' ? first.draft : first;
      const at = of(topic, partition);
      const base = at.end;
      const { compacted } = topicOf(topic);
      for (const outgoing of batch) {
        const entry = entryOf(outgoing, topic, partition, at.end);
        if (compacted && entry.kind === 'EMPTY') at.entries = at.entries.filter(({ key }) => key !== entry.key);
        at.entries.push(entry);
        at.end += 1;
        landed(entry);
      }
      changed(at);
      return base;
    },
    start: (topic, partition) => of(topic, partition).start,
    end: (topic, partition) => of(topic, partition).end,
    entries(topic, partition, from, to, max) {
      const { entries } = of(topic, partition);
      const found: LogEntry[] = [];
      for (let i = firstAt(entries, from); i < entries.length && found.length < max; i++) {
        const entry = entries[i];
        if (entry === undefined || entry.offset >= to) break;
        found.push(entry);
      }
      return found;
    },
    incarnation: (topic) => `${topic}#${incarnations.get(topic) ?? 0}`,
    onChange(topic, partition, listener) {
      of(topic, partition).waiting.push(listener);
    },
    epoch: () => epoch,
    truncate(topic, partition, from) {
      epoch += 1;
      const at = of(topic, partition);
      at.entries = at.entries.filter(({ offset }) => offset < from);
      at.end = Math.min(at.end, Math.max(from, at.start));
      changed(at);
    },
    trim(topic, partition, before) {
      const at = of(topic, partition);
      at.start = Math.min(before, at.end);
      at.entries = at.entries.filter(({ offset }) => offset >= at.start);
      changed(at);
    },
    punch(topic, partition, offset) {
      const at = of(topic, partition);
      at.entries = at.entries.filter((entry) => entry.offset !== offset);
    },
    tear(topic, partition, offset) {
      const at = of(topic, partition);
      at.entries = at.entries.map((entry) => (entry.offset === offset ? torn(entry) : entry));
    },
    remake(topic) {
      epoch += 1;
      make(topic);
    },
  };
}

function entryOf(outgoing: Outgoing, topic: TopicName, partition: number, offset: number): LogEntry {
  const place = { topic, partition, offset };
  switch (outgoing.kind) {
    case 'CLAIM':
      return {
        ...place,
        kind: 'CLAIM',
        key: '',
        bytes: 0,
        value: null,
        at: 0,
        claim: outgoing.claim,
        source: '',
        record: noValue,
      };
    case 'EMPTY':
      return {
        ...place,
        kind: 'EMPTY',
        key: outgoing.key,
        bytes: 0,
        value: null,
        at: 0,
        claim: null,
        source: '',
        record: noValue,
      };
    case 'RECORD': {
      const { draft, claim } = outgoing;
      // A copy: its writer may give the draft an offset of its own.
      const copy = copyOf(draft);
      copy.offset = offset;
      copy.sequence = offset;
      const record: AnyEnvelope = placed(copy);
      const source = sourceText(draft.source) ?? '';
      return {
        ...place,
        kind: 'RECORD',
        key: draft.key,
        bytes: 0,
        /** Encoded only for who asks. */
        get value() {
          return bytesOf(copy);
        },
        at: draft.at,
        claim,
        source,
        record: () => record,
      };
    }
  }
}

function torn(entry: LogEntry): LogEntry {
  const record = entry.record();
  if (record.type !== 'Snapshot') return entry;
  const { bytes } = record.value;
  const half: AnyEnvelope = { ...record, value: { ...record.value, bytes: bytes.subarray(0, bytes.length >> 1) } };
  return { ...entry, record: () => half };
}

function noValue(): never {
  throw new TypeError('simulation: a record without value was decoded');
}
