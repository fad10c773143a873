// For tests: everything that stands in the topics of a deployment, read from the broker by a plain consumer.
import { randomBytes } from 'node:crypto';
import { quietClient } from '../../../topology/kafka-broker/quiet-client.ts';

import { TOPICS, type TopicName } from '../../../topology/topics.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { PlainMessage } from './plain-entry.ts';

/** Messages by topic and partition, as they lie. */
export type FinalLogs = ReadonlyMap<TopicName, readonly (readonly PlainMessage[])[]>;

/** Snapshots are for their writers alone. */
const READ: readonly TopicName[] = TOPICS.filter((topic) => !topic.compacted).map((topic) => topic.name);

export async function readFinalLogs(brokers: readonly string[], topology: Topology): Promise<FinalLogs> {
  const kafka = quietClient(brokers, { retry: { retries: 10 } });
  const admin = kafka.admin();
  await admin.connect();
  const logs = new Map<TopicName, PlainMessage[][]>();
  const missing = new Map<string, number>();
  for (const topic of READ) {
    logs.set(
      topic,
      Array.from({ length: topology.partitions[topic] }, () => []),
    );
    for (const { partition, high } of await admin.fetchTopicOffsets(`${topology.prefix}${topic}`))
      if (Number(high) > 0) missing.set(`${topic}/${partition}`, Number(high));
  }
  await admin.disconnect();

  const consumer = kafka.consumer({ groupId: `verdict-${randomBytes(6).toString('hex')}`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: READ.map((topic) => `${topology.prefix}${topic}`), fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  if (missing.size === 0) resolve();
  await consumer.run({
    async eachMessage({ topic: name, partition, message }) {
      const topic = name.slice(topology.prefix.length) as TopicName;
      const at = logs.get(topic)?.[partition];
      // A copy: kafkajs' buffers are slices of a whole response.
      at?.push({ ...message, value: message.value === null ? null : Buffer.from(message.value) } as PlainMessage);
      const key = `${topic}/${partition}`;
      if (Number(message.offset) + 1 < (missing.get(key) ?? 0)) return;
      missing.delete(key);
      if (missing.size === 0) resolve();
    },
  });
  await promise;
  await consumer.disconnect();
  return logs;
}
