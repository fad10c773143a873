// A stage as a process whose broker is away: told to end it does, after its patience it ends with 69, and started again it has lost nothing.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../topology/kafka-broker/free-ports.ts';
import { type KafkaCluster, startKafka } from '../../topology/kafka-broker/start-kafka.ts';
import { describeKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { makeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { countedRecords, until } from '../../topology/runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology/topology.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Running {
  readonly said: () => string;
  readonly ended: Promise<number | null>;
  stop(): void;
}

/** `weir run <stage>` under some variables. */
function run(stage: string, env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [MAIN, 'run', stage, '--log', 'kafka', '--json'], {
    env: { ...process.env, WEIR_KAFKA_PARTITIONS: '1', WEIR_KAFKA_REPLICATION: '1', WEIR_KAFKA_AWAY_S: '4', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  return {
    said: () => text,
    ended: new Promise((resolve) => child.once('close', resolve)),
    stop: () => void child.kill('SIGTERM'),
  };
}

it.each(['decision', 'archive', 'gateway'])('run %s, told to end before it has reached a broker, does', async (stage) => {
  const data = mkdtempSync(join(tmpdir(), 'weir-away-'));
  const [port] = await freePorts(1);
  const running = run(stage, {
    WEIR_DATA: data,
    WEIR_GATEWAY_LISTEN: '127.0.0.1:0',
    WEIR_KAFKA_BROKERS: `127.0.0.1:${port}`,
    WEIR_KAFKA_AWAY_S: '40',
  });
  await until('starting', () => running.said().includes('"stages-starting"'), 60_000);
  running.stop();
  // 143: it had to be cut off after all that a stop may take.
  expect(await running.ended).toBe(0);
  expect(running.said()).toContain('"event":"stopped"');
  rmSync(data, { recursive: true });
});

describeKafka('a stage whose broker goes away', () => {
  let cluster: KafkaCluster;
  const topology = topologyOf(1);
  const brokers = (): Record<string, string> => ({ WEIR_KAFKA_BROKERS: cluster.brokers.join(',') });
  beforeAll(async () => {
    cluster = await startKafka();
    await makeTopicsOf(cluster.brokers, topology);
  }, 240_000);
  afterAll(() => cluster?.stop(), 60_000);

  it('for longer than it waits: 69, and started again it has lost nothing', async () => {
    const opened = (stage: Running): Promise<void> => until('opened', () => stage.said().includes('"opened"'), 60_000);
    const first = run('decision', brokers());
    await opened(first);
    const [node] = cluster.nodes;
    await node?.kill();
    expect(await first.ended).toBe(69);
    expect(first.said()).toMatch(/has not answered for \d+ ms/);
    await node?.start();
    await cluster.ready();
    const second = run('decision', brokers());
    await opened(second);
    const log = await openKafkaLog({ settings: kafkaSettings(cluster.brokers), topology });
    // What the journal of a portfolio begins with, decided once.
    await until('decided', async () => (await countedRecords(log, 'decisions.v1')).length >= 4, 60_000);
    const decisions = (await countedRecords(log, 'decisions.v1')).map(({ id }) => id);
    expect(new Set(decisions).size).toBe(decisions.length);
    await log.close();
    second.stop();
    expect(await second.ended).toBe(0);
  }, 240_000);
});
