// A cluster of our own has the listeners it should have, lets in whom it should, and survives what is done to its node.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quietClient } from './quiet-client.ts';
import { type KafkaCluster, startKafka, TEST_USER } from './start-kafka.ts';
import { describeKafka, freshPrefix, sharedKafka } from './test-kafka.ts';

describeKafka('a cluster of one node with every listener', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafka({
      listeners: ['tls', 'sasl'],
      topics: [{ topic: 'kept', numPartitions: 2 }],
      authorize: true,
      users: { [TEST_USER.username]: TEST_USER.password, other: 'othersecret' },
    });
  });
  afterAll(() => cluster?.stop());

  const good = { username: TEST_USER.username, password: TEST_USER.password };
  const bad = { username: TEST_USER.username, password: 'wrong' };
  /** listener, trusts the authority?, mechanism, credentials, what comes of it */
  it.each([
    ['plain', false, null, good, /^ok$/],
    ['tls', true, null, good, /^ok$/],
    ['tls', false, null, good, /certificate/],
    ['sasl', true, 'plain', good, /^ok$/],
    ['sasl', true, 'scram-sha-256', good, /^ok$/],
    ['sasl', true, 'scram-sha-512', good, /^ok$/],
    ['sasl', true, 'plain', bad, /Invalid username or password/],
    ['sasl', true, 'scram-sha-512', bad, /SCRAM|credential/i],
    ['sasl', false, 'plain', good, /certificate/],
  ] as const)('%s, authority trusted: %s, %s: %o → %s', async (listener, trusted, mechanism, credentials, expected) => {
    const security = {
      ...(listener === 'plain' ? {} : { ssl: trusted ? { ca: [cluster.ca] } : true }),
      ...(mechanism === null
        ? {}
        : { sasl: { mechanism, ...credentials } as { mechanism: 'plain'; username: string; password: string } }),
    };
    const admin = quietClient(cluster.at(listener), security).admin();
    const said = await admin.connect().then(
      () => 'ok',
      (error: Error) => error.message,
    );
    await admin.disconnect();
    expect(said).toMatch(expected);
  });

  it('shows a named user only what an ACL allows', async () => {
    const seen = async (sasl: boolean): Promise<readonly string[]> => {
      const client = sasl
        ? quietClient(cluster.at('sasl'), { ssl: { ca: [cluster.ca] }, sasl: { mechanism: 'plain', ...good } })
        : quietClient(cluster.brokers);
      const admin = client.admin();
      await admin.connect();
      const topics = await admin.listTopics();
      await admin.disconnect();
      return topics.filter((name) => name === 'kept');
    };
    expect([await seen(false), await seen(true)]).toEqual([['kept'], []]);
  });

  it.each(['kill', 'shutDown'] as const)('has its topics again after %s and start', async (how) => {
    const [node] = cluster.nodes;
    await node?.[how]();
    expect(node?.pid()).toBeNull();
    await node?.start();
    await cluster.ready();
    const admin = quietClient(cluster.brokers).admin();
    await admin.connect();
    expect((await admin.fetchTopicOffsets('kept')).map(({ partition, high }) => [partition, high]).sort()).toEqual([
      [0, '0'],
      [1, '0'],
    ]);
    await admin.disconnect();
  });
});

describeKafka('the shared broker', () => {
  it('is one for all who ask, and takes a topic', async () => {
    const [one, two] = await Promise.all([sharedKafka(), sharedKafka()]);
    expect(one).toEqual(two);
    const admin = quietClient(one).admin();
    await admin.connect();
    expect(await admin.createTopics({ topics: [{ topic: `${freshPrefix()}x` }] })).toBe(true);
    await admin.disconnect();
  });
});
