// The newest records of each partition, decoded: readers in the same process need not decode them again.
import type { AnyEnvelope } from '../envelope.ts';
import type { TopicName } from '../topics.ts';

export interface Tail {
  add(record: AnyEnvelope): void;
  /** null when the tail does not reach back to `from`. */
  read(topic: TopicName, partition: number, from: number, max: number): readonly AnyEnvelope[] | null;
  clear(): void;
}

const KEPT = 1_024;

export function createTail(): Tail {
  const partitions = new Map<TopicName, Map<number, AnyEnvelope[]>>();
  function recordsOf(topic: TopicName, partition: number): AnyEnvelope[] {
    let row = partitions.get(topic);
    if (row === undefined) {
      row = new Map();
      partitions.set(topic, row);
    }
    let records = row.get(partition);
    if (records === undefined) {
      records = [];
      row.set(partition, records);
    }
    return records;
  }
  return {
    add(record) {
      const records = recordsOf(record.topic, record.partition);
      records.push(record);
      if (records.length >= 2 * KEPT) records.splice(0, KEPT);
    },
    read(topic, partition, from, max) {
      const records = recordsOf(topic, partition);
      const first = records[0];
      if (first === undefined || from < first.offset) return null;
      const at = from - first.offset;
      return records.slice(at, at + max);
    },
    clear() {
      partitions.clear();
    },
  };
}
