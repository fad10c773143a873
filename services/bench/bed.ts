// What the Kafka benches stand on: a real broker, the topics, a market, and each stage as a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decimal } from '../../schemas/money.ts';
import { freePorts } from '../../topology/kafka-broker/free-ports.ts';
import { startKafka } from '../../topology/kafka-broker/start-kafka.ts';
import type { StageName } from '../../topology/stages.ts';
import { TOPICS, type TopicName } from '../../topology/topics.ts';
import { KAFKA_SOURCES, startKafkaStages } from '../cli/kafka-stages.ts';
import { type Closing, newClosing } from '../cli/owner-ending.ts';
import { paperDeployment } from '../cli/run-command.ts';
import { type KafkaConfig, readKafkaConfig } from '../deployment/kafka-config.ts';
import { applyTopics, withAdmin } from '../deployment/topic-admin.ts';
import { type WantedTopic, wantedTopics } from '../deployment/topic-plan.ts';
import { BENCH_INSTRUMENTS } from './bench-signal.ts';
import { type Child, startChild, type Usage, usageOf } from './child.ts';

export interface Bed {
  readonly config: KafkaConfig;
  readonly closing: Closing;
  readonly children: Children;
  /** A stage as `weir run <stage>`; resolves when it has opened all its partitions. */
  startStage(name: StageName): Promise<Child>;
  /** null for a broker that was there before. */
  broker(): Usage | null;
  stop(): Promise<void>;
}

/** None of them may end before the bench does. */
export interface Children {
  add(child: Child): void;
  /** Throws what an ended one said last. */
  check(): void;
}

export interface BedOptions {
  /** A broker that is there; null: one is started. */
  readonly brokers: readonly string[] | null;
  readonly prefix: string;
  /** Of every topic. */
  readonly partitions: number;
}

const WEIR = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const POLICY = fileURLToPath(new URL('./kafka-bench-policy.yaml', import.meta.url));
const ALL = TOPICS.map(({ name }) => name);
const CASH = decimal('1000000');

export async function makeBed(options: BedOptions): Promise<Bed> {
  const closing = newClosing();
  const data = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  closing.add(() => rmSync(data, { recursive: true, force: true }));
  try {
    let pid: number | null = null;
    let brokers = options.brokers;
    if (brokers === null) {
      const kafka = await startKafka({ jvm: [] });
      closing.add(() => kafka.stop());
      pid = kafka.nodes[0]?.pid() ?? null;
      brokers = kafka.brokers;
    }
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      WEIR_LOG: 'kafka',
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_REPLICATION: '1',
      WEIR_KAFKA_PARTITIONS: String(options.partitions),
      WEIR_KAFKA_TOPIC_PREFIX: options.prefix,
    };
    const { config, faults } = readKafkaConfig(env);
    if (config === null) throw new Error(faults.join('\n'));
    await makeTopics(config);
    closing.add(() => removeTopics(config));
    const market = await startKafkaStages({
      config,
      deployment: deploymentOf(data, options.partitions),
      stages: KAFKA_SOURCES,
      market: { data, seed: 42, scenario: 'calm' },
      health: null,
      log: () => {},
    });
    closing.add(async () => {
      market.stop('end of the bench');
      await market.ended;
    });
    const children = childrenOf(closing);
    return {
      config,
      closing,
      children,
      broker: () => (pid === null ? null : usageOf(pid)),
      async startStage(name) {
        const [port = 0] = await freePorts(1);
        const instruments = BENCH_INSTRUMENTS.flatMap((instrument) => ['--instrument', instrument]);
        const words = [
          WEIR,
          'run',
          name,
          '--policy',
          POLICY,
          '--cash',
          '1000000',
          '--health',
          `127.0.0.1:${port}`,
          ...instruments,
        ];
        const child = startChild(name, words, env);
        children.add(child);
        for (let partition = 0; partition < options.partitions; partition++)
          await child.says(`"detail":"${name}/${partition} as `);
        return child;
      },
      stop: async () => {
        const failure = await closing.all();
        if (failure !== null) throw failure;
      },
    };
  } catch (error) {
    await closing.all();
    throw error;
  }
}

function childrenOf(closing: Closing): Children {
  const all: Child[] = [];
  return {
    add(child) {
      all.push(child);
      closing.add(() => child.stop());
    },
    check() {
      for (const child of all) if (child.ended() !== null) throw new Error(`${child.name} has ended:\n${child.ended()}`);
    },
  };
}

function deploymentOf(data: string, partitions: number) {
  return paperDeployment(
    {
      data,
      policy: POLICY,
      portfolio: 'paper-1',
      cash: CASH,
      instrument: BENCH_INSTRUMENTS,
      scenario: 'calm',
      seed: 42,
      archive: false,
      log: 'kafka',
    },
    partitions,
  );
}

/** As `weir topics apply` makes them. */
export async function makeTopics(config: KafkaConfig, names: readonly TopicName[] = ALL): Promise<void> {
  const wanted = wantedOf(config, names);
  await withAdmin(config, async (admin) => {
    await applyTopics(
      admin,
      wanted.map((topic) => ({ kind: 'CREATE_TOPIC', topic })),
      [],
    );
    // A broker learns of a topic a moment after the controller has made it.
    for (;;) {
      const found = await admin.fetchTopicMetadata({ topics: wanted.map(({ name }) => name) }).catch(() => null);
      if (found?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
}

export async function removeTopics(config: KafkaConfig, names: readonly TopicName[] = ALL): Promise<void> {
  await withAdmin(config, (admin) => admin.deleteTopics({ topics: wantedOf(config, names).map(({ name }) => name) }));
}

function wantedOf(config: KafkaConfig, names: readonly TopicName[]): readonly WantedTopic[] {
  return wantedTopics(config).filter(({ name }) => names.some((topic) => name === `${config.topology.prefix}${topic}`));
}
