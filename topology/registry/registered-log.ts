// Logs on Kafka beside a schema registry: written under its ids, and read whatever schema it knows. Known ids never need it.
import { readFileSync } from 'node:fs';
import { schemaLock, schemaOf, speak } from '../../schemas/codec.ts';
import { schemaIdIn } from '../../schemas/make-codec.ts';
import { type SchemaLock, schemaFingerprint } from '../../schemas/schema-lock.ts';
import { messageOf } from '../log/errors.ts';
import { type KafkaLog, type KafkaLogOptions, openKafkaLog } from '../log/kafka/kafka-log.ts';
import type { LogEntry } from '../log/shared-log.ts';
import { type TopicName, topicOf } from '../topics.ts';
import { parseRegistryIds, withRegistryIds } from './id-map.ts';
import { type RegistryClient, type RegistryClientSettings, registryClient } from './registry-client.ts';
import { RegistryAwayError, RegistryDiffersError, RegistryRefusedError } from './registry-errors.ts';
import { type SchemaLookup, schemaLookup } from './schema-lookup.ts';

export interface RegisteredSettings {
  /** Null: there is none, and what the lock does not know is poison. */
  readonly registry: RegistryClientSettings | null;
  /** Ids of the registry where they differ from the lock's; null where they agree. */
  readonly registry_ids_file: string | null;
}

export type OpenLog = (options: KafkaLogOptions) => Promise<KafkaLog>;

/** A start does not wait longer for a registry that is away. */
const START_MS = 5_000;

/**
 * Once in a process, before its first record. Throws RegistryDiffersError where lock and registry disagree, RegistryRefusedError
 * where it does not let us in; a registry that is away is only told.
 */
export async function registeredLogs(
  { registry, registry_ids_file }: RegisteredSettings,
  away: (message: string) => void,
): Promise<OpenLog> {
  const lock = registry_ids_file === null ? schemaLock : mappedLock(registry_ids_file);
  if (registry === null) {
    speak(lock);
    return openKafkaLog;
  }
  try {
    await checkAgreement(registryClient({ ...registry, away_ms: Math.min(registry.away_ms, START_MS) }), lock);
  } catch (error) {
    if (!(error instanceof RegistryAwayError)) throw error;
    away(error.message);
  }
  const lookup = schemaLookup(registryClient(registry), { lock });
  speak(lock, {
    decode(id, bytes) {
      const found = lookup.known(id);
      if (found === null) return null;
      return found.kind === 'readable' ? found.decode(bytes) : { error: 'SCHEMA_UNKNOWN', message: found.message };
    },
    schemaOf(id) {
      const found = lookup.known(id);
      return found?.kind === 'readable' ? found.schema : null;
    },
  });
  return async (options) => learning(await openKafkaLog(options), lookup, away);
}

/** Throws RegistryDiffersError. */
export function mappedLock(file: string): SchemaLock {
  try {
    return withRegistryIds(schemaLock, parseRegistryIds(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new RegistryDiffersError([`${file}: ${messageOf(error)}`]);
  }
}

async function checkAgreement(client: RegistryClient, lock: SchemaLock): Promise<void> {
  const versions = Object.entries(lock).flatMap(([record, of]) => of.versions.map((version) => ({ ...version, record })));
  const findings = await Promise.all(
    versions.map(async ({ record, id, fingerprint }) => {
      const text = await client.schemaById(id);
      if (text === null) return [`id ${id} of ${record} is not registered`];
      return fingerprintOf(text) === fingerprint ? [] : [`id ${id} of ${record} is another schema there`];
    }),
  );
  if (findings.flat().length > 0) throw new RegistryDiffersError(findings.flat());
}

function fingerprintOf(text: string): string {
  try {
    return schemaFingerprint(JSON.parse(text));
  } catch {
    return '';
  }
}

/** A read ends before the first record of a schema that has still to be asked for, and the wait for that record is the question. */
function learning(log: KafkaLog, lookup: SchemaLookup, away: (message: string) => void): KafkaLog {
  const asked = new Map<string, Promise<void>>();

  async function ask(topic: TopicName, id: number): Promise<void> {
    try {
      await lookup.find(id);
    } catch (error) {
      const silent = error instanceof RegistryAwayError || error instanceof RegistryRefusedError;
      // What users write must not stop what others write; a record of our own is never skipped for want of a registry.
      if (!silent || !topicOf(topic).raw) throw error;
      lookup.giveUp(id, error.message);
      away(error.message);
    }
  }

  function isReadable({ value }: LogEntry): boolean {
    const id = value === null ? null : schemaIdIn(value);
    return id === null || schemaOf(id) !== null || lookup.known(id) !== null;
  }

  return {
    ...log,
    async read(topic, partition, from, max) {
      const entries = await log.read(topic, partition, from, max);
      const at = entries.findIndex((entry) => !isReadable(entry));
      if (at < 0) return entries;
      const place = `${topic}/${partition}/${entries[at]?.offset}`;
      if (!asked.has(place)) {
        const question = ask(topic, schemaIdIn(entries[at]?.value ?? new Uint8Array()) ?? 0);
        asked.set(place, question);
        // What went wrong stays until somebody has waited for it.
        question.then(
          () => asked.delete(place),
          () => {},
        );
      }
      return entries.slice(0, at);
    },
    async waitFor(topic, partition, from, patience_ms) {
      await log.waitFor(topic, partition, from, patience_ms);
      const place = `${topic}/${partition}/${from}`;
      const question = asked.get(place);
      if (question === undefined) return;
      try {
        await question;
      } finally {
        asked.delete(place);
      }
    },
  };
}
