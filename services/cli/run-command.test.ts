// `run` on Kafka ends at once where waiting does not help, and after bounded pauses where it might, and says what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { type KafkaCluster, startKafka, TEST_USER } from '../../topology/kafka-broker/start-kafka.ts';
import { describeKafka, freshPrefix } from '../../topology/kafka-broker/test-kafka.ts';
import { makeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { topologyOf } from '../../topology/topology.ts';
import { type RunCommandOptions, run } from './run-command.ts';
import { said } from './said.ts';

const OPTIONS: RunCommandOptions = {
  ...{ data: '/nowhere', policy: 'paper', portfolio: 'paper-1', cash: decimal('10000'), instrument: [] },
  ...{ scenario: 'calm', seed: 42, archive: false, log: 'kafka' },
};

async function runDecision(env: Readonly<Record<string, string>>): Promise<readonly [string | number, string | undefined]> {
  const { exit, lines } = await said((options: RunCommandOptions, output) => run(options, output, 'decision'), OPTIONS, env);
  return [exit, lines[0]];
}

describe('run decision, without a broker', () => {
  it.each([
    ['away', '127.0.0.1:1', '69 KAFKA_AWAY', /127\.0\.0\.1:1 has not answered for \d+ ms/],
    ['misspelt', 'kafka', '78 CONFIG', /WEIR_KAFKA_BROKERS: "kafka", expected host:port/],
  ])('that is %s', async (_, brokers, exit, message) => {
    const told = await runDecision({ WEIR_KAFKA_BROKERS: brokers, WEIR_KAFKA_AWAY_S: '0.5', WEIR_KAFKA_REQUEST_S: '1' });
    expect(told).toEqual([exit, expect.stringMatching(message)]);
  });
});

describeKafka('run decision', () => {
  const topology = topologyOf(1, {}, freshPrefix());
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafka({ listeners: ['sasl'] });
    await makeTopicsOf(cluster.brokers, topology);
  }, 240_000);
  afterAll(() => cluster?.stop(), 60_000);

  it.each([
    ['a topic is missing', {}, '78 TOPICS_DIFFER', /journal\.v1 is missing.*see `weir topics plan`/],
    [
      'a topic has other partitions',
      { WEIR_KAFKA_TOPIC_PREFIX: topology.prefix, WEIR_KAFKA_PARTITIONS: '1,dead-letters.v1=2' },
      '78 TOPICS_DIFFER',
      /dead-letters\.v1 has 1 partitions, expected 2/,
    ],
    [
      'the registry is away: known schemas do not need it, so the topics are next',
      { WEIR_KAFKA_REGISTRY_URL: 'http://127.0.0.1:1', WEIR_KAFKA_REGISTRY_AWAY_S: '0.2' },
      '78 TOPICS_DIFFER',
      /journal\.v1 is missing/,
    ],
    [
      'the map of ids is missing',
      { WEIR_KAFKA_REGISTRY_MAP_FILE: '/nowhere/ids.json' },
      '78 REGISTRY_DIFFERS',
      /\/nowhere\/ids\.json: ENOENT/,
    ],
  ])('ends where %s', async (_, env, exit, message) => {
    const told = await runDecision({ WEIR_KAFKA_BROKERS: cluster.brokers.join(','), ...env });
    expect(told).toEqual([exit, expect.stringMatching(message)]);
  });

  it('ends where its password is wrong', async () => {
    const told = await runDecision({
      WEIR_KAFKA_BROKERS: cluster.at('sasl').join(','),
      WEIR_KAFKA_SSL_CA_FILE: cluster.ca_file,
      WEIR_KAFKA_SASL_MECHANISM: 'scram-sha-256',
      WEIR_KAFKA_SASL_USERNAME: TEST_USER.username,
      WEIR_KAFKA_SASL_PASSWORD: 'wrong',
    });
    expect(told).toEqual(['78 KAFKA_REFUSED', expect.stringMatching(/refuses us: .*(credential|authentication)/i)]);
  });
});
