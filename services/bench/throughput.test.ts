// Test of the throughput bench with few signals, on the real broker: each is decided once.
import { expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { measureThroughput } from './throughput.ts';

describeKafka('the throughput bench', () => {
  it('counts every signal once, end to end', async () => {
    const told: string[] = [];
    const result = await measureThroughput({
      brokers: await sharedKafka(),
      prefix: freshPrefix(),
      partitions: 2,
      signals: 1_500,
      progress: (what, done, total) => told.push(`${what} ${done} of ${total}`),
    });
    expect(result).toMatchObject({ signals: 1_500, decided: 1_500, doubled: 0 });
    expect(told).toContain('preloaded 1500 of 1500');
    expect(told.at(-1)).toBe('decided 1500 of 1500');
    expect(result.costs.map(({ name }) => name)).toEqual(['enrichment', 'decision']);
    for (const { cpu_s, resident_mb } of result.costs) {
      expect(cpu_s).toBeGreaterThan(0);
      expect(resident_mb).toBeGreaterThan(20);
    }
    expect([...result.reasons.values()].reduce((sum, n) => sum + n, 0)).toBe(1_500);
  }, 180_000);
});
