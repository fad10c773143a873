// `topics` on real brokers: what differs is shown and exits 3, what can be mended is, nothing is taken away, and each failure says itself.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { quietClient } from '../../topology/kafka-broker/quiet-client.ts';
import { type KafkaCluster, makeTopics, startKafka } from '../../topology/kafka-broker/start-kafka.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { tickDraft } from '../../topology/log/conformance-draft.ts';
import { openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { until } from '../../topology/runtime/claimed/toy-group.ts';
import { TOPICS } from '../../topology/topics.ts';
import { topologyOf } from '../../topology/topology.ts';
import { type Said, said as saidBy } from './said.ts';
import { topicsApply, topicsPlan, topicsVerify } from './topics.ts';

/** Runs one of the commands under these variables. */
function said(command: typeof topicsPlan, env: Readonly<Record<string, string>>, acls = true): Promise<Said> {
  return saidBy(command, { data: '', acls }, env);
}

/** Brokers learn of a change a moment after it was made. */
async function untilDiffers(...of: Parameters<typeof said>): Promise<Said> {
  const until = Date.now() + 20_000;
  let found = await said(...of);
  while (found.exit === 0 && Date.now() < until) found = await said(...of);
  return found;
}

async function withAdmin<T>(
  brokers: readonly string[],
  work: (admin: ReturnType<ReturnType<typeof quietClient>['admin']>) => Promise<T>,
): Promise<T> {
  const admin = quietClient(brokers, { retry: { retries: 3 } }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes a topic, and waits until the broker knows: until then it shows what is no more. */
async function remove(brokers: readonly string[], topic: string): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    await until(`${topic} is gone`, async () => !(await admin.listTopics()).includes(topic));
  });
}

