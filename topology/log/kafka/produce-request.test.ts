// Our produce requests are byte for byte those of kafkajs, whatever is sent.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { insideKafkajs } from './cluster.ts';
import { crc32c } from './crc32c.ts';
import { encodeProduce, type ProduceFields } from './produce-request.ts';

/** Loaded before anything is patched: in this file nothing is. */
const theirs = insideKafkajs<(fields: ProduceFields) => { encode(): Promise<{ readonly buffer: Buffer }> }>(
  'protocol/requests/produce/v3/request',
);
const theirCrc = insideKafkajs<(bytes: Buffer) => number>('protocol/recordBatch/crc32C');

const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const bytes = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 9_000 }).map((array) => Buffer.from(array)),
);
const message = fc.record({
  key: fc.oneof(fc.constant(null), bytes),
  value: fc.oneof(fc.constant(null), bytes),
  headers: fc.dictionary(text, fc.oneof(bytes, fc.array(bytes, { minLength: 1, maxLength: 3 })), { maxKeys: 9 }),
});
const fields = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.integer({ min: 0, max: 100_000 }),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  topicData: fc.array(
    fc.record({
      topic: fc.string({ minLength: 1, maxLength: 40 }),
      partitions: fc.array(
        fc.record({
          partition: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
          firstSequence: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
          messages: fc.array(message, { minLength: 1, maxLength: 70 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('a produce request', () => {
  it('has the bytes that kafkajs gives it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_767_323_045_000 });
    try {
      await fc.assert(
        fc.asyncProperty(fields, async (of) => {
          const { buffer } = await theirs(of).encode();
          expect(encodeProduce(of).equals(buffer)).toBe(true);
        }),
        { numRuns: 60 },
      );
    } finally {
      vi.useRealTimers();
    }
  });

  it('has the checksum of Castagnoli', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (array, from) => {
        const whole = Buffer.from(array);
        const begin = Math.min(from, whole.length);
        expect(crc32c(whole, begin, whole.length)).toBe(theirCrc(whole.subarray(begin)));
      }),
    );
  });
});
