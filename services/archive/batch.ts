// A frozen batch: records of one partition, as the rows of every table, in the order in which they are stored.
import { sha256Hex } from '../../schemas/hash.ts';
import type { Mode } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { sourceText } from '../../topology/log/sqlite-row.ts';
import type { TopicName } from '../../topology/topics.ts';
import type { ArchivedRecord } from './archived-record.ts';
import { type Cell, CellError, cellOf } from './column.ts';
import { type Row, rowsOf } from './rows.ts';
import { columnsOf, TABLE_NAMES, type TableName } from './tables.ts';

/** What records that carry no run of their own (signals, market data, letters) are filed under. */
export interface World {
  readonly mode: Mode;
  readonly run_id: string;
}

export interface TableRows {
  readonly table: TableName;
  readonly rows: readonly (readonly Cell[])[];
  /** Offset each row came from, for letters. */
  readonly offsets: readonly number[];
}

export interface Batch {
  readonly topic: TopicName;
  readonly partition: number;
  /** Which offsets it stores: the same text means the same rows. */
  readonly range: string;
  readonly first: number;
  /** Typed tables in their order, `records` last. */
  readonly tables: readonly TableRows[];
  /** Rows whose values no column can hold. */
  readonly refused: readonly { readonly record: ArchivedRecord; readonly reason: string }[];
  /** Chain value after the last record. */
  readonly chain: string;
}

/** First wins: the smaller the offset, the greater the version. */
const FIRST_WINS = 2n ** 63n - 1n;
const ALL_EQUAL: ReadonlySet<TableName> = new Set(['records', 'signals', 'quotes', 'instruments']);

function version(table: TableName, values: Readonly<Record<string, unknown>>, envelope: AnyEnvelope): bigint | number {
  if (table === 'dead_letters') return Number(values.version);
  if (table === 'candles') return FIRST_WINS - BigInt(Number(values.received_at));
  return ALL_EQUAL.has(table) ? 0 : FIRST_WINS - BigInt(envelope.offset);
}

/** Topics whose records are kept byte for byte. */
const RAW_TOPICS: ReadonlySet<TopicName> = new Set([
  'signals.v1',
  'journal.v1',
  'decisions.v1',
  'orders.v1',
  'trades.v1',
  'dead-letters.v1',
]);

export interface BatchOptions {
  readonly world: World;
  /** Backtests store raw records only on demand: they can be recomputed. */
  readonly raw: boolean;
  /** Backtests never archive market data: it would overwrite the truth of live ones. */
  readonly market: boolean;
  /** Reads a raw signal; null where it is none. */
  readonly readSignal: (bytes: Uint8Array) => { readonly id: string; readonly value: object } | null;
  readonly now: Micros;
}

function typedRows(envelope: AnyEnvelope, options: BatchOptions): Row[] {
  if (envelope.topic === 'market.v1' && !options.market) return [];
  if (envelope.topic === 'snapshots.v1') return [];
  if (envelope.type !== 'Raw') return rowsOf(envelope);
  const signal = options.readSignal(envelope.value);
  if (signal === null) return [];
  const ts = 'event_time' in signal.value ? signal.value.event_time : 0;
  return [{ table: 'signals', values: { ...signal.value, ts, appended_at: envelope.at, signal_id: signal.id } }];
}

function rawRow(record: ArchivedRecord, chain: string, schemaFingerprint: string): Row {
  const { envelope, bytes } = record;
  const value = envelope.value as { readonly mode?: string; readonly run_id?: string; readonly portfolio?: string };
  const owner = envelope.type === 'Raw' ? {} : { portfolio: value.portfolio, mode: value.mode, run_id: value.run_id };
  return {
    table: 'records',
    values: {
      ...owner,
      record: record.without_value ?? (envelope.type === 'Raw' ? '?' : envelope.type),
      ts: envelope.at,
      appended_at: envelope.at,
      key_b64: Buffer.from(envelope.key).toString('base64'),
      weir_id: envelope.id,
      weir_source: sourceText(envelope.source) ?? '',
      weir_cause: envelope.cause,
      weir_trace: envelope.trace,
      headers: headersOf(record),
      schema_fp: schemaFingerprint,
      value_b64: Buffer.from(bytes).toString('base64'),
      sha256: sha256Hex(bytes),
      chain,
      counts: record.counts !== false,
    },
  };
}

