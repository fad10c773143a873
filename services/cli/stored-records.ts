// For tests: what stands in the log of a data directory, read beside its owner.
import { join } from 'node:path';
import { openSqliteReader, type StoredRecord } from '../../topology/log/sqlite-reader.ts';
import type { TopicName } from '../../topology/topics.ts';

/** Everything in the first partition of a topic. */
export function storedRecords(data: string, topic: TopicName): StoredRecord[] {
  const reader = openSqliteReader(join(data, 'log.sqlite'));
  try {
    return reader.read(topic, 0, 0, 1_000_000);
  } finally {
    reader.close();
  }
}