describeKafka('topics on one broker', () => {
  let brokers: readonly string[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
  });
  const prefixes: string[] = [];
  afterEach(async () => {
    const names = prefixes.splice(0).flatMap((prefix) => TOPICS.map(({ name }) => `${prefix}${name}`));
    await withAdmin(brokers, async (admin) => {
      const present = new Set(await admin.listTopics());
      const made = names.filter((name) => present.has(name));
      if (made.length > 0) await admin.deleteTopics({ topics: made });
    });
  });

  function envOf(different: Readonly<Record<string, string>> = {}) {
    const prefix = freshPrefix();
    prefixes.push(prefix);
    const env = {
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_TOPIC_PREFIX: prefix,
      WEIR_KAFKA_PARTITIONS: '2',
      WEIR_KAFKA_REPLICATION: '1',
      ...different,
    };
    return { prefix, env };
  }

  it('are planned, applied, verified; a second apply does nothing', async () => {
    const { prefix, env } = envOf({ WEIR_KAFKA_PARTITIONS: '3,dead-letters.v1=1' });
    const plan = await said(topicsPlan, env);
    expect(plan.exit).toBe(3);
    expect(plan.lines.filter((line) => line.startsWith('+'))).toHaveLength(10);
    expect(plan.lines[0]).toBe(
      `+ ${prefix}signals.v1: 3 partitions, 1 copies, cleanup.policy=delete retention.ms=2592000000 retention.bytes=-1 min.insync.replicas=1 unclean.leader.election.enable=false compression.type=producer message.timestamp.type=LogAppendTime`,
    );
    expect(plan.lines).toContain('permissions: the cluster checks none, so none are compared');
    expect((await said(topicsVerify, env)).exit).toBe(3);

    const applied = await said(topicsApply, env);
    expect([applied.exit, applied.lines.at(-1)]).toEqual([0, 'applied: 10 topics are as they should be']);
    expect((await said(topicsVerify, env)).lines.at(-1)).toBe('verified: 10 topics are as they should be');
    expect(await said(topicsPlan, env)).toMatchObject({ exit: 0, document: { prefix, topics: [], permissions: [] } });
    expect(await said(topicsApply, env)).toMatchObject({ exit: 0, lines: ['applied: 10 topics are as they should be'] });

    const facts = await withAdmin(brokers, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({
        topics: [`${prefix}journal.v1`, `${prefix}dead-letters.v1`],
      });
      return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]));
    });
    expect(facts).toEqual({ [`${prefix}journal.v1`]: 3, [`${prefix}dead-letters.v1`]: 1 });
  });

  it('show drift: a setting is put back, what others set stays, an empty topic gets its partitions', async () => {
    const { prefix, env } = envOf();
    await said(topicsApply, env);
    const name = `${prefix}signals.v1`;
    await withAdmin(brokers, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name,
            configEntries: [
              { name: 'message.timestamp.type', value: 'CreateTime' },
              { name: 'max.message.bytes', value: '500000' },
            ],
          },
        ],
      }),
    );
    const drift = await untilDiffers(topicsPlan, env);
    expect(drift.exit).toBe(3);
    expect(drift.lines).toContain(`~ ${name}: message.timestamp.type CreateTime → LogAppendTime`);
    const more = { ...env, WEIR_KAFKA_PARTITIONS: '4' };
    expect((await said(topicsPlan, more)).lines).toContain(`~ ${name}: 2 → 4 partitions`);
    expect((await said(topicsApply, more)).exit).toBe(0);
    const own = await withAdmin(brokers, async (admin) => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name }] });
      return Object.fromEntries(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]) ?? []);
    });
    expect([own['message.timestamp.type'], own['max.message.bytes']]).toEqual(['LogAppendTime', '500000']);
  });

  it('refuse to take partitions away, to move keys, to change copies; a missing topic is made', async () => {
    const { prefix, env } = envOf();
    await said(topicsApply, env);
    await remove(brokers, `${prefix}market.v1`);
    await makeTopics(brokers, [{ topic: `${prefix}market.v1`, numPartitions: 5 }]);
    await remove(brokers, `${prefix}trades.v1`);
    const producer = quietClient(brokers, { retry: { retries: 5 } }).producer();
    await producer.connect();
    await producer.send({ topic: `${prefix}journal.v1`, messages: [{ key: 'pf-1', value: 'x' }] });
    await producer.disconnect();

    const applied = await said(topicsApply, {
      ...env,
      WEIR_KAFKA_PARTITIONS: '2,journal.v1=3,decisions.v1=3,orders.v1=3,positions.v1=3,trades.v1=3,analyses.v1=3',
    });
    expect(applied.exit).toBe(3);
    expect(applied.lines.filter((line) => line.startsWith('!'))).toEqual([
      expect.stringMatching(/market\.v1: 5 partitions, expected 2; partitions cannot be taken away/),
      expect.stringMatching(/journal\.v1: 2 partitions, expected 3; it holds records, and their keys would move/),
    ]);
    expect(applied.lines).toContainEqual(expect.stringMatching(/^\+ .*trades\.v1: 3 partitions/));
    const verified = await said(topicsVerify, {
      ...env,
      WEIR_KAFKA_PARTITIONS: '5,journal.v1=2,decisions.v1=2,orders.v1=2,positions.v1=2,trades.v1=2,analyses.v1=2',
      WEIR_KAFKA_REPLICATION: '2',
    });
    expect(verified.lines).toContainEqual(expect.stringMatching(/^! .*market\.v1: 1 copies, expected 2; copies are moved by/));
  });

  it('cannot have more copies than there are brokers', async () => {
    const { env } = envOf({ WEIR_KAFKA_REPLICATION: '3' });
    const applied = await said(topicsApply, env);
    expect(applied.exit).toBe(3);
    expect(applied.lines[0]).toMatch(
      /^! .*signals\.v1: to be created with 3 copies, but there are 1 brokers; start more brokers/,
    );
  });

  it.each([
    [
      { WEIR_KAFKA_BROKERS: '127.0.0.1:1', WEIR_KAFKA_AWAY_S: '0.5' },
      '69 KAFKA_AWAY',
      /127\.0\.0\.1:1 has not answered for \d+ ms/,
    ],
    [{ WEIR_KAFKA_BROKERS: '' }, '78 CONFIG', /WEIR_KAFKA_BROKERS: is not set/],
    [{ WEIR_KAFKA_PARTITION: '3' }, '78 CONFIG', /did you mean WEIR_KAFKA_PARTITIONS\?/],
  ])('say what is wrong: %o → %s', async (different, exit, message) => {
    const { env } = envOf(different);
    for (const command of [topicsPlan, topicsApply, topicsVerify]) {
      const { exit: code, lines } = await said(command, env);
      expect([code, lines[0]]).toEqual([exit, expect.stringMatching(message)]);
    }
  });
});

