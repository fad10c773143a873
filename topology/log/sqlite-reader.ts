// Reads the sqlite log of another process: its records as they come, with the bytes that stand in the file.
import type { AnyEnvelope } from '../envelope.ts';
import type { TopicName } from '../topics.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { envelopeOf } from './sqlite-row.ts';

export interface StoredRecord {
  readonly envelope: AnyEnvelope;
  /** Exactly as stored. */
  readonly bytes: Uint8Array;
}

export interface SqliteReader {
  /** At most `max` committed records of a partition from `from` on, in order. */
  read(topic: TopicName, partition: number, from: number, max: number): StoredRecord[];
  endOffset(topic: TopicName, partition: number): number;
  startOffset(topic: TopicName, partition: number): number;
  /** Sequence of the newest record; 0 in an empty log. */
  lastSequence(): number;
  /** As the log's own: changes when the topic is made anew. */
  incarnation(topic: TopicName): string;
  close(): void;
}

/** Column of the bytes in a row of the file. */
const VALUE = 12;

/** Opens an existing log read-only; its owner may go on writing. Throws where there is no log. */
export function openSqliteReader(path: string): SqliteReader {
  const file = openSqliteFile(path, 'process', true, undefined);
  const idOf = (topic: TopicName): number => file.topicId.get(topic) ?? -1;
  const first = (row: unknown): unknown => (row as readonly unknown[] | undefined)?.[0] ?? null;
  const newest = file.database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM records');
  const incarnation = file.database.prepare('SELECT incarnation FROM topics WHERE name = ?');
  return {
    read: (topic, partition, from, max) => {
      const rows = file.readPartition.all(idOf(topic), partition, from, max) as unknown as readonly (readonly unknown[])[];
      return rows.map((row) => ({ envelope: envelopeOf(row, file.topicName), bytes: row[VALUE] as Uint8Array }));
    },
    endOffset: (topic, partition) => Number(first(file.end.get(idOf(topic), partition)) ?? 0),
    startOffset: (topic, partition) => Number(first(file.start.get(idOf(topic), partition)) ?? 0),
    lastSequence: () => Number(newest.get()?.seq),
    incarnation: (topic) => String(incarnation.get(topic)?.incarnation),
    close: () => file.database.close(),
  };
}
