// What the topics of a deployment should be on a broker, and what keeps a cluster from being so.
import { TOPICS, type Topic } from '../../topology/topics.ts';
import type { KafkaConfig } from './kafka-config.ts';

export interface WantedTopic {
  /** With the prefix of the deployment. */
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly settings: Readonly<Record<string, string>>;
}

export interface FoundTopic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of the partition that has the fewest. */
  readonly replication: number;
  /** What is in force, whoever set it. */
  readonly settings: Readonly<Record<string, string>>;
  /** What was set on the topic itself: to be said again whenever anything is altered. */
  readonly own: Readonly<Record<string, string>>;
  /** Copies in step, of the partition that has the fewest. */
  readonly in_step: number;
  readonly empty: boolean;
}

export type TopicDifference =
  | { readonly kind: 'CREATE_TOPIC'; readonly topic: WantedTopic }
  | { readonly kind: 'ADD_PARTITIONS'; readonly topic: string; readonly from: number; readonly to: number }
  | { readonly kind: 'ALTER'; readonly topic: string; readonly setting: string; readonly from: string; readonly to: string }
  /** What apply does not do, and why. */
  | { readonly kind: 'REFUSED'; readonly topic: string; readonly what: string; readonly why: string };

const DAY_MS = 86_400_000;
/** A dead letter holds a record of another topic whole. */
const LETTER_BYTES = 2_097_152;
/** The newest segment is never compacted: small ones, or old snapshots stay. */
const SNAPSHOT_SEGMENT_BYTES = 67_108_864;

function settingsOf(topic: Topic, minIsr: number): Record<string, string> {
  return {
    'cleanup.policy': topic.compacted ? 'compact' : 'delete',
    ...(topic.retention_days === null
      ? { 'segment.bytes': String(SNAPSHOT_SEGMENT_BYTES) }
      : { 'retention.ms': String(topic.retention_days * DAY_MS), 'retention.bytes': '-1' }),
    'min.insync.replicas': String(minIsr),
    'unclean.leader.election.enable': 'false',
    'compression.type': 'producer',
    // Of records from outside we know when they came; ours say it themselves.
    'message.timestamp.type': topic.public === 'in' ? 'LogAppendTime' : 'CreateTime',
    ...(topic.name === 'dead-letters.v1' ? { 'max.message.bytes': String(LETTER_BYTES) } : {}),
  };
}

export function wantedTopics(config: Pick<KafkaConfig, 'topology' | 'replication' | 'min_isr'>): readonly WantedTopic[] {
  return TOPICS.map((topic) => ({
    name: `${config.topology.prefix}${topic.name}`,
    partitions: config.topology.partitions[topic.name],
    replication: config.replication,
    settings: settingsOf(topic, config.min_isr),
  }));
}

/** What differs, in the order in which it would be mended; `brokers` is how many there are. */
export function topicDifferences(
  wanted: readonly WantedTopic[],
  found: readonly FoundTopic[],
  brokers: number,
): readonly TopicDifference[] {
  const byName = new Map(found.map((topic) => [topic.name, topic]));
  return wanted.flatMap((topic): TopicDifference[] => {
    const present = byName.get(topic.name);
    if (present !== undefined) return differencesOf(topic, present);
    if (topic.replication <= brokers) return [{ kind: 'CREATE_TOPIC', topic }];
    const what = `to be created with ${topic.replication} copies, but there are ${brokers} brokers`;
    return [{ kind: 'REFUSED', topic: topic.name, what, why: 'start more brokers, or set WEIR_KAFKA_REPLICATION' }];
  });
}

function differencesOf(wanted: WantedTopic, found: FoundTopic): TopicDifference[] {
  const topic = wanted.name;
  const refused = (what: string, why: string): TopicDifference => ({ kind: 'REFUSED', topic, what, why });
  const differences: TopicDifference[] = [];
  const counts = `${found.partitions} partitions, expected ${wanted.partitions}`;
  if (found.partitions > wanted.partitions)
    differences.push(refused(counts, 'partitions cannot be taken away: make the topic anew, or set WEIR_KAFKA_PARTITIONS'));
  else if (found.partitions < wanted.partitions && found.empty)
    differences.push({ kind: 'ADD_PARTITIONS', topic, from: found.partitions, to: wanted.partitions });
  else if (found.partitions < wanted.partitions)
    differences.push(refused(counts, 'it holds records, and their keys would move to other partitions: move to a new prefix'));
  if (found.replication !== wanted.replication)
    differences.push(
      refused(
        `${found.replication} copies, expected ${wanted.replication}`,
        'copies are moved by the tools of Kafka (kafka-reassign-partitions)',
      ),
    );
  for (const [setting, to] of Object.entries(wanted.settings)) {
    const from = found.settings[setting] ?? '';
    if (from !== to) differences.push({ kind: 'ALTER', topic, setting, from, to });
  }
  const least = Number(wanted.settings['min.insync.replicas'] ?? 1);
  if (found.in_step < least)
    differences.push(
      refused(
        `${found.in_step} copies are in step, ${least} are needed to take a record`,
        'bring back the brokers that are away',
      ),
    );
  return differences;
}