describeKafka('topics on three brokers that check permissions', () => {
  let cluster: KafkaCluster;
  const ADMIN = 'operator';
  const passwords = { [ADMIN]: 'operatorsecret', 'weir-decision': 'decisionsecret', 'weir-users': 'userssecret' };
  beforeAll(async () => {
    cluster = await startKafka({
      nodes: 3,
      listeners: ['sasl'],
      users: passwords,
      authorize: true,
      properties: { 'super.users': `User:ANONYMOUS;User:${ADMIN}` },
    });
  });
  afterAll(() => cluster?.stop());

  const envOf = (user: string, password: string) => ({
    WEIR_KAFKA_BROKERS: cluster.at('sasl').join(','),
    WEIR_KAFKA_PARTITIONS: '1',
    WEIR_KAFKA_SSL_CA_FILE: cluster.ca_file,
    WEIR_KAFKA_SASL_MECHANISM: 'scram-sha-512',
    WEIR_KAFKA_SASL_USERNAME: user,
    WEIR_KAFKA_SASL_PASSWORD: password,
    WEIR_KAFKA_AWAY_S: '20',
  });
  const client = (user: keyof typeof passwords) =>
    quietClient(cluster.at('sasl'), {
      ssl: { ca: [cluster.ca] },
      sasl: { mechanism: 'scram-sha-512', username: user, password: passwords[user] ?? '' },
      retry: { retries: 3 },
    });

  it('are made with their permissions, and nobody may do more', async () => {
    const env = envOf(ADMIN, passwords[ADMIN] ?? '');
    const plan = await said(topicsPlan, env);
    expect(plan.lines).toEqual(
      expect.arrayContaining([
        expect.stringContaining('+ signals.v1: 1 partitions, 3 copies, cleanup.policy=delete'),
        '+ User:weir-decision may write topic decisions.v1',
        '+ User:weir-decision may read topic journal.v1',
        '+ User:weir-decision may describe topic market.v1',
        '+ User:weir-decision may read group decision',
        '+ User:weir-users may write topic signals.v1',
        '+ User:weir-users may read group users.*',
      ]),
    );
    expect((await said(topicsApply, env)).exit).toBe(0);
    expect((await said(topicsVerify, env)).exit).toBe(0);

    const send = async (user: keyof typeof passwords, topic: string): Promise<string> => {
      const producer = client(user).producer({ idempotent: true, retry: { retries: 2 } });
      await producer.connect();
      const outcome = await producer.send({ topic, acks: -1, messages: [{ key: 'k', value: 'v' }] }).then(
        () => 'sent',
        (error: Error) => (/not authorized/i.test(error.message) ? 'not allowed' : error.message),
      );
      await producer.disconnect();
      return outcome;
    };
    expect([
      await send('weir-decision', 'decisions.v1'),
      await send('weir-decision', 'journal.v1'),
      await send('weir-users', 'signals.v1'),
      await send('weir-users', 'decisions.v1'),
    ]).toEqual(['sent', 'not allowed', 'sent', 'not allowed']);
  });

  it('tell a permission too many, and do not take it away', async () => {
    const env = envOf(ADMIN, passwords[ADMIN] ?? '');
    await withAdmin(cluster.brokers, (admin) =>
      admin.createAcls({
        acl: [
          {
            principal: 'User:weir-users',
            host: '*',
            operation: 4,
            permissionType: 3,
            resourceType: 2,
            resourceName: 'orders.v1',
            resourcePatternType: 3,
          },
        ],
      }),
    );
    const applied = await said(topicsApply, env);
    expect([applied.exit, applied.lines[0]]).toEqual([
      3,
      expect.stringMatching(/^! User:weir-users may write topic orders\.v1: not in the table; .*kafka-acls/),
    ]);
    expect((await said(topicsVerify, env, false)).exit).toBe(0);
  });

  it.each([
    [ADMIN, 'wrong', '78 KAFKA_REFUSED', /refuses us: .*(credential|authentication)/i],
    ['weir-decision', passwords['weir-decision'] ?? '', '78 KAFKA_REFUSED', /refuses us: .*not authorized/i],
  ])('refuse %s with password %s: %s', async (user, password, exit, message) => {
    const { exit: code, lines } = await said(topicsPlan, envOf(user, password));
    expect([code, lines[0]]).toEqual([exit, expect.stringMatching(message)]);
  });

  it('tell that too few copies are in step while a broker is away', async () => {
    const env = { ...envOf(ADMIN, passwords[ADMIN] ?? ''), WEIR_KAFKA_MIN_ISR: '3' };
    expect((await said(topicsApply, env, false)).exit).toBe(0);
    await cluster.nodes[2]?.kill();
    const verified = await untilDiffers(topicsVerify, env, false);
    expect(verified.exit).toBe(3);
    expect(verified.lines).toContain(
      '! signals.v1: 2 copies are in step, 3 are needed to take a record; bring back the brokers that are away',
    );

    // What is appended meanwhile fails, and nothing of it stands; after bounded time the brokers count as away.
    const topology = topologyOf(1);
    const log = await openKafkaLog({ settings: kafkaSettings(cluster.brokers.slice(0, 2), { away_ms: 3_000 }), topology });
    const fates: string[] = [];
    while (!fates.includes('LogAwayError')) {
      const outgoing = { kind: 'RECORD', draft: tickDraft(fates.length), claim: null } as const;
      fates.push(await log.append([outgoing]).then(String, (error: Error) => error.name));
    }
    expect(new Set(fates)).toEqual(new Set(['AppendFailedError', 'LogAwayError']));
    await cluster.nodes[2]?.start();
    let taken = await log.append([{ kind: 'RECORD', draft: tickDraft(0), claim: null }]).catch(() => null);
    while (taken === null) taken = await log.append([{ kind: 'RECORD', draft: tickDraft(0), claim: null }]).catch(() => null);
    expect(taken).toMatchObject([{ topic: 'journal.v1', offset: 0 }]);
    await log.close();
  }, 180_000);
});

describe('without a broker', () => {
  it('a wrong configuration is said before anything is asked', async () => {
    expect((await said(topicsPlan, { WEIR_KAFKA_BROKERS: 'nonsense' })).lines[0]).toMatch(/WEIR_KAFKA_BROKERS: "nonsense"/);
  });
});
