// The records of a partition's part of a fetch response: batches of format 2, plain or under gzip, as entries of the log.
import { gunzipSync } from 'node:zlib';
import type { TopicName } from '../../topics.ts';
import type { LogEntry } from '../shared-log.ts';
import { byteReader } from './byte-reader.ts';
import { FetchedRecord } from './fetched-record.ts';

export interface FetchedRecords {
  /** From the asked offset on, in order. */
  readonly entries: readonly LogEntry[];
  /** One more than the last offset that the batches cover, whether or not anything is left there; -1 without a whole batch. */
  readonly next: number;
}

/** Offset and length, which the length does not count. */
const PREFIX_BYTES = 12;
const FORMAT_AT = 16;
const HEADER_BYTES = 61;
const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;
const GZIP = 1;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

const reader = byteReader(Buffer.alloc(0));

/** Copies the bytes once: the response that they are part of may hold much more. The last batch may be cut: it comes again. */
export function recordsIn(topic: TopicName, partition: number, from: number, part: Buffer): FetchedRecords {
  const bytes = Buffer.from(part);
  const entries: LogEntry[] = [];
  let next = -1;
  for (let begin = 0; begin + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readInt32BE(begin + 8);
    if (begin + PREFIX_BYTES + length > bytes.length) break;
    const format = bytes[begin + FORMAT_AT];
    if (format !== 2) throw new RangeError(`log: ${topic}/${partition}: record format ${format}, expected 2`);
    next = batchAt(topic, partition, from, bytes, begin, entries);
    begin += PREFIX_BYTES + length;
  }
  return { entries, next };
}

/** Adds the entries of one batch; returns the offset after it. */
function batchAt(topic: TopicName, partition: number, from: number, whole: Buffer, begin: number, entries: LogEntry[]): number {
  reader.from(whole, begin);
  const first = reader.int64();
  const length = reader.int32();
  reader.at = begin + 21;
  const attributes = reader.int16();
  const last = first + reader.int32();
  const began = reader.int64();
  const newest = reader.int64();
  reader.at += 14;
  const count = reader.int32();
  if (last < from) return last + 1;
  const codec = attributes & CODEC;
  if (codec > GZIP) {
    const name = CODECS[codec] ?? `codec ${codec}`;
    throw new RangeError(`log: ${topic}/${partition} offset ${first}: compressed with ${name}, expected none or gzip`);
  }
  const end = begin + PREFIX_BYTES + length;
  const bytes = codec === GZIP ? gunzipSync(whole.subarray(reader.at, end)) : whole;
  if (codec === GZIP) reader.from(bytes, 0);
  for (let left = count; left > 0; left--) {
    const size = reader.varint();
    const over = reader.at + size;
    reader.at += 1;
    const delta = reader.varlong();
    const offset = first + reader.varint();
    const key_length = reader.varint();
    const key_at = reader.at;
    reader.at += Math.max(0, key_length);
    const value_length = reader.varint();
    const value_at = reader.at;
    const headers_at = value_at + Math.max(0, value_length);
    const timestamp = (attributes & LOG_APPEND_TIME) === 0 ? began + delta : newest;
    const control = (attributes & CONTROL) !== 0;
    if (offset >= from) {
      const parts = { bytes, key_at, key_length, value_at, value_length, headers_at, timestamp, control };
      entries.push(new FetchedRecord(topic, partition, offset, parts));
    }
    // Making an entry may have read its headers.
    reader.from(bytes, over);
  }
  return last + 1;
}
