// Tests that need a broker are never silently skipped: they get one, or fail and say why, or are left out by name on request.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseKafka } from './choose-kafka.ts';
import { describeKafka, sharedKafka } from './test-kafka.ts';

const root = dirname(dirname(import.meta.dirname));
const empty = mkdtempSync(join(tmpdir(), 'weir-empty-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

/** Runs the test of the shared broker alone, as a run of its own. */
function runOfItsOwn(env: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const { KAFKA_BROKERS: _, WEIR_TEST_NO_KAFKA: __, ...inherited } = process.env;
  const args = ['node_modules/vitest/vitest.mjs', 'run', 'topology/kafka-broker/start-kafka.test.ts', '-t', 'the shared broker'];
  const done = spawnSync(process.execPath, args, { cwd: root, env: { ...inherited, NO_COLOR: '1', ...env }, encoding: 'utf8' });
  return { status: done.status, said: `${done.stdout}${done.stderr}` };
}

describe('a run of the tests', () => {
  it('says what it left out, and passes, if told to leave it out', () => {
    const { status, said } = runOfItsOwn({ WEIR_TEST_NO_KAFKA: '1' });
    expect(said).toContain('WEIR_TEST_NO_KAFKA=1: 2 suites that need a broker were left out:');
    expect(said).toContain('  the shared broker\n');
    expect(said).toMatch(/Tests {2}\d+ skipped/);
    expect(status).toBe(0);
  });

  it('fails, and says everything it tried, if no broker can be had', () => {
    // No Docker, no cached jars, no Maven.
    const { status, said } = runOfItsOwn({ DOCKER_HOST: 'tcp://127.0.0.1:1', XDG_CACHE_HOME: empty, PATH: empty });
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
