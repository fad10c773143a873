// Under which subjects our schemas stand in a registry: topic and record, `<topic>-weir.<Record>`.
import { schemaLock } from '../../schemas/codec.ts';
import type { SchemaLock } from '../../schemas/schema-lock.ts';
import { TOPICS } from '../topics.ts';

/** One version of one record, as it should stand in the registry. */
export interface WantedSchema {
  readonly subject: string;
  readonly record: string;
  /** The lock's: what stands in records as long as the registry gives the same. */
  readonly id: number;
  readonly fingerprint: string;
  readonly schema: string;
}

/** Topic-record naming (TopicRecordNameStrategy): several records share a topic, and each evolves by itself. */
export function subjectOf(record: string, prefix: string): string {
  const topic = TOPICS.find(({ records }) => records.some((name) => name === record));
  if (topic === undefined) throw new RangeError(`record ${record} has no topic`);
  return `${prefix}${topic.name}-weir.${record}`;
}

/** Every version of every record by id: registered in this order, an empty registry gives the ids of the lock. */
export function wantedSchemas(prefix: string, lock: SchemaLock = schemaLock): readonly WantedSchema[] {
  return Object.entries(lock)
    .flatMap(([record, { versions }]) =>
      versions.map(({ id, fingerprint, schema }) => ({ subject: subjectOf(record, prefix), record, id, fingerprint, schema })),
    )
    .sort((a, b) => a.id - b.id);
}
