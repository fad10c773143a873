// Record batches as brokers store them: what kafkajs encodes is read back, plain and under gzip, from any offset, cut or compacted.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { insideKafkajs } from './cluster.ts';
import { recordsIn } from './record-batch.ts';

interface Encoder {
  readonly buffer: Buffer;
}
interface RecordFields {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}
const NewRecord = insideKafkajs<(fields: RecordFields) => Encoder>('protocol/recordBatch/record/v0');
const { RecordBatch } = insideKafkajs<{ RecordBatch(fields: object): Promise<Encoder> }>('protocol/recordBatch/v0');

const text = (value: Buffer | Uint8Array | null): string | null => (value === null ? null : Buffer.from(value).toString());

/** Three records, then one without value under a claim, then one of nothing. */
const FIELDS: readonly RecordFields[] = [
  {
    offsetDelta: 0,
    timestampDelta: 0,
    key: 'a',
    value: Buffer.from('{"n":0}'),
    headers: { 'weir-at': '77', 'weir-source': 's/t/0/1/0' },
  },
  {
    offsetDelta: 1,
    timestampDelta: 5,
    key: null,
    value: Buffer.from(''),
    headers: { other: 'ö', 'weir-claim': 'decision/journal.v1/0/m#1' },
  },
  { offsetDelta: 2, timestampDelta: 300, key: 'ключ', value: Buffer.from('x'.repeat(300)) },
  { offsetDelta: 3, timestampDelta: 300, key: null, value: null, headers: { 'weir-claim': 'decision/journal.v1/0/m#2' } },
  { offsetDelta: 4, timestampDelta: 300, key: 'k', value: null },
];

async function batch(first: number, changes: { attributes?: number; last?: number; records?: Buffer } = {}): Promise<Buffer> {
  const { buffer } = await RecordBatch({
    firstOffset: first,
    firstTimestamp: 1_000,
    maxTimestamp: 1_300,
    records: FIELDS.map(NewRecord),
  });
  const head = Buffer.from(buffer.subarray(0, 61));
  const records = changes.records ?? buffer.subarray(61);
  head.writeBigInt64BE(BigInt(first), 0);
  head.writeInt32BE(49 + records.length, 8);
  head.writeInt16BE(changes.attributes ?? 0, 21);
  head.writeInt32BE(changes.last ?? FIELDS.length - 1, 23);
  head.writeInt32BE(records.length === 0 ? 0 : FIELDS.length, 57);
  return Buffer.concat([head, records]);
}

const read = (from: number, bytes: Buffer) => recordsIn('journal.v1', 0, from, bytes);
const offsets = (from: number, bytes: Buffer) => read(from, bytes).entries.map(({ offset }) => offset);

describe('record batches', () => {
  it('hold offsets, kinds, keys, values, headers and times', async () => {
    const { entries, next } = read(10, await batch(10));
    expect(next).toBe(15);
    expect(entries.map(({ offset, kind, key, bytes, at, source }) => ({ offset, kind, key, bytes, at, source }))).toEqual([
      { offset: 10, kind: 'RECORD', key: 'a', bytes: 7, at: 77, source: 's/t/0/1/0' },
      { offset: 11, kind: 'RECORD', key: '', bytes: 0, at: 1_005_000, source: '' },
      { offset: 12, kind: 'RECORD', key: 'ключ', bytes: 300, at: 1_300_000, source: '' },
      { offset: 13, kind: 'CLAIM', key: '', bytes: 0, at: 1_300_000, source: '' },
      { offset: 14, kind: 'EMPTY', key: 'k', bytes: 0, at: 1_300_000, source: '' },
    ]);
    expect(entries.map(({ claim }) => claim?.id ?? null)).toEqual([null, 'm#1', null, 'm#2', null]);
    expect(entries.map(({ value }) => text(value))).toEqual(['{"n":0}', '', 'x'.repeat(300), null, null]);
    expect(entries[0]?.record()).toMatchObject({ type: 'Raw', offset: 10, at: 77, headers: null });
    expect(entries[1]?.record()).toMatchObject({ headers: { other: 'ö' } });
    expect(() => entries[3]?.record()).toThrow('journal.v1/0 offset 13 has no value');
  });

  it('are read from any offset, one after the other, without the last one if it is cut', async () => {
    const both = Buffer.concat([await batch(10), await batch(15)]);
    expect(offsets(10, both)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(offsets(13, both)).toEqual([13, 14, 15, 16, 17, 18, 19]);
    expect(offsets(17, both)).toEqual([17, 18, 19]);
    for (const missing of [1, 80, both.length / 2 - 1])
      expect(offsets(10, both.subarray(0, -missing))).toEqual([10, 11, 12, 13, 14]);
    expect(read(10, both.subarray(0, 40))).toEqual({ entries: [], next: -1 });
  });

  it('are the same under gzip, and named where the codec is another', async () => {
    const plain = await batch(10);
    const zipped = await batch(10, { attributes: 1, records: gzipSync(plain.subarray(61)) });
    const brief = (bytes: Buffer) => read(11, bytes).entries.map(({ offset, key, value, at }) => [offset, key, text(value), at]);
    expect(brief(zipped)).toEqual(brief(plain));
    await expect(batch(10, { attributes: 2 }).then((bytes) => read(10, bytes))).rejects.toThrow(
      'compressed with snappy, expected none or gzip',
    );
  });

  it('carry the time of the broker where it stamps them, and no records where they are its own marks', async () => {
    const stamped = read(10, await batch(10, { attributes: 8 })).entries;
    expect(stamped.map(({ at }) => at)).toEqual([77, 1_300_000, 1_300_000, 1_300_000, 1_300_000]);
    const marks = read(10, await batch(10, { attributes: 0x20 })).entries;
    expect(new Set(marks.map(({ kind }) => kind))).toEqual(new Set(['EMPTY']));
  });

  it('are decoded once for who asks within a moment, and again for who comes later, to the same', async () => {
    const batches = await Promise.all(Array.from({ length: 20 }, (_, i) => batch(10 + 5 * i)));
    const { entries } = read(10, Buffer.concat(batches));
    const records = entries.filter(({ kind }) => kind === 'RECORD');
    const first = records[0]?.record();
    expect(records[0]?.record()).toBe(first);
    for (const entry of records) entry.record();
    expect(records[0]?.record()).not.toBe(first);
    expect(records[0]?.record()).toEqual(first);
  });

  it('that compaction has emptied still say how far they went', async () => {
    const emptied = await batch(10, { records: Buffer.alloc(0), last: 90 });
    expect(read(10, emptied)).toEqual({ entries: [], next: 101 });
  });

  it('keep nothing of the response alive, nor change with it', async () => {
    const response = await batch(10);
    const { entries } = read(10, response);
    response.fill(0);
    expect(text(entries[0]?.value ?? null)).toBe('{"n":0}');
  });
});
