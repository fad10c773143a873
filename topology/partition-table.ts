// One thing for each partition of each topic, found anew for every record.
import { TOPICS, type TopicName } from './topics.ts';
import type { Topology } from './topology.ts';

/** The few topics are looked through, which is quicker than a Map. */
export type PartitionTable<T> = readonly { readonly topic: TopicName; readonly partitions: readonly T[] }[];

export function newPartitionTable<T>(topology: Topology, make: () => T): PartitionTable<T> {
  return TOPICS.map(({ name }) => ({ topic: name, partitions: Array.from({ length: topology.partitions[name] }, make) }));
}

/** undefined where the topic has no such partition. */
export function partitionIn<T>(table: PartitionTable<T>, topic: TopicName, partition: number): T | undefined {
  for (let i = 0; i < table.length; i++) {
    const row = table[i];
    if (row !== undefined && row.topic === topic) return row.partitions[partition];
  }
  return undefined;
}

export function everyPartition<T>(table: PartitionTable<T>): readonly T[] {
  return table.flatMap(({ partitions }) => partitions);
}
