// For tests: the topics of a topology on a broker, made, removed and made anew.
import { quietClient } from '../../kafka-broker/quiet-client.ts';
import { TOPICS, type TopicName } from '../../topics.ts';
import type { Topology } from '../../topology.ts';

async function withAdmin(
  brokers: readonly string[],
  work: (admin: ReturnType<ReturnType<typeof quietClient>['admin']>) => Promise<unknown>,
) {
  const admin = quietClient(brokers, { retry: { retries: 5 } }).admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

export async function makeTopicsOf(
  brokers: readonly string[],
  topology: Topology,
  names: readonly TopicName[] = TOPICS.map((topic) => topic.name),
  replicas = 1,
): Promise<void> {
  const topics = names.map((name) => ({
    topic: `${topology.prefix}${name}`,
    numPartitions: topology.partitions[name],
    replicationFactor: replicas,
    configEntries: name === 'snapshots.v1' ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
  }));
  await withAdmin(brokers, async (admin) => {
    await admin.createTopics({ topics, waitForLeaders: false });
    // A broker learns of a topic a moment after the controller has made it.
    for (;;) {
      const found = await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) }).catch(() => null);
      if (found?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
}

export async function removeTopicsOf(
  brokers: readonly string[],
  topology: Topology,
  names: readonly TopicName[] = TOPICS.map((topic) => topic.name),
): Promise<void> {
  const topics = names.map((name) => `${topology.prefix}${name}`);
  await withAdmin(brokers, async (admin) => {
    await admin.deleteTopics({ topics });
    // So does it of one that is gone: made anew at once it would be taken for the old one.
    while ((await admin.listTopics()).some((name) => topics.includes(name)))
      await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

/** Compaction as soon as a segment is closed, which each append does to the one before it. */
export async function compactAtOnce(brokers: readonly string[], name: string): Promise<void> {
  const settings = {
    ...{ 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.01' },
    ...{ 'max.compaction.lag.ms': '100', 'delete.retention.ms': '0' },
  };
  const configEntries = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }));
  await withAdmin(brokers, (admin) => admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name, configEntries }] }));
}

/** What retention does: the partition starts at the offset. */
export async function cutBelow(
  brokers: readonly string[],
  topology: Topology,
  topic: TopicName,
  partition: number,
  offset: number,
): Promise<void> {
  const name = `${topology.prefix}${topic}`;
  await withAdmin(brokers, async (admin) => {
    await admin.fetchTopicOffsets(name);
    await admin.deleteTopicRecords({ topic: name, partitions: [{ partition, offset: String(offset) }] });
  });
}
