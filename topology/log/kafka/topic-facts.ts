// Asks the broker for what kafkajs' metadata request leaves out: the id of a topic, which changes when it is made anew.
import type { Cluster, Exchange } from './cluster.ts';
import { insideKafkajs } from './cluster.ts';

export interface TopicFacts {
  /** 32 hex. */
  readonly id: string;
  readonly partitions: number;
}

interface Encoder {
  writeBuffer(buffer: Buffer): Encoder;
}

const NO_TOPIC = 3;

/** The topics that exist, by name. Metadata version 12: the first flexible header byte is part of what we write. */
export async function topicFacts(cluster: Cluster, names: readonly string[]): Promise<ReadonlyMap<string, TopicFacts>> {
  const NewEncoder = insideKafkajs<new () => Encoder>('protocol/encoder');
  const exchange: Exchange<ReadonlyMap<string, TopicFacts>> = {
    request: {
      apiKey: 3,
      apiVersion: 12,
      apiName: 'Metadata',
      encode: async () => new NewEncoder().writeBuffer(requestOf(names)),
    },
    response: { decode: async (raw) => factsIn(raw), parse: async (facts) => facts as ReadonlyMap<string, TopicFacts> },
  };
  const [nodeId] = cluster.getNodeIds();
  if (nodeId === undefined) throw new Error('no broker is known');
  const broker = await cluster.findBroker({ nodeId });
  return broker.connectionPool.send(exchange);
}

function requestOf(names: readonly string[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0]), varint(names.length + 1)];
  for (const name of names) {
    const text = Buffer.from(name, 'utf8');
    parts.push(Buffer.alloc(16), varint(text.length + 1), text, Buffer.from([0]));
  }
  parts.push(Buffer.from([0, 0, 0]));
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function factsIn(raw: Buffer): ReadonlyMap<string, TopicFacts> {
  let at = 0;
  const skip = (bytes: number): void => {
    at += bytes;
  };
  const length = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = raw.readUInt8(at);
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const text = (): string => {
    const bytes = Math.max(0, length() - 1);
    at += bytes;
    return raw.toString('utf8', at - bytes, at);
  };
  const tags = (): void => {
    for (let left = length(); left > 0; left--) {
      length();
      skip(length());
    }
  };
  const each = (read: () => void): number => {
    const count = Math.max(0, length() - 1);
    for (let i = 0; i < count; i++) read();
    return count;
  };
  const numbers = (): number => each(() => skip(4));

  tags();
  skip(4);
  each(() => {
    skip(4);
    text();
    skip(4);
    text();
    tags();
  });
  text();
  skip(4);
  const facts = new Map<string, TopicFacts>();
  each(() => {
    const error = raw.readInt16BE(at);
    skip(2);
    const name = text();
    const id = raw.toString('hex', at, at + 16);
    skip(17);
    const partitions = each(() => {
      skip(14);
      numbers();
      numbers();
      numbers();
      tags();
    });
    skip(4);
    tags();
    if (error !== NO_TOPIC && partitions > 0) facts.set(name, { id, partitions });
  });
  return facts;
}
