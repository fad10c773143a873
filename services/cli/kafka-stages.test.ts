// All stages on a real broker: a signal of a plain producer comes out decided, once, also after stops and with a second process;
// another policy than the one in force is told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { kafkaOf } from '../../topology/log/kafka/cluster.ts';
import { type KafkaLog, openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { countedRecords, until } from '../../topology/runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import { exampleDeployment, signalText } from '../gateway/example.ts';
import { wallClock } from '../market/live/clock.ts';
import { KAFKA_SOURCES, type KafkaStages, PIPELINE, startKafkaStages } from './kafka-stages.ts';
import { readLag } from './lag.ts';
import { oneBroker } from './one-broker.ts';
import type { OwnerEvent } from './owner-events.ts';

describeKafka('all stages on kafka', () => {
  const data = mkdtempSync(join(tmpdir(), 'weir-stages-'));
  // More partitions of instruments than of portfolios: a signal belongs where its own topic says.
  const topology = topologyOf(3, { 'signals.v1': 7, 'market.v1': 7 }, freshPrefix());
  const events: OwnerEvent[] = [];
  const running = new Set<KafkaStages>();
  let config: KafkaConfig;
  let log: KafkaLog;

  beforeAll(async () => {
    const brokers = await sharedKafka();
    const settings = kafkaSettings(brokers, { heartbeat_ms: 300, session_ms: 6_000 });
    config = oneBroker(settings, topology);
    await makeTopicsOf(brokers, topology);
    log = await openKafkaLog({ settings, topology });
  }, 240_000);
  afterAll(async () => {
    for (const stages of running) {
      stages.stop('test');
      await stages.ended;
    }
    await log.close();
    await removeTopicsOf(config.settings.brokers, topology);
    rmSync(data, { recursive: true, force: true });
  }, 60_000);

  async function start(
    which: readonly (typeof PIPELINE)[number][],
    market: boolean,
    deployment = exampleDeployment(),
  ): Promise<KafkaStages> {
    const stages = await startKafkaStages({
      config,
      deployment: { ...deployment, partitions: 3 },
      stages: which,
      market: market ? { data, seed: 42, scenario: 'calm' } : null,
      health: '127.0.0.1:0',
      log: (event) => events.push(event),
      snapshot_every_us: 1_000_000,
    });
    running.add(stages);
    return stages;
  }
  async function stop(stages: KafkaStages): Promise<number> {
    running.delete(stages);
    stages.stop('test');
    return stages.ended;
  }
  const send = (event_id: string): Promise<void> =>
    sendBytes(Buffer.from(signalText({ event_id, event_time: new Date(wallClock() / 1_000).toISOString() })));
  async function sendBytes(value: Buffer): Promise<void> {
    const producer = kafkaOf(config.settings).producer();
    await producer.connect();
    await producer.send({ topic: `${topology.prefix}signals.v1`, messages: [{ value }] });
    await producer.disconnect();
  }
  async function decided(): Promise<string[]> {
    const records = await countedRecords(log, 'decisions.v1');
    return records.flatMap((record) =>
      record.type === 'Decision' && record.value.kind === 'ENTRY' ? [record.value.signal_id ?? ''] : [],
    );
  }

  it('one line of JSON without a key is decided once; so is the next, after a graceful stop and with two processes', async () => {
    const all = await start([...PIPELINE, ...KAFKA_SOURCES], true);
    await until('ready', async () => (await fetch(`http://${all.health}/readyz`)).status === 200);
    await send('first');
    const unknown = Buffer.from([0, 0x7f, 1, 2, 3, 4]);
    await sendBytes(unknown);
    await until('decided', async () => (await decided()).length === 1, 40_000);
    const letters = async () =>
      (await countedRecords(log, 'dead-letters.v1')).flatMap((record) => (record.type === 'DeadLetter' ? [record.value] : []));
    await until('a letter for the unknown schema', async () => (await letters()).length === 1, 40_000);
    expect(await letters()).toMatchObject([{ stage: 'enrichment', topic: 'signals.v1', error_class: 'SCHEMA_UNKNOWN' }]);
    expect(Buffer.from((await letters())[0]?.value ?? [])).toEqual(unknown);
    expect(await stop(all)).toBe(0);

    const sources = await start([...KAFKA_SOURCES], true);
    const one = await start(PIPELINE, false);
    const two = await start(PIPELINE, false);
    await until('both are ready', () => one.probe().status === 'ok' && two.probe().status === 'ok');
    const fromSnapshot = (stage: string): boolean =>
      events.some((of) => of.event === 'stage' && of.stage === stage && of.what === 'opened' && of.detail.includes(' from '));
    await until('all go on from the snapshots of the graceful stop', () => PIPELINE.every(fromSnapshot));
    await send('second');
    await until('decided', async () => (await decided()).length === 2, 40_000);
    expect(await stop(one)).toBe(0);
    await send('third');
    await until('decided', async () => (await decided()).length === 3, 40_000);
    const ids = await decided();
    expect(new Set(ids).size).toBe(3);
    let lag = await readLag(config);
    await until('every stage tells how far it is', async () => {
      lag = await readLag(config);
      return PIPELINE.every((name) => lag.some((row) => row.stage === name));
    });
    expect(new Set(lag.map((row) => row.stage))).toEqual(new Set(PIPELINE));
    expect(lag.find((row) => row.stage === 'decision')).toMatchObject({ topic: 'journal.v1', partition: 0 });
    expect(await stop(two)).toBe(0);
    expect(await stop(sources)).toBe(0);
    expect(events.filter((event) => event.event === 'partition-stopped')).toEqual([]);
    expect(events.filter((event) => event.event === 'policy-differs')).toEqual([]);

    const policy = loadPolicy('conservative');
    const [setup] = exampleDeployment().portfolios;
    if (setup === undefined) throw new Error('the example has no portfolio');
    const other = await start(['decision'], false, exampleDeployment({ portfolios: [{ ...setup, policy }] }));
    await until('told', () => events.some((event) => event.event === 'policy-differs'));
    const [active, configured] = [setup.policy.policy_hash, policy.policy_hash];
    expect(events).toContainEqual({ event: 'policy-differs', portfolio: setup.portfolio, active, configured });
    expect(await stop(other)).toBe(0);
  }, 180_000);
});
