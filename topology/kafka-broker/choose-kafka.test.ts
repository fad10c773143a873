// Tests that need a broker are never silently skipped: they get one, or fail and say why, or are left out by name on request.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseKafka } from './choose-kafka.ts';
import { runOfItsOwn } from './run-of-its-own.ts';
import { describeKafka, sharedKafka } from './test-kafka.ts';

const empty = mkdtempSync(join(tmpdir(), 'weir-empty-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

const sharedBroker = (env: Readonly<Record<string, string>>) =>
  runOfItsOwn('topology/kafka-broker/start-kafka.test.ts', 'the shared broker', env);

describe('a run of the tests', () => {
  it('says what it left out, and passes, if told to leave it out', () => {
    const { status, said } = sharedBroker({ WEIR_TEST_NO_KAFKA: '1' });
    expect(said).toContain('WEIR_TEST_NO_KAFKA=1: 2 suites that need a broker were left out:');
    expect(said).toContain('  the shared broker\n');
    expect(said).toMatch(/Tests {2}\d+ skipped/);
    expect(status).toBe(0);
  });

  it('fails, and says everything it tried, if no broker can be had', () => {
    // No Docker, no cached jars, no Maven.
    const { status, said } = sharedBroker({ DOCKER_HOST: 'tcp://127.0.0.1:1', XDG_CACHE_HOME: empty, PATH: empty });
    expect(said).toMatch(
      /no Kafka can be had for the tests:\n- KAFKA_BROKERS is not set\n- Docker: .+\n- the published jars: .*no mvn on the path/,
    );
    expect(said).toContain('set WEIR_TEST_NO_KAFKA=1 to leave these tests out');
    expect(status).toBe(1);
  });
});

describeKafka('the choice of a broker', () => {
  it('is the one named in KAFKA_BROKERS, which is not stopped', async () => {
    const brokers = await sharedKafka();
    const chosen = await chooseKafka({ KAFKA_BROKERS: brokers.join(', ') });
    expect([chosen.brokers, chosen.origin]).toEqual([brokers, 'KAFKA_BROKERS']);
    await chosen.stop();
    expect((await chooseKafka({ KAFKA_BROKERS: brokers.join(',') })).brokers).toEqual(brokers);
  });
});
