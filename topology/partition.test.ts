// The partitioner: Java's murmur2, the part of a key that counts, and one hash per key.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur2 } from './murmur2.ts';
import { partitionFor } from './partition.ts';
import { PORTFOLIO_TOPICS } from './topology.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('murmur2', () => {
  // The vectors of Kafka's own UtilsTest.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is %d', (text, hash) => {
    expect(murmur2(bytes(text))).toBe(hash);
  });

  it('of every length ends in 32 bits', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (data) => (murmur2(data) | 0) === murmur2(data)));
  });
});

describe('partitionFor', () => {
  it.each([
    ['signals.v1', 'foobar', 12, (-790332482 & 0x7fffffff) % 12],
    ['signals.v1', '21', 12, (-973932308 & 0x7fffffff) % 12],
    ['journal.v1', 'abc', 12, 479470107 % 12],
    ['journal.v1', 'abc', 1, 0],
  ] as const)('%s %s of %d partitions: %d', (topic, key, count, partition) => {
    expect(partitionFor(topic, key, count)).toBe(partition);
    expect(partitionFor(topic, key, count)).toBe(partition);
  });

  it('a portfolio has the same number in every topic of portfolios, its positions included', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,12}$/), fc.integer({ min: 1, max: 50 }), (portfolio, count) => {
        const expected = partitionFor('journal.v1', portfolio, count);
        for (const topic of PORTFOLIO_TOPICS) {
          const key = topic === 'positions.v1' ? `BTC-USDT|${portfolio}` : portfolio;
          expect(partitionFor(topic, key, count)).toBe(expected);
        }
      }),
    );
  });

  it('all snapshots of a stage partition lie together', () => {
    const keys = ['decision/3/v1/100/7/0', 'decision/3/v1/100/7/1', 'decision/3/v2/900/8/0'];
    expect(new Set(keys.map((key) => partitionFor('snapshots.v1', key, 12))).size).toBe(1);
  });

  it('keys spread over all partitions', () => {
    const met = new Set(Array.from({ length: 500 }, (_, i) => partitionFor('journal.v1', `pf-${i}`, 12)));
    expect(met.size).toBe(12);
  });
});
