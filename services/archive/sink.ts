// The sink on the embedded log: reads every topic as one more reader, stores it in batches, and commits what was acknowledged.
import type { SqliteReader } from '../../topology/log/sqlite-reader.ts';
import { TOPICS } from '../../topology/topics.ts';
import type { Topology } from '../../topology/topology.ts';
import type { OffsetStore } from './offsets.ts';
import { openPart, type Part, type Storing, storeRecords, storeSchemas } from './part.ts';

export interface SinkOptions extends Storing {
  readonly reader: SqliteReader;
  readonly offsets: OffsetStore;
  readonly topology: Topology;
  readonly batch_rows: number;
}

export interface Sink {
  /** Archives at most one batch of each partition; returns how many records that were. */
  pass(): Promise<number>;
  /** True when everything below the log's ends is archived. */
  caughtUp(): boolean;
}

/** Finds where each partition was left. */
export async function openSink(options: SinkOptions): Promise<Sink> {
  const { store, offsets, reader } = options;
  await storeSchemas(store, options.now());
  const parts: Part[] = [];
  for (const { name } of TOPICS) {
    for (let partition = 0; partition < options.topology.partitions[name]; partition++) {
      const next = Math.max(offsets.committed(name, partition) ?? 0, reader.startOffset(name, partition));
      parts.push(await openPart(store, name, partition, next));
    }
  }

  return {
    async pass() {
      let count = 0;
      for (const part of parts) {
        const stored = await storeRecords(part, reader.read(part.topic, part.partition, part.next, options.batch_rows), options);
        if (stored > 0) offsets.commit(part.topic, part.partition, part.next);
        count += stored;
      }
      return count;
    },
    caughtUp: () => parts.every((part) => part.next >= reader.endOffset(part.topic, part.partition)),
  };
}
