// The lock of the schema ids: which id stands for which version of which record, for ever.
import type { AvroRecord } from './avro-schema.ts';
import { withoutDocs } from './avro-schema.ts';
import type { CanonicalValue } from './canonical-json.ts';
import { incompatibilities } from './compatibility.ts';
import { contentHash } from './ids.ts';

export interface SchemaVersion {
  readonly id: number;
  readonly fingerprint: string;
  /** JSON text of the schema without its comments. */
  readonly schema: string;
}
export interface LockedRecord {
  /** True once a record of it may stand in somebody's log: from then on a change needs a new version. */
  readonly locked: boolean;
  /** Oldest first; the last one is written. */
  readonly versions: readonly SchemaVersion[];
}
export type SchemaLock = Readonly<Record<string, LockedRecord>>;

/** SHA-256 of the canonical JSON of the schema without its comments. */
export function schemaFingerprint(schema: AvroRecord): string {
  return contentHash(withoutDocs(schema) as CanonicalValue);
}

/** The lock that fits the schemas, and why it cannot be written if a locked record changed incompatibly. Ids never change. */
export function updateLock(
  lock: SchemaLock,
  schemas: readonly AvroRecord[],
): { readonly lock: SchemaLock; readonly errors: readonly string[] } {
  const known = new Set(schemas.map((schema) => schema.name));
  const errors = Object.keys(lock)
    .filter((name) => !known.has(name))
    .map((name) => `${name}: the lock knows it but its schema is gone`);
  let last = Math.max(0, ...Object.values(lock).flatMap((record) => record.versions.map((version) => version.id)));
  const next: Record<string, LockedRecord> = { ...lock };
  for (const schema of schemas) {
    const fingerprint = schemaFingerprint(schema);
    const record = lock[schema.name];
    const current = record?.versions.at(-1);
    if (current?.fingerprint === fingerprint) continue;
    const text = JSON.stringify(withoutDocs(schema));
    if (record === undefined || current === undefined) {
      last += 1;
      next[schema.name] = { locked: false, versions: [{ id: last, fingerprint, schema: text }] };
    } else if (!record.locked) {
      next[schema.name] = {
        ...record,
        versions: [...record.versions.slice(0, -1), { id: current.id, fingerprint, schema: text }],
      };
    } else {
      const faults = record.versions.flatMap((version) => incompatibilities(schema, JSON.parse(version.schema)));
      errors.push(...new Set(faults));
      last += 1;
      next[schema.name] = { ...record, versions: [...record.versions, { id: last, fingerprint, schema: text }] };
    }
  }
  return { lock: next, errors };
}
