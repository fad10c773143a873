// The sink: reads every topic as one more reader, stores it in batches, and commits only what was acknowledged.
import type { Store } from '../../clickhouse/client.ts';
import { fingerprint, schemaLock } from '../../schemas/codec.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { SqliteReader, StoredRecord } from '../../topology/log/sqlite-reader.ts';
import { TOPICS, type TopicName } from '../../topology/topics.ts';
import type { Topology } from '../../topology/topology.ts';
import { type BatchOptions, makeBatch } from './batch.ts';
import { type InsertOptions, insertBatch } from './insert.ts';
import type { OffsetStore } from './offsets.ts';
import { columnsOf } from './tables.ts';

export interface SinkOptions {
  readonly reader: SqliteReader;
  readonly store: Store;
  readonly offsets: OffsetStore;
  readonly topology: Topology;
  readonly batch: Omit<BatchOptions, 'now'>;
  readonly batch_rows: number;
  readonly now: () => Micros;
  readonly insert: Omit<InsertOptions, 'store' | 'refuse'>;
  /** Takes the letter of a record that cannot be archived; resolves when it is acknowledged. */
  readonly refuse: (record: StoredRecord, reason: string) => Promise<void>;
}

export interface Sink {
  /** Archives at most one batch of each partition; returns how many records that were. */
  pass(): Promise<number>;
  /** True when everything below the log's ends is archived. */
  caughtUp(): boolean;
}

interface Part {
  readonly topic: TopicName;
  readonly partition: number;
  next: number;
  chain: string;
  /** Offsets that were stored before the last commit was lost. */
  readonly stored: Set<number>;
}

const NO_CHAIN = '0'.repeat(64);
/** ClickHouse refuses an insert over more than 100 partition keys; half of that in days is always below it. */
const DAYS_MAX = 50;
const DAY_US = 86_400_000_000;

function withinDays(records: readonly StoredRecord[]): readonly StoredRecord[] {
  const days = new Set<number>();
  for (const [i, { envelope }] of records.entries()) {
    days.add(Math.floor(envelope.at / DAY_US));
    if (days.size > DAYS_MAX) return records.slice(0, i);
  }
  return records;
}

/** Finds where each partition was left. */
export async function openSink(options: SinkOptions): Promise<Sink> {
  const { store, offsets, reader } = options;
  await storeSchemas(store, options.now());
  const parts: Part[] = [];
  for (const topic of TOPICS) {
    for (let partition = 0; partition < options.topology.partitions[topic.name]; partition++) {
      parts.push(await openPart(topic.name, partition));
    }
  }

  async function openPart(topic: TopicName, partition: number): Promise<Part> {
    const next = Math.max(offsets.committed(topic, partition) ?? 0, reader.startOffset(topic, partition));
    const where = `FROM ${store.database}.records WHERE _topic = {topic:String} AND _partition = {partition:UInt64}`;
    const params = { topic, partition };
    const stored = await store.query('archived_offsets', `SELECT DISTINCT _offset ${where} AND _offset >= {next:UInt64}`, {
      ...params,
      next,
    });
    const last = await store.query('chain', `SELECT chain ${where} ORDER BY _offset DESC LIMIT 1`, params);
    return {
      topic,
      partition,
      next,
      chain: String(last[0]?.chain ?? NO_CHAIN),
      stored: new Set(stored.map((row) => Number(row._offset))),
    };
  }

  async function archive(part: Part): Promise<number> {
    const read = withinDays(reader.read(part.topic, part.partition, part.next, options.batch_rows));
    const last = read.at(-1);
    if (last === undefined) return 0;
    const fresh = read.filter((record) => !part.stored.delete(record.envelope.offset));
    if (fresh.length > 0) {
      const batch = makeBatch(fresh, part.chain, schemaFingerprintOf, { ...options.batch, now: options.now() });
      const byOffset = new Map(fresh.map((record) => [record.envelope.offset, record]));
      await insertBatch(batch, {
        ...options.insert,
        store,
        refuse: async (offset, reason) => {
          const record = byOffset.get(offset);
          if (record !== undefined) await options.refuse(record, reason);
        },
      });
      part.chain = batch.chain;
    }
    part.next = last.envelope.offset + 1;
    offsets.commit(part.topic, part.partition, part.next);
    return read.length;
  }

  return {
    async pass() {
      let count = 0;
      for (const part of parts) count += await archive(part);
      return count;
    },
    caughtUp: () => parts.every((part) => part.next >= reader.endOffset(part.topic, part.partition)),
  };
}

function schemaFingerprintOf(envelope: AnyEnvelope): string {
  return envelope.type === 'Raw' ? '' : fingerprint(envelope.type);
}

/** The archive decodes years later without a registry: every schema text is stored before the first row that uses it. */
async function storeSchemas(store: Store, now: Micros): Promise<void> {
  const rows = Object.entries(schemaLock).flatMap(([subject, { versions }]) =>
    versions.map((version, i) => [version.fingerprint, subject, i + 1, version.schema, now, 0]),
  );
  const columns = columnsOf('avro_schemas').map((c) => c.name);
  await store.insert('avro_schemas', columns, rows, `schemas:${rows.map((row) => row[0]).join()}`);
}
