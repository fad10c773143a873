// Finds a decision in the log by its id, or by a prefix of it that only one decision has.
import type { AnyEnvelope, Envelope } from '../../topology/envelope.ts';
import type { SqliteReader } from '../../topology/log/sqlite-reader.ts';
import type { TopicName } from '../../topology/topics.ts';
import { CommandError, EXIT } from './exit-codes.ts';

const CHUNK = 1_000;
const PREFIX_MIN = 8;

/** Every record of a topic, partition by partition, in order. */
export function* recordsOf(reader: SqliteReader, topic: TopicName, partitions: number): Generator<AnyEnvelope> {
  for (let partition = 0; partition < partitions; partition++) {
    for (let from = reader.startOffset(topic, partition); ; ) {
      const stored = reader.read(topic, partition, from, CHUNK);
      for (const { envelope } of stored) {
        from = envelope.offset + 1;
        yield envelope;
      }
      if (stored.length === 0) break;
    }
  }
}

/** Horizons at which what was refused is priced. */
export const LATER_HOURS = [1, 4, 12, 24] as const;

/** `latest` is the newest decision about an entry. Throws a CommandError where no decision, or more than one, fits. */
export function findDecision(reader: SqliteReader, partitions: number, id: string): Envelope<'Decision'> {
  if (id === 'latest') return latestEntry(reader, partitions);
  checkId(id);
  const found = new Map<string, Envelope<'Decision'>>();
  for (const record of recordsOf(reader, 'decisions.v1', partitions)) {
    if (record.type === 'Decision' && record.value.decision_id.startsWith(id)) found.set(record.value.decision_id, record);
  }
  return onlyOne([...found.values()], id);
}

function checkId(id: string): void {
  if (/^[0-9a-f]+$/.test(id) && id.length >= PREFIX_MIN) return;
  throw new CommandError(
    EXIT.USAGE,
    'USAGE',
    `decision ${id}: expected its id, or at least ${PREFIX_MIN} hex digits of it`,
    'weir decisions tail shows them',
  );
}

/** As findDecision, of what another search finds. */
export async function chosenDecision<T>(id: string, search: () => Promise<readonly T[]>): Promise<T> {
  if (id !== 'latest') checkId(id);
  const found = await search();
  if (id === 'latest' && found.length === 0) throw NONE_YET;
  return onlyOne(found, id);
}

function onlyOne<T>(found: readonly T[], id: string): T {
  const [decision] = found;
  if (decision === undefined)
    throw new CommandError(
      EXIT.EVIDENCE_MISSING,
      'DECISION_NOT_FOUND',
      `no decision ${id} in this log`,
      'weir decisions tail shows them',
    );
  if (found.length > 1)
    throw new CommandError(EXIT.USAGE, 'USAGE', `${found.length} decisions begin with ${id}`, 'give more digits');
  return decision;
}

const NONE_YET = new CommandError(EXIT.EVIDENCE_MISSING, 'DECISION_NOT_FOUND', 'no entry was decided in this log yet');

function latestEntry(reader: SqliteReader, partitions: number): Envelope<'Decision'> {
  let latest: Envelope<'Decision'> | null = null;
  for (const record of recordsOf(reader, 'decisions.v1', partitions)) {
    if (record.type === 'Decision' && record.value.kind === 'ENTRY' && record.at >= (latest?.at ?? 0)) latest = record;
  }
  if (latest !== null) return latest;
  throw NONE_YET;
}
