// The kafka driver: a shared log on real brokers.
import type { Micros } from '../../../schemas/time.ts';
import { TOPICS, type TopicName, topicOf } from '../../topics.ts';
import type { Topology } from '../../topology.ts';
import { holeBefore } from '../contiguous.ts';
import { LogClosedError, LogHoleError, OffsetGoneError, RecordTooLargeError, TopicDiffersError } from '../errors.ts';
import type { AppendedTo } from '../log.ts';
import type { LogEntry, Outgoing, SharedLog } from '../shared-log.ts';
import { type Broker, type Cluster, clusterOf } from './cluster.ts';
import { fetchFrom } from './fetch.ts';
import { messageOf } from './message.ts';
import { retrying, typeOf } from './retrying.ts';
import { createSender, type Sender, type Sending } from './sender.ts';
import type { KafkaSettings } from './settings.ts';
import { createTail, OUTSIDE } from './tail.ts';
import { type TopicFacts, topicFacts } from './topic-facts.ts';

export interface KafkaLog extends SharedLog {
  readonly driver: 'kafka';
  /** Producers that were thrown away after a send that failed. */
  discarded(): number;
  /** Records that lie in buffers. */
  buffered(): number;
  /** Offset of the first record that the broker took at the time or later; the end if there is none. */
  firstSince(topic: TopicName, partition: number, at: Micros): Promise<number>;
  /** Rejects when the brokers have been away for too long; never resolves. */
  readonly failed: Promise<never>;
}

export interface KafkaLogOptions {
  readonly settings: KafkaSettings;
  readonly topology: Topology;
  /** For tests. */
  readonly sender?: Sender;
  readonly ahead_records?: number;
  /** What readers that are behind the first one find in memory. */
  readonly behind_records?: number;
  /** Aborted: whoever opens the log does not wait any longer. */
  readonly signal?: AbortSignal;
  /** Topics that must be there; default: all. */
  readonly topics?: readonly TopicName[];
}

/** Key, value and headers are not all that a record takes. */
const RECORD_OVERHEAD = 100;
const AHEAD_BYTES = 8 * 1_048_576;

