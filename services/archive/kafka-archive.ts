// The archive on Kafka: a member of its group, with a log and a store of its own; letters go straight into the log.
import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../../clickhouse/client.ts';
import { migrate, readMigrations } from '../../clickhouse/migrate.ts';
import { AppendFailedError } from '../../topology/log/errors.ts';
import type { KafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { joinGroup } from '../../topology/log/kafka/membership.ts';
import type { SharedLog } from '../../topology/log/shared-log.ts';
import type { OpenLog } from '../../topology/registry/registered-log.ts';
import { letterFor } from '../../topology/runtime/letter.ts';
import { draftOfSource } from '../../topology/runtime/source.ts';
import type { ArchivedRecord } from './archived-record.ts';
import { whileAway } from './insert.ts';
import type { ArchiveSettings, KafkaSource } from './messages.ts';
import { ARCHIVED, type SharedSink, startSharedSink } from './shared-sink.ts';
import { openStore, storingOf } from './storing.ts';

export interface KafkaArchiveHooks {
  readonly tell: (event: string, detail: string) => void;
  /** Something stands, or waits for the store. */
  readonly trouble: (message: string) => void;
  /** The brokers or the store were away for too long: the process has to end, and be started again. */
  readonly failed: (error: unknown) => void;
}

export interface KafkaArchive extends Pick<SharedSink, 'parts' | 'stopped' | 'trouble' | 'drained' | 'stop'> {
  readonly store: Store;
  /** null before the first assignment. */
  assigned(): readonly number[] | null;
  /** Since the last heartbeat that was answered. */
  silent_ms(): number;
  readonly session_ms: number;
}

/** Batches on their way at once: as many as the store takes beside what people ask. */
const PARALLEL = 3;
/** What lies ahead in memory while the store is away, per partition. */
const AHEAD_RECORDS = 1_000;
const LETTER_PAUSE_MS = 200;

/** Throws what `openLog` throws, StoreAwayError, and what the migrations refuse. */
export async function startKafkaArchive(
  settings: ArchiveSettings,
  source: KafkaSource,
  openLog: OpenLog,
  hooks: KafkaArchiveHooks,
): Promise<KafkaArchive> {
  const { topology } = source;
  const store = openStore(settings);
  let log: KafkaLog | null = null;
  try {
    const opened = await openLog({ ...source, ahead_records: AHEAD_RECORDS, behind_records: 0 });
    log = opened;
    const storing = storingOf(settings, store, (record, reason) => writeLetter(opened, record, reason));
    const insert: typeof storing.insert = {
      ...storing.insert,
      sleep: (seconds, error) => {
        hooks.tell('store-away', error instanceof Error ? error.message : String(error));
        return storing.insert.sleep(seconds, error);
      },
    };
    await whileAway(() => migrate(store, readMigrations()), insert);
    opened.failed.catch(hooks.failed);
    const membership = joinGroup({
      settings: source.settings,
      group: source.group,
      // Members of two versions may share a group: what they store twice is read once.
      version: 'archive',
      topics: ARCHIVED.map((topic) => `${topology.prefix}${topic}`),
      partitions: Math.max(...ARCHIVED.map((topic) => topology.partitions[topic])),
      failed: hooks.failed,
      tell: hooks.tell,
    });
    const sink = await startSharedSink({
      ...storing,
      insert,
      log: opened,
      membership,
      batch_rows: settings.batch_rows,
      batch_ms: settings.batch_ms,
      parallel: PARALLEL,
      commit: (positions) => membership.commit(positions.map((at) => ({ ...at, topic: `${topology.prefix}${at.topic}` }))),
      on_stopped: hooks.trouble,
      on_refused: hooks.trouble,
      on_failed: hooks.failed,
    });
    return {
      ...sink,
      store,
      assigned: () => membership.assignment()?.partitions ?? null,
      silent_ms: () => performance.now() - membership.answeredAt(),
      session_ms: membership.session_ms,
      async stop() {
        await sink.stop();
        await membership.leave();
        await opened.close();
        await store.close();
      },
    };
  } catch (error) {
    await log?.close();
    await store.close();
    throw error;
  }
}

/** Its id is that of the record's place: a second copy has no effect. */
async function writeLetter(log: SharedLog, { envelope }: ArchivedRecord, reason: string): Promise<void> {
  const topic = 'dead-letters.v1';
  const now = Date.now() * 1_000;
  const value = letterFor(envelope, 'archive', '', 'SINK_REFUSED', reason, now);
  const record = { topic, type: 'DeadLetter', key: envelope.key, value, id: value.dead_letter_id, cause: envelope.id } as const;
  for (;;) {
    try {
      await log.append([{ kind: 'RECORD', draft: draftOfSource(record, now, log.topology.partitions[topic]), claim: null }]);
      return;
    } catch (error) {
      if (!(error instanceof AppendFailedError)) throw error;
      await wait(LETTER_PAUSE_MS);
    }
  }
}
