// How many partitions each topic has in one deployment, and the prefix of its names there.
import { TOPICS, type TopicName } from './topics.ts';

export interface Topology {
  /** Put before every topic name on a broker; '' on local logs. */
  readonly prefix: string;
  readonly partitions: Readonly<Record<TopicName, number>>;
}

/** A portfolio has the same partition number in each of these, so they all have the same count. */
export const PORTFOLIO_TOPICS: readonly TopicName[] = [
  'journal.v1',
  'decisions.v1',
  'orders.v1',
  'positions.v1',
  'trades.v1',
  'analyses.v1',
];

/** Strategy reads an instrument's market and writes its signals under the same partition number. */
export const INSTRUMENT_TOPICS: readonly TopicName[] = ['signals.v1', 'market.v1'];

/** Every topic with `count` partitions (embedded: 1, Kafka: 12); single topics can be given another count. */
export function topologyOf(count: number, different: Partial<Record<TopicName, number>> = {}, prefix = ''): Topology {
  const partitions = {} as Record<TopicName, number>;
  for (const topic of TOPICS) partitions[topic.name] = different[topic.name] ?? count;
  const topology: Topology = { prefix, partitions };
  checkTopology(topology);
  return topology;
}

export const EMBEDDED: Topology = topologyOf(1);
export const KAFKA: Topology = topologyOf(12);

/** Throws naming the topic and the count when a count is impossible or co-partitioned topics differ. */
export function checkTopology(topology: Topology): void {
  for (const topic of TOPICS) {
    const count = topology.partitions[topic.name];
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`topology.partitions.${topic.name}: ${count}, expected a whole number of at least 1`);
    }
  }
  for (const group of [PORTFOLIO_TOPICS, INSTRUMENT_TOPICS]) {
    const [first, ...others] = group;
    if (first === undefined) continue;
    for (const other of others) {
      if (topology.partitions[other] !== topology.partitions[first]) {
        throw new RangeError(
          `topology.partitions.${other}: ${topology.partitions[other]}, expected ${topology.partitions[first]} like ${first}`,
        );
      }
    }
  }
}