/** Connects, and refuses a broker whose topics differ from the topology. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<KafkaLog> {
  const { settings, topology } = options;
  const topics = options.topics ?? TOPICS.map((topic) => topic.name);
  const nameOf = (topic: TopicName): string => `${topology.prefix}${topic}`;
  let closed = false;
  const patience = { settings, closed: () => closed || options.signal?.aborted === true };
  const follower = clusterOf(settings);
  const reader = clusterOf(settings);
  const sender = options.sender ?? createSender(settings);
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => {});

  for (const cluster of [follower, reader]) {
    await retrying(
      patience,
      async () => {
        await cluster.connect();
        await cluster.addMultipleTargetTopics(topics.map(nameOf));
      },
      (error) => typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION',
    ).catch(async (error: unknown) => {
      if (typeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') {
        await closeAll();
        throw error;
      }
    });
  }
  try {
    await checkTopics();
  } catch (error) {
    await closeAll();
    throw error;
  }

  const tail = createTail({
    ...patience,
    cluster: follower,
    nameOf,
    compacted: (topic) => topicOf(topic).compacted,
    ahead_records: options.ahead_records ?? 4_000,
    behind_records: options.behind_records ?? 64,
    ahead_bytes: AHEAD_BYTES,
    failed: fail,
  });

  async function factsOf(asked: readonly TopicName[]): Promise<ReadonlyMap<string, TopicFacts>> {
    return retrying(patience, async () => {
      try {
        return await topicFacts(reader, asked.map(nameOf));
      } catch (error) {
        await reader.refreshMetadata().catch(() => {});
        throw error;
      }
    });
  }

  async function checkTopics(): Promise<void> {
    const facts = await factsOf(topics);
    const findings: string[] = [];
    for (const topic of topics) {
      const found = facts.get(nameOf(topic));
      const expected = topology.partitions[topic];
      if (found === undefined) findings.push(`${nameOf(topic)} is missing`);
      else if (found.partitions !== expected)
        findings.push(`${nameOf(topic)} has ${found.partitions} partitions, expected ${expected}`);
    }
    if (findings.length > 0) throw new TopicDiffersError(findings);
  }

  function checkPlace(topic: TopicName, partition: number): void {
    const count = topology.partitions[topic];
    if (partition < 0 || partition >= count)
      throw new RangeError(`log: ${topic} has no partition ${partition} (it has ${count})`);
  }

  /** Asks the leader of the partition, whoever that is by now. */
  function atLeader<T>(cluster: Cluster, topic: TopicName, partition: number, work: (broker: Broker) => Promise<T>): Promise<T> {
    checkPlace(topic, partition);
    return retrying(
      patience,
      async () => {
        try {
          const [nodeId] = Object.keys(cluster.findLeaderForPartitions(nameOf(topic), [partition]));
          if (nodeId === undefined || nodeId === '-1') throw new Error(`${nameOf(topic)}/${partition} has no leader`);
          return await work(await cluster.findBroker({ nodeId }));
        } catch (error) {
          if (!(error instanceof LogHoleError) && !closed) await cluster.refreshMetadata().catch(() => {});
          throw error;
        }
      },
      (error) => error instanceof LogHoleError,
    );
  }

  function offsetAt(topic: TopicName, partition: number, timestamp: number): Promise<number> {
    return atLeader(reader, topic, partition, async (broker) => {
      const { responses } = await broker.listOffsets({
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ topic: nameOf(topic), partitions: [{ partition, timestamp }] }],
      });
      return Number(responses[0]?.partitions[0]?.offset);
    });
  }

  /** What lies before the buffer of the tail: asked for by itself. */
  function readBehind(topic: TopicName, partition: number, from: number, max: number): Promise<readonly LogEntry[]> {
    return atLeader(reader, topic, partition, async (broker) => {
      const [answer] = await fetchFrom(broker, [{ topic, name: nameOf(topic), partition, from }], 0);
      if (answer === undefined) return [];
      if (answer.error === 1) throw new LogHoleError(topic, partition, from, OUTSIDE);
      if (answer.error !== 0) throw new Error(`the broker answers with error ${answer.error}`);
      if (answer.failure !== null) throw answer.failure;
      const found: LogEntry[] = [];
      let next = from;
      for (const entry of answer.entries) {
        if (found.length === max) break;
        const hole = holeBefore(topic, partition, next, entry.offset);
        if (hole !== null) throw hole;
        found.push(entry);
        next = entry.offset + 1;
      }
      return found;
    });
  }

  async function closeAll(): Promise<void> {
    closed = true;
    await sender.close();
    await Promise.all([follower, reader].map((cluster) => cluster.disconnect().catch(() => {})));
  }

  return {
    driver: 'kafka',
    topology,
    failed,
    discarded: sender.discarded,
    buffered: tail.buffered,
    async append(batch) {
      if (closed) throw new LogClosedError('by its owner');
      const sendings = batch.map((outgoing) => sendingOf(outgoing));
      await sender.send(sendings);
      return resultOf(batch, sendings);
    },
    async read(topic, partition, from, max) {
      checkPlace(topic, partition);
      try {
        return tail.read(topic, partition, from, max) ?? (await readBehind(topic, partition, from, max));
      } catch (error) {
        if (!(error instanceof LogHoleError)) throw error;
        const start = await offsetAt(topic, partition, -2);
        throw from < start ? new OffsetGoneError(topic, partition, from, start) : error;
      }
    },
    async waitFor(topic, partition, from, patience_ms = 0) {
      checkPlace(topic, partition);
      if (!tail.follows(topic, partition)) tail.begin(topic, partition, Math.min(from, await offsetAt(topic, partition, -1)));
      return tail.waitFor(topic, partition, from, patience_ms);
    },
    startOffset: (topic, partition) => offsetAt(topic, partition, -2),
    endOffset: (topic, partition) => offsetAt(topic, partition, -1),
    async firstSince(topic, partition, at) {
      const found = await offsetAt(topic, partition, Math.max(0, Math.floor(at / 1_000)));
      return found < 0 ? offsetAt(topic, partition, -1) : found;
    },
    async incarnation(topic) {
      const found = (await factsOf([topic])).get(nameOf(topic));
      if (found === undefined) throw new TopicDiffersError([`${nameOf(topic)} is missing`]);
      return found.id;
    },
    async close() {
      if (closed) return;
      closed = true;
      await tail.close();
      await closeAll();
    },
  };

  function sendingOf(outgoing: Outgoing): Sending {
    const { topic, partition } = outgoing.kind === 'RECORD' ? outgoing.draft : outgoing;
    checkPlace(topic, partition);
    const message = messageOf(outgoing);
    const bytes = message.value?.length ?? 0;
    if (bytes > settings.record_bytes_max && outgoing.kind === 'RECORD') {
      const { type, id } = outgoing.draft;
      throw new RecordTooLargeError(topic, type, id, bytes, settings.record_bytes_max);
    }
    let headers = 0;
    for (const value of Object.values(message.headers)) headers += value.length + 20;
    return { topic: nameOf(topic), message, bytes: bytes + headers + (message.key?.length ?? 0) + RECORD_OVERHEAD, offset: -1 };
  }
}

/** Fills in the offsets of the drafts, and names every partition with its first. */
export function resultOf(batch: readonly Outgoing[], sendings: readonly Sending[]): readonly AppendedTo[] {
  const result: { topic: TopicName; partition: number; offset: number; count: number }[] = [];
  batch.forEach((outgoing, i) => {
    const offset = sendings[i]?.offset ?? -1;
    const { topic, partition } = outgoing.kind === 'RECORD' ? outgoing.draft : outgoing;
    if (outgoing.kind === 'RECORD') {
      outgoing.draft.offset = offset;
      outgoing.draft.sequence = offset;
    }
    const known = result.find((of) => of.topic === topic && of.partition === partition);
    if (known === undefined) result.push({ topic, partition, offset, count: 1 });
    else known.count += 1;
  });
  return result;
}
