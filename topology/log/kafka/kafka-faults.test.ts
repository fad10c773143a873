// The kafka log on a broker of its own: away, restarted, encrypted, asking who we are.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KafkaCluster, startKafka, TEST_USER } from '../../kafka-broker/start-kafka.ts';
import { describeKafka } from '../../kafka-broker/test-kafka.ts';
import { readThrough } from '../../runtime/claimed/read-through.ts';
import { topologyOf } from '../../topology.ts';
import { tickDraft } from '../conformance-draft.ts';
import { LogAwayError, LogRefusedError } from '../errors.ts';
import { openKafkaLog } from './kafka-log.ts';
import { makeTopicsOf } from './kafka-topics.ts';
import { type KafkaSettings, kafkaSettings } from './settings.ts';

const topology = topologyOf(1);
const record = (n: number) => ({ kind: 'RECORD' as const, draft: tickDraft(n), claim: null });

describeKafka('kafka log, faults of the broker', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startKafka({ listeners: ['tls', 'sasl'] });
    await makeTopicsOf(cluster.brokers, topology);
  }, 240_000);
  afterAll(() => cluster.stop(), 60_000);

  const tls = () => ({ ca: cluster.ca, cert: null, key: null });
  const secured = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', password: string): KafkaSettings =>
    kafkaSettings(cluster.at('sasl'), { tls: tls(), sasl: { mechanism, username: TEST_USER.username, password } });

  it.each([
    ['tls', () => kafkaSettings(cluster.at('tls'), { tls: tls() })],
    ['plain', () => secured('plain', TEST_USER.password)],
    ['scram-sha-256', () => secured('scram-sha-256', TEST_USER.password)],
    ['scram-sha-512', () => secured('scram-sha-512', TEST_USER.password)],
  ])('appends and reads over %s', async (_name, settings) => {
    const log = await openKafkaLog({ settings: settings(), topology });
    const [to] = await log.append([record(1)]);
    const offset = to?.offset ?? -1;
    await log.waitFor('journal.v1', 0, offset);
    expect((await log.read('journal.v1', 0, offset, 1))[0]?.record().id).toBe('id-1');
    await log.close();
  });

  it('wrong credentials are refused by name, at once', async () => {
    const begun = performance.now();
    const opening = openKafkaLog({ settings: secured('scram-sha-512', 'wrong'), topology });
    await expect(opening).rejects.toThrow(LogRefusedError);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it.each([0, 60])(
    'a broker away for %d s in the middle costs pauses, no record and no copy',
    async (seconds) => {
      const log = await openKafkaLog({ settings: kafkaSettings(cluster.brokers), topology });
      const from = await log.endOffset('journal.v1', 0);
      const read: string[] = [];
      const reading = (async () => {
        for (let next = from; read.length < 200; ) {
          const entries = await log.read('journal.v1', 0, next, 100);
          for (const entry of entries) {
            read.push(entry.record().id);
            next = entry.offset + 1;
          }
          if (entries.length === 0) await log.waitFor('journal.v1', 0, next);
        }
      })();
      const [node] = cluster.nodes;
      let restart: Promise<void> = Promise.resolve();
      const ids: string[] = [];
      for (let i = 0; ids.length < 200; ) {
        if (i === 50) {
          restart = (async () => {
            await node?.kill();
            await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
            await node?.start();
          })();
        }
        i += 1;
        try {
          await log.append([record(i)]);
          ids.push(`id-${i}`);
        } catch {
          // Whether it stands is not known: who appends looks, here it is told apart by its id.
        }
      }
      await restart;
      await reading;
      const stands: string[] = [];
      const end = await log.endOffset('journal.v1', 0);
      await readThrough(log, { topic: 'journal.v1', partition: 0 }, from, end, (entry) => stands.push(entry.record().id));
      expect(ids.filter((id) => !stands.includes(id))).toEqual([]);
      expect(new Set(stands).size).toBe(stands.length);
      // Who read along has met the same, in the same order.
      expect(read).toEqual(stands.slice(0, read.length));
      await log.close();
    },
    180_000,
  );

  it('a broker that stays away is named after bounded pauses, to whoever appends and whoever reads', async () => {
    const settings = kafkaSettings(cluster.brokers, { away_ms: 3_000 });
    const log = await openKafkaLog({ settings, topology });
    const end = await log.endOffset('journal.v1', 0);
    await log.append([record(1)]);
    await log.waitFor('journal.v1', 0, end);
    const waiting = log.waitFor('journal.v1', 0, end + 1).catch((error: unknown) => error);
    await cluster.nodes[0]?.kill();
    expect(await waiting).toBeInstanceOf(LogAwayError);
    await expect(log.failed).rejects.toThrow(LogAwayError);
    await expect(log.append([record(1)])).rejects.toThrow();
    await expect(log.endOffset('journal.v1', 0)).rejects.toThrow(LogAwayError);
    await log.close();
    await cluster.nodes[0]?.start();
    await cluster.ready();
  }, 120_000);
});
