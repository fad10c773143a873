// A registry that keeps its schemas in Kafka has the same ids after it was killed, and is not believed before it has read them.
import { expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../kafka-broker/test-kafka.ts';
import { registryClient } from './registry-client.ts';
import { startRegistry } from './start-registry.ts';
import { wantedSchemas } from './subjects.ts';

const PATIENT = { username: null, password: null, request_ms: 10_000, away_ms: 30_000, fresh_ms: 0 };

describeKafka('a real registry that keeps its schemas in Kafka', () => {
  // Two starts of 10 to 20 s each.
  const long = process.env.WEIR_TEST_KILLS !== undefined;
  it.runIf(long)(
    'has the same ids after it was killed (npm run test:crash)',
    async () => {
      const registry = await startRegistry({ storage: { kafkasql: await sharedKafka(), topic: `${freshPrefix()}registry` } });
      try {
        const wanted = wantedSchemas('').slice(0, 3);
        const before = registryClient({ ...PATIENT, url: registry.url });
        for (const { subject, schema } of wanted) await before.register(subject, schema);
        await registry.kill();
        await expect(
          registryClient({ ...PATIENT, request_ms: 200, away_ms: 600, url: registry.url }).schemaById(1),
        ).rejects.toThrow(/has not answered/);
        await registry.start();
        // Not gated by its readiness: the client itself must not believe the first "not found".
        const after = registryClient({ ...PATIENT, url: registry.url, away_ms: 60_000, fresh_ms: 20_000 });
        const texts = await Promise.all(wanted.map(({ id }) => after.schemaById(id)));
        expect(texts.map((text) => JSON.parse(text ?? 'null'))).toEqual(wanted.map(({ schema }) => JSON.parse(schema)));
      } finally {
        await registry.stop();
      }
    },
    180_000,
  );
});
