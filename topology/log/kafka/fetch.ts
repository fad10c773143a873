// One fetch of several partitions from one broker: kafkajs' own reading of the answer throws for the first that fails, and is slow.
import type { TopicName } from '../../topics.ts';
import type { LogEntry } from '../shared-log.ts';
import { byteReader } from './byte-reader.ts';
import type { Broker } from './cluster.ts';
import { insideKafkajs } from './cluster.ts';
import { recordsIn } from './record-batch.ts';

export interface FetchPlace {
  readonly topic: TopicName;
  /** On the broker. */
  readonly name: string;
  readonly partition: number;
  readonly from: number;
}

export interface Fetched extends FetchPlace {
  /** 0: none. 1: out of range. 3, 5, 6: ask for the leader again. */
  readonly error: number;
  readonly high_watermark: number;
  readonly entries: readonly LogEntry[];
  /** Offset to go on from, where no entry says more; -1 if nothing came. */
  readonly next: number;
  /** The records cannot be read, today or tomorrow. */
  readonly failure: Error | null;
}

interface Encoder {
  writeBuffer(buffer: Buffer): Encoder;
}

export const PARTITION_BYTES = 1_048_576;
const RESPONSE_BYTES = 16 * 1_048_576;
const NOTHING = { entries: [], next: -1, failure: null };

/** Uncommitted reads: nobody writes transactions here. Places of one topic have to follow each other. */
export async function fetchFrom(broker: Broker, places: readonly FetchPlace[], wait_ms: number): Promise<readonly Fetched[]> {
  const NewEncoder = insideKafkajs<new () => Encoder>('protocol/encoder');
  return broker.connectionPool.send<readonly Fetched[]>({
    request: {
      apiKey: 1,
      apiVersion: 11,
      apiName: 'Fetch',
      encode: async () => new NewEncoder().writeBuffer(requestOf(places, wait_ms)),
    },
    response: { decode: async (raw) => answersIn(raw, places), parse: async (answers) => answers as readonly Fetched[] },
  });
}

const REQUEST_BYTES = 35;
const TOPIC_BYTES = 6;
const PLACE_BYTES = 28;

function requestOf(places: readonly FetchPlace[], wait_ms: number): Buffer {
  const names = places.map(({ name }) => Buffer.byteLength(name));
  const buffer = Buffer.alloc(REQUEST_BYTES + places.length * (TOPIC_BYTES + PLACE_BYTES) + names.reduce((a, b) => a + b, 0));
  let at = 0;
  const int32 = (value: number): void => {
    at = buffer.writeInt32BE(value, at);
  };
  const int64 = (value: number): void => {
    at = buffer.writeBigInt64BE(BigInt(value), at);
  };
  int32(-1);
  int32(wait_ms);
  int32(1);
  int32(RESPONSE_BYTES);
  at = buffer.writeInt8(0, at);
  // No session.
  int32(0);
  int32(-1);
  const topicsAt = at;
  int32(0);
  let topics = 0;
  let countAt = 0;
  let count = 0;
  places.forEach(({ name, partition, from }, i) => {
    if (name !== places[i - 1]?.name) {
      topics += 1;
      at = buffer.writeInt16BE(names[i] ?? 0, at);
      at += buffer.write(name, at);
      countAt = at;
      count = 0;
      int32(0);
    }
    count += 1;
    buffer.writeInt32BE(count, countAt);
    int32(partition);
    int32(-1);
    int64(from);
    int64(-1);
    int32(PARTITION_BYTES);
  });
  buffer.writeInt32BE(topics, topicsAt);
  // No topic to be forgotten, no rack.
  int32(0);
  at = buffer.writeInt16BE(0, at);
  return buffer.subarray(0, at);
}

function answersIn(raw: Buffer, places: readonly FetchPlace[]): readonly Fetched[] {
  const reader = byteReader(raw);
  const answers: Fetched[] = [];
  reader.at = 10;
  for (let topics = reader.int32(); topics > 0; topics--) {
    const name = reader.text(reader.int16());
    for (let partitions = reader.int32(); partitions > 0; partitions--) {
      const partition = reader.int32();
      const error = reader.int16();
      const high_watermark = reader.int64();
      // Of transactions and other replicas: nothing for us.
      reader.at += 16;
      const aborted = Math.max(0, reader.int32());
      reader.at += aborted * 16 + 4;
      const size = Math.max(0, reader.int32());
      const place = places.find((of) => of.partition === partition && of.name === name);
      const part = raw.subarray(reader.at, reader.at + size);
      reader.at += size;
      if (place === undefined) continue;
      answers.push({ ...place, error, high_watermark, ...(size === 0 ? NOTHING : readable(place, part)) });
    }
  }
  return answers;
}

function readable({ topic, partition, from }: FetchPlace, part: Buffer): Pick<Fetched, 'entries' | 'next' | 'failure'> {
  try {
    return { ...recordsIn(topic, partition, from, part), failure: null };
  } catch (error) {
    return { ...NOTHING, failure: error instanceof Error ? error : new Error(String(error)) };
  }
}
