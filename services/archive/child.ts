// The archive's own process beside an owner: it owns the ClickHouse engine, reads the log as one more reader, and answers queries.
import { setTimeout as wait } from 'node:timers/promises';
import { type Store, StoreError } from '../../clickhouse/client.ts';
import { migrate, readMigrations } from '../../clickhouse/migrate.ts';
import { messageOf } from '../../topology/log/errors.ts';
import { openSqliteReader } from '../../topology/log/sqlite-reader.ts';
import { registeredLogs } from '../../topology/registry/registered-log.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { ArchivedRecord } from './archived-record.ts';
import { StoreRefusedError } from './insert.ts';
import { type KafkaArchive, startKafkaArchive } from './kafka-archive.ts';
import type { ArchiveSettings, EmbeddedSource, FromArchive, KafkaSource, ToArchive } from './messages.ts';
import { offsetFile } from './offsets.ts';
import { openSink } from './sink.ts';
import { openStore, storingOf } from './storing.ts';

const IDLE_MS = 100;
/** Of a read: in the embedded engine the inserts wait behind it, and so do those who asked. */
const READ_MAX_S = 5;
/** Whoever stops us does not wait for reads that still queue. */
const STOP_MS = 5_000;

function tell(message: FromArchive, told?: () => void): void {
  process.send?.(message, undefined, undefined, told);
}

let stopping = false;
let letters = 0;
const letterAnswers = new Map<number, () => void>();

/** The owner of the log writes the letter; the batch waits until it is acknowledged. */
function refuse(record: ArchivedRecord, reason: string): Promise<void> {
  const { topic, partition, offset } = record.envelope;
  const id = ++letters;
  return new Promise((resolve) => {
    letterAnswers.set(id, resolve);
    tell({ type: 'letter', id, topic, partition, offset, reason });
  });
}

async function answer(store: Store, message: Extract<ToArchive, { type: 'query' | 'select' }>): Promise<void> {
  try {
    const rows =
      message.type === 'query'
        ? await store.query(message.name, message.statement, message.params, READ_MAX_S)
        : await store.select(message.statement, READ_MAX_S);
    tell({ type: 'rows', id: message.id, rows });
  } catch (error) {
    const code = error instanceof StoreError ? error.code : 0;
    tell({ type: 'failed', id: message.id, code, message: messageOf(error) });
  }
}

/** Hears what the owner asks; `drain` may not answer before everything is stored. */
function listen(store: Store, drain: (id: number) => void): void {
  process.on('message', (message: ToArchive) => {
    switch (message.type) {
      case 'query':
      case 'select':
        void answer(store, message);
        break;
      case 'drain':
        drain(message.id);
        break;
      case 'letter-stored':
        letterAnswers.get(message.id)?.();
        letterAnswers.delete(message.id);
        break;
      case 'stop':
        stopping = true;
        setTimeout(end, STOP_MS);
        break;
      case 'start':
        break;
    }
  });
  tell({ type: 'ready' });
}

async function runEmbedded(settings: ArchiveSettings, source: EmbeddedSource): Promise<void> {
  const store = openStore(settings);
  await migrate(store, readMigrations());
  const sink = await openSink({
    ...storingOf(settings, store, refuse),
    reader: openSqliteReader(source.path),
    offsets: offsetFile(source.offsets),
    topology: topologyOf(source.partitions),
    batch_rows: settings.batch_rows,
  });
  const drains: number[] = [];
  listen(store, (id) => drains.push(id));
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

async function runOnKafka(settings: ArchiveSettings, source: KafkaSource): Promise<void> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => {});
  const archive: KafkaArchive = await startKafkaArchive(settings, source, await registeredLogs(source, () => {}), {
    tell: () => {},
    trouble: (message) => tell({ type: 'refused', message }),
    failed: fail,
  });
  listen(archive.store, (id) => void archive.drained().then(() => tell({ type: 'drained', id })));
  while (!stopping) await Promise.race([failed, wait(IDLE_MS)]);
  await archive.stop();
}

async function run(settings: ArchiveSettings): Promise<void> {
  const { log } = settings;
  await ('path' in log ? runEmbedded(settings, log) : runOnKafka(settings, log));
}

/** Not `process.exit`: tearing the engine down waits for a statement under way, sometimes for ever, and holds its lock meanwhile. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function fail(error: unknown): void {
  process.stderr.write(`archive: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  tell({ type: 'failing', reason: messageOf(error) }, end);
}

// The owner is gone: nobody writes the log any more, and the engine must be free for the next owner.
process.on('disconnect', end);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.once('message', (message: ToArchive) => {
  if (message.type !== 'start') throw new Error(`archive: first message ${message.type}, expected start`);
  run(message.settings).then(end, fail);
});
