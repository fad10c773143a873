// One partition on its way into the store: where it was left, what is stored beyond that, and the chain up to there.
import type { Store } from '../../clickhouse/client.ts';
import { schemaLock, schemaOf } from '../../schemas/codec.ts';
import { schemaIdIn } from '../../schemas/make-codec.ts';
import type { SchemaVersion } from '../../schemas/schema-lock.ts';
import type { Micros } from '../../schemas/time.ts';
import type { TopicName } from '../../topology/topics.ts';
import type { ArchivedRecord } from './archived-record.ts';
import { type BatchOptions, makeBatch } from './batch.ts';
import { type InsertOptions, insertBatch, insertOwn } from './insert.ts';
import { columnsOf } from './tables.ts';

export interface Part {
  readonly topic: TopicName;
  readonly partition: number;
  /** Everything below it is stored. */
  next: number;
  /** Of the last raw row below `next`. */
  chain: string;
  /** Offsets from there on that are stored all the same: the position was lost with a process. */
  readonly stored: Set<number>;
  /** Fingerprints of schemas that are not in the lock, and stored. */
  readonly schemas: Set<string>;
}

export interface Storing {
  readonly store: Store;
  readonly batch: Omit<BatchOptions, 'now'>;
  readonly now: () => Micros;
  readonly insert: Omit<InsertOptions, 'store' | 'refuse'>;
  /** Takes the letter of a record that cannot be archived; resolves when it is acknowledged. */
  readonly refuse: (record: ArchivedRecord, reason: string) => Promise<void>;
}

const LOCKED = new Set(Object.values(schemaLock).flatMap(({ versions }) => versions.map(({ fingerprint }) => fingerprint)));
const NO_CHAIN = '0'.repeat(64);
/** ClickHouse refuses an insert over more than 100 partition keys; half of that in days is always below it. */
const DAYS_MAX = 50;
const DAY_US = 86_400_000_000;

/** Never at the highest offset that is stored: an insert over several months that was cut leaves holes. */
export async function openPart(store: Store, topic: TopicName, partition: number, next: number): Promise<Part> {
  const where = `FROM ${store.database}.records WHERE _topic = {topic:String} AND _partition = {partition:UInt64}`;
  const params = { topic, partition, next };
  const offsets = `SELECT DISTINCT _offset ${where} AND _offset >= {next:UInt64}`;
  const stored = await store.query('archived_offsets', offsets, params);
  const chain = `SELECT chain ${where} AND _offset < {next:UInt64} ORDER BY _offset DESC LIMIT 1`;
  const [last] = await store.query('chain', chain, params);
  return {
    topic,
    partition,
    next,
    chain: String(last?.chain ?? NO_CHAIN),
    stored: new Set(stored.map((row) => Number(row._offset))),
    schemas: new Set(),
  };
}

/** Takes what was read from `part.next` on, as far as it goes into one batch; returns how many records that were. */
export async function storeRecords(part: Part, read: readonly ArchivedRecord[], how: Storing): Promise<number> {
  const taken = withinDays(read);
  const last = taken.at(-1);
  if (last === undefined) return 0;
  await storeOthers(part, taken, how);
  const batch = makeBatch(taken, part.chain, part.stored, (record) => schemaIn(record)?.fingerprint ?? '', {
    ...how.batch,
    now: how.now(),
  });
  const byOffset = new Map(taken.map((record) => [record.envelope.offset, record]));
  await insertBatch(batch, {
    ...how.insert,
    store: how.store,
    refuse: async (offset, reason) => {
      const record = byOffset.get(offset);
      if (record !== undefined) await how.refuse(record, reason);
    },
  });
  part.chain = batch.chain;
  part.next = last.envelope.offset + 1;
  for (const { envelope } of taken) part.stored.delete(envelope.offset);
  return taken.length;
}

function withinDays(records: readonly ArchivedRecord[]): readonly ArchivedRecord[] {
  const days = new Set<number>();
  for (const [i, { envelope }] of records.entries()) {
    days.add(Math.floor(envelope.at / DAY_US));
    if (days.size > DAYS_MAX) return records.slice(0, i);
  }
  return records;
}

/** What the bytes are written with; null where they cannot be read. */
function schemaIn({ envelope, bytes }: ArchivedRecord): SchemaVersion | null {
  const id = envelope.type === 'Raw' ? null : schemaIdIn(bytes);
  return id === null ? null : schemaOf(id);
}

/** A schema that the lock does not have is stored before the first row that uses it. */
async function storeOthers(part: Part, records: readonly ArchivedRecord[], { store, now, insert }: Storing): Promise<void> {
  const others = new Map<string, ArchivedRecord>();
  for (const record of records) {
    const { fingerprint = '' } = schemaIn(record) ?? {};
    if (fingerprint !== '' && !LOCKED.has(fingerprint) && !part.schemas.has(fingerprint)) others.set(fingerprint, record);
  }
  for (const [fingerprint, record] of others) {
    // Versions of the lock count from 1: 0 says that it is somebody else's.
    const row = [fingerprint, record.envelope.type, 0, schemaIn(record)?.schema ?? '', now(), 0];
    await insertOwn(store, 'avro_schemas', [row], `schemas:${fingerprint}`, insert);
    part.schemas.add(fingerprint);
  }
}

/** The archive decodes years later without a registry: every schema text is stored before the first row that uses it. */
export async function storeSchemas(store: Store, now: Micros): Promise<void> {
  const rows = Object.entries(schemaLock).flatMap(([subject, { versions }]) =>
    versions.map((version, i) => [version.fingerprint, subject, i + 1, version.schema, now, 0]),
  );
  const columns = columnsOf('avro_schemas').map((c) => c.name);
  await store.insert('avro_schemas', columns, rows, `schemas:${rows.map((row) => row[0]).join()}`);
}
