// One hash per topic over everything a run wrote: two runs are equal when these are.
import { createHash, type Hash } from 'node:crypto';
import { encode } from '../../schemas/codec.ts';
import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { sourceText } from '../../topology/log/sqlite-row.ts';

export interface TopicHashes {
  add(record: AnyEnvelope): void;
  /** SHA-256 by topic, of the records added so far. */
  digests(): Record<string, string>;
}

/** As the log keeps it. */
export function bytesOfRecord(record: AnyEnvelope): Uint8Array {
  if (record.type === 'Raw') return record.value;
  return encode(record.type, record.value as RecordTypes[RecordName]);
}

/** Position, key, headers that decide something, and bytes; not the time of append. */
export function newTopicHashes(): TopicHashes {
  const hashes = new Map<string, Hash>();
  return {
    add(record) {
      if (record.topic === 'snapshots.v1') return;
      let hash = hashes.get(record.topic);
      if (hash === undefined) {
        hash = createHash('sha256');
        hashes.set(record.topic, hash);
      }
      hash.update(
        `${record.partition}/${record.offset}\n${record.key}\n${record.id}\n${record.cause}\n${sourceText(record.source) ?? ''}\n`,
      );
      hash.update(bytesOfRecord(record));
    },
    digests() {
      const entries = [...hashes].map(([topic, hash]): [string, string] => [topic, hash.copy().digest('hex')]);
      return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}
