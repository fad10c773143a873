// One fetch of several partitions from one broker, with what happened to each: kafkajs' own call throws for the first that fails.
import type { Broker, Exchange } from './cluster.ts';
import { insideKafkajs } from './cluster.ts';
import type { FetchedMessage } from './message.ts';

export interface FetchPlace {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
}

export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  /** 0: none. 1: out of range. 3, 5, 6: ask for the leader again. */
  readonly error: number;
  readonly high_watermark: number;
  readonly start: number;
  readonly messages: readonly FetchedMessage[];
}

interface Decoded {
  readonly errorCode: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly highWatermark: string;
      readonly lastStartOffset: string;
      readonly messages: readonly FetchedMessage[];
    }[];
  }[];
}

export const PARTITION_BYTES = 1_048_576;
const RESPONSE_BYTES = 16 * 1_048_576;

/** Uncommitted reads: nobody writes transactions here, and kafkajs takes some keys for abort markers otherwise. */
export async function fetchFrom(broker: Broker, places: readonly FetchPlace[], wait_ms: number): Promise<readonly Fetched[]> {
  const request = insideKafkajs<(of: object) => Exchange<unknown>['request']>('protocol/requests/fetch/v11/request');
  const { decode } = insideKafkajs<{ decode(raw: Buffer): Promise<Decoded> }>('protocol/requests/fetch/v11/response');
  const decoded = await broker.connectionPool.send<Decoded>({
    request: request({
      replicaId: -1,
      isolationLevel: 0,
      maxWaitTime: wait_ms,
      minBytes: 1,
      maxBytes: RESPONSE_BYTES,
      topics: places.map(({ topic, partition, from }) => ({
        topic,
        partitions: [{ partition, fetchOffset: String(from), maxBytes: PARTITION_BYTES }],
      })),
    }),
    response: { decode, parse: async (answer) => answer as Decoded },
  });
  return decoded.responses.flatMap(({ topicName, partitions }) =>
    partitions.map((of) => ({
      topic: topicName,
      partition: of.partition,
      error: of.errorCode,
      high_watermark: Number(of.highWatermark),
      start: Number(of.lastStartOffset),
      messages: of.messages,
    })),
  );
}
