// The archive's own process: it owns the ClickHouse engine, reads the embedded log as one more reader, and answers queries.
import { setTimeout as wait } from 'node:timers/promises';
import { openEmbeddedStore, openServerStore, type Store, StoreError } from '../../clickhouse/client.ts';
import { migrate, readMigrations } from '../../clickhouse/migrate.ts';
import { openSqliteReader, type StoredRecord } from '../../topology/log/sqlite-reader.ts';
import { topologyOf } from '../../topology/topology.ts';
import { instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { parseSignal } from '../signals/validator.ts';
import { StoreRefusedError } from './insert.ts';
import type { ArchiveSettings, FromArchive, ToArchive } from './messages.ts';
import { offsetFile } from './offsets.ts';
import { openSink, type Sink } from './sink.ts';

const IDLE_MS = 100;
const EXIT_AWAY = 69;

function tell(message: FromArchive): void {
  process.send?.(message);
}

let stopping = false;
let letters = 0;
const letterAnswers = new Map<number, () => void>();

/** The owner of the log writes the letter; the batch waits until it is acknowledged. */
function refuse(record: StoredRecord, reason: string): Promise<void> {
  const { topic, partition, offset } = record.envelope;
  // A letter that cannot be stored is not written again: its raw row is.
  if (topic === 'dead-letters.v1') return Promise.resolve();
  const id = ++letters;
  return new Promise((resolve) => {
    letterAnswers.set(id, resolve);
    tell({ type: 'letter', id, topic, partition, offset, reason });
  });
}

function openStore(settings: ArchiveSettings): Store {
  const { clickhouse, database } = settings;
  return 'url' in clickhouse ? openServerStore(clickhouse.url, database) : openEmbeddedStore(clickhouse.path, database);
}

async function openSinkOf(settings: ArchiveSettings, store: Store): Promise<Sink> {
  const catalog = instrumentCatalog(settings.catalog);
  const sources = sourceTable(settings.sources);
  return openSink({
    reader: openSqliteReader(settings.log),
    store,
    offsets: offsetFile(settings.offsets),
    topology: topologyOf(settings.partitions),
    batch_rows: settings.batch_rows,
    now: () => Date.now() * 1000,
    batch: {
      world: settings.world,
      raw: settings.raw,
      market: settings.market,
      readSignal: (bytes) => {
        const verdict = parseSignal(bytes, catalog, sources);
        return 'violations' in verdict ? null : { id: verdict.signal_id, value: verdict.signal };
      },
    },
    insert: { sleep: (seconds) => wait(seconds * 1000), random: Math.random, retry_total_s: settings.retry_total_s },
    refuse,
  });
}

async function answer(store: Store, message: Extract<ToArchive, { type: 'query' | 'select' }>): Promise<void> {
  try {
    const rows =
      message.type === 'query'
        ? await store.query(message.name, message.statement, message.params)
        : await store.select(message.statement);
    tell({ type: 'rows', id: message.id, rows });
  } catch (error) {
    const code = error instanceof StoreError ? error.code : 0;
    tell({ type: 'failed', id: message.id, code, message: error instanceof Error ? error.message : String(error) });
  }
}

async function run(settings: ArchiveSettings): Promise<void> {
  const store = openStore(settings);
  await migrate(store, readMigrations());
  const sink = await openSinkOf(settings, store);
  const drains: number[] = [];
  process.on('message', (message: ToArchive) => {
    switch (message.type) {
      case 'query':
      case 'select':
        void answer(store, message);
        break;
      case 'drain':
        drains.push(message.id);
        break;
      case 'letter-stored':
        letterAnswers.get(message.id)?.();
        letterAnswers.delete(message.id);
        break;
      case 'stop':
        stopping = true;
        break;
      case 'start':
        break;
    }
  });
  tell({ type: 'ready' });
  let refused = false;
  while (!stopping) {
    let count = 0;
    try {
      if (!refused) count = await sink.pass();
    } catch (error) {
      if (!(error instanceof StoreRefusedError)) throw error;
      refused = true;
      tell({ type: 'refused', message: error.message });
    }
    if (drains.length > 0 && (refused || sink.caughtUp())) {
      for (const id of drains.splice(0)) tell({ type: 'drained', id });
    }
    if (count === 0) await wait(IDLE_MS);
  }
  await store.close();
}

// The owner is gone: nobody writes the log any more, and the engine must be free for the next owner.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.once('message', (message: ToArchive) => {
  if (message.type !== 'start') throw new Error(`archive: first message ${message.type}, expected start`);
  run(message.settings).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`archive: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(EXIT_AWAY);
    },
  );
});