/** What has no column of its own. */
function headersOf({ envelope, claim = '' }: ArchivedRecord): Record<string, string> {
  return {
    ...envelope.headers,
    ...(claim === '' ? {} : { 'weir-claim': claim }),
    ...(envelope.retry_of === '' ? {} : { 'weir-retry-of': envelope.retry_of }),
  };
}

/** Each raw row proves all before it: SHA-256 over the previous value, the offset, the key and the value's hash. */
export function nextChain(previous: string, record: ArchivedRecord): string {
  return sha256Hex(`${previous}\n${record.envelope.offset}\n${record.envelope.key}\n${sha256Hex(record.bytes)}`);
}

function cells(row: Row, record: ArchivedRecord, options: BatchOptions): Cell[] {
  const { envelope } = record;
  const values: Readonly<Record<string, unknown>> = {
    mode: options.world.mode,
    run_id: options.world.run_id,
    ...stripUndefined(row.values),
    _topic: envelope.topic,
    _partition: envelope.partition,
    _offset: envelope.offset,
    _v: version(row.table, row.values, envelope),
    produced_at: envelope.at,
    ingested_at: options.now,
  };
  return columnsOf(row.table).map((column) => cellOf(column, values[column.name]));
}

function stripUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** `first-last`, and how many there are where some in between are left out. */
function rangeText(offsets: readonly number[]): string {
  const [first = 0] = offsets;
  const last = offsets.at(-1) ?? -1;
  return `${first}-${last}${last - first + 1 === offsets.length ? '' : `/${offsets.length}`}`;
}

/** Freezes records of one partition (at least one) into the rows of a batch; what is stored already only goes on the chain. */
export function makeBatch(
  records: readonly ArchivedRecord[],
  previousChain: string,
  stored: ReadonlySet<number>,
  fingerprintOf: (record: ArchivedRecord) => string,
  options: BatchOptions,
): Batch {
  const [head] = records;
  if (head === undefined) throw new RangeError('archive: a batch needs at least one record');
  const byTable = new Map<TableName, { rows: Cell[][]; offsets: number[] }>();
  const refused: { record: ArchivedRecord; reason: string }[] = [];
  const add = (row: Row, record: ArchivedRecord): void => {
    const built = cells(row, record, options);
    const slot = byTable.get(row.table) ?? { rows: [], offsets: [] };
    byTable.set(row.table, slot);
    slot.rows.push(built);
    slot.offsets.push(record.envelope.offset);
  };
  let chain = previousChain;
  for (const record of records) {
    const fresh = !stored.has(record.envelope.offset);
    try {
      if (fresh && record.counts !== false) for (const row of typedRows(record.envelope, options)) add(row, record);
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      refused.push({ record, reason: error.message });
    }
    if (options.raw && RAW_TOPICS.has(record.envelope.topic)) {
      chain = nextChain(chain, record);
      if (fresh) add(rawRow(record, chain, fingerprintOf(record)), record);
    }
  }
  const order = [...TABLE_NAMES.filter((name) => name !== 'records'), 'records' as const];
  const tables = order.flatMap((table) => {
    const slot = byTable.get(table);
    return slot === undefined ? [] : [{ table, rows: slot.rows, offsets: slot.offsets }];
  });
  const { topic, partition } = head.envelope;
  const offsets = records.map(({ envelope }) => envelope.offset).filter((offset) => !stored.has(offset));
  return { topic, partition, range: rangeText(offsets), first: offsets[0] ?? head.envelope.offset, tables, refused, chain };
}
