// Tests of the latency bench with few signals, on the real broker: each is enriched once and decided once, by the stages and by the echo.
import { expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { measureLatency } from './latency.ts';
import { lostOf, timingsOf } from './passage.ts';

describeKafka('the latency bench', () => {
  it('counts every signal once, end to end', async () => {
    const notes: string[] = [];
    const result = await measureLatency({
      brokers: await sharedKafka(),
      prefix: freshPrefix(),
      partitions: 2,
      rates: [40, 80],
      seconds: 1,
      rounds: 1,
      warm_up_s: 0.1,
      beyond: false,
      note: (line) => notes.push(line),
    });
    expect(result.rates.map(({ rate }) => rate)).toEqual([40, 80]);
    for (const { rate, weir, echo } of result.rates) {
      for (const { passage } of [...weir, ...echo]) {
        expect(passage.due.length).toBe(rate);
        expect({ lost: lostOf(passage), doubled: passage.doubled }).toEqual({ lost: 0, doubled: 0 });
        const { first, second, both } = timingsOf(passage);
        for (const { p50, p999 } of [first, second, both]) {
          expect(p50).toBeGreaterThan(0);
          expect(p999).toBeGreaterThanOrEqual(p50);
        }
      }
      expect([weir.length, echo.length]).toEqual([1, 1]);
    }
    expect(result.bytes[0]).toBeGreaterThan(1_000);
    expect(result.reasons.length).toBeGreaterThan(0);
    expect(notes.at(-1)).toContain('80/s');
  }, 180_000);
});
