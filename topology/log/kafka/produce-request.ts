// A produce request, encoded at once: kafkajs makes every header, record and batch a growing buffer that it copies into the next.
import { createRequire } from 'node:module';
import { crc32c } from './crc32c.ts';

type Bytes = string | Buffer;

export interface ProducedMessage {
  readonly key?: Bytes | null;
  readonly value: Bytes | null;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[] | undefined>>;
  readonly timestamp?: string;
}

export interface ProduceFields {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId: { toString(): string } | bigint | number;
  readonly producerEpoch: number;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly ProducedMessage[];
    }[];
  }[];
}

/** What kafkajs asks of an encoder that is written into another one. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

interface Request {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly expectResponse: () => boolean;
  readonly encode: () => Promise<Encoded>;
}

type MakeRequest = (fields: ProduceFields) => Request;

const BATCH_HEADER = 61;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;

/** Grows to the largest request; what leaves is a copy. */
let scratch = Buffer.allocUnsafeSlow(65_536);
let at = 0;

function room(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * (at + bytes));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}

function sizeOfVarint(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let bytes = 1;
  for (; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

function varint(value: number): void {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) {
    scratch[at] = (rest & 0x7f) | 0x80;
    at += 1;
  }
  scratch[at] = rest;
  at += 1;
}

function lengthOf(bytes: Bytes | null | undefined): number {
  if (bytes === null || bytes === undefined) return -1;
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
}

function sized(bytes: Bytes | null | undefined, length: number): void {
  varint(length);
  if (bytes === null || bytes === undefined) return;
  if (typeof bytes === 'string') scratch.write(bytes, at, length, 'utf8');
  else bytes.copy(scratch, at);
  at += length;
}

function record({ key, value, headers }: ProducedMessage, index: number): void {
  const keyLength = lengthOf(key);
  const valueLength = lengthOf(value);
  // Attributes and the delta of the time, both 0.
  let size = 2 + sizeOfVarint(index) + sizeOfVarint(keyLength) + sizeOfVarint(valueLength);
  size += Math.max(0, keyLength) + Math.max(0, valueLength);
  const all: { readonly name: string; readonly nameLength: number; readonly text: Bytes; readonly length: number }[] = [];
  for (const name in headers) {
    const given = headers[name];
    for (const text of Array.isArray(given) ? (given as readonly Bytes[]) : [given as Bytes]) {
      const nameLength = Buffer.byteLength(name);
      const length = lengthOf(text);
      size += sizeOfVarint(nameLength) + nameLength + sizeOfVarint(length) + Math.max(0, length);
      all.push({ name, nameLength, text, length });
    }
  }
  size += sizeOfVarint(all.length);
  room(size + 5);
  varint(size);
  scratch[at] = 0;
  scratch[at + 1] = 0;
  at += 2;
  varint(index);
  sized(key, keyLength);
  sized(value, valueLength);
  varint(all.length);
  for (const header of all) {
    sized(header.name, header.nameLength);
    sized(header.text, header.length);
  }
}

function batch(messages: readonly ProducedMessage[], producerId: bigint, producerEpoch: number, firstSequence: number): void {
  room(BATCH_HEADER);
  const begin = at;
  const now = BigInt(Date.now());
  scratch.writeBigInt64BE(0n, begin);
  scratch.writeInt32BE(0, begin + 12);
  scratch[begin + 16] = 2;
  scratch.writeInt16BE(0, begin + ATTRIBUTES_AT);
  scratch.writeInt32BE(messages.length - 1, begin + 23);
  scratch.writeBigInt64BE(now, begin + 27);
  scratch.writeBigInt64BE(now, begin + 35);
  scratch.writeBigInt64BE(producerId, begin + 43);
  scratch.writeInt16BE(producerEpoch, begin + 51);
  scratch.writeInt32BE(firstSequence, begin + 53);
  scratch.writeInt32BE(messages.length, begin + 57);
  at += BATCH_HEADER;
  messages.forEach(record);
  scratch.writeInt32BE(at - begin - 12, begin + 8);
  scratch.writeUInt32BE(crc32c(scratch, begin + ATTRIBUTES_AT, at), begin + CRC_AT);
}

/** Version 3 to 7: transactional id, acks, timeout, then topics, partitions and a batch of each. */
export function encodeProduce(fields: ProduceFields): Buffer {
  const producerId = BigInt(String(fields.producerId));
  at = 0;
  room(12);
  at = scratch.writeInt16BE(-1, at);
  at = scratch.writeInt16BE(fields.acks, at);
  at = scratch.writeInt32BE(fields.timeout, at);
  at = scratch.writeInt32BE(fields.topicData.length, at);
  for (const { topic, partitions } of fields.topicData) {
    const length = Buffer.byteLength(topic);
    room(length + 6);
    at = scratch.writeInt16BE(length, at);
    at += scratch.write(topic, at, length, 'utf8');
    at = scratch.writeInt32BE(partitions.length, at);
    for (const { partition, messages, firstSequence = 0 } of partitions) {
      room(8);
      at = scratch.writeInt32BE(partition, at);
      const sizeAt = at;
      at += 4;
      batch(messages, producerId, fields.producerEpoch, firstSequence);
      scratch.writeInt32BE(at - sizeAt - 4, sizeAt);
    }
  }
  return Buffer.from(scratch.subarray(0, at));
}

let patched = false;

/** What is compressed, transactional or has times of its own goes the old way. */
export function patchProduce(): void {
  if (patched) return;
  patched = true;
  const load = createRequire(import.meta.url);
  const path = load.resolve('kafkajs/src/protocol/requests/produce/v3/request');
  const original = load(path) as MakeRequest;
  const fast: MakeRequest = (fields) => {
    const { transactionalId, compression = 0, topicData } = fields;
    const timed = topicData.some(({ partitions }) => partitions.some(({ messages }) => messages.some((of) => of.timestamp)));
    const request = original(fields);
    if (typeof transactionalId === 'string' || compression !== 0 || timed) return request;
    return {
      ...request,
      encode: async () => {
        const buffer = encodeProduce(fields);
        return { buf: buffer, buffer };
      },
    };
  };
  const module = load.cache[path];
  if (module === undefined) throw new TypeError('kafkajs: the produce request was not loaded');
  module.exports = fast;
}
