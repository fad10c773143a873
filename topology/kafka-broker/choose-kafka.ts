// The broker that tests share: the one named in KAFKA_BROKERS, else one in Docker, else one from the published jars.
import { freePorts } from './free-ports.ts';
import { KAFKA_VERSION } from './jars.ts';
import { untilReady } from './ready.ts';
import { startKafka } from './start-kafka.ts';

export interface ChosenKafka {
  readonly brokers: readonly string[];
  readonly origin: 'KAFKA_BROKERS' | 'docker' | 'jars';
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 60_000;
const DOCKER_LIMIT_MS = 180_000;

/** Rejects with everything that was tried, and why it could not be. */
export async function chooseKafka(env: NodeJS.ProcessEnv = process.env): Promise<ChosenKafka> {
  const named = env.KAFKA_BROKERS ?? '';
  if (named !== '') {
    const brokers = named.split(',').map((broker) => broker.trim());
    await untilReady(brokers, 1, READY_LIMIT_MS);
    return { brokers, origin: 'KAFKA_BROKERS', stop: async () => {} };
  }
  let noDocker: unknown;
  try {
    return await inDocker();
  } catch (error) {
    noDocker = error;
  }
  try {
    const { brokers, stop } = await startKafka();
    return { brokers, origin: 'jars', stop };
  } catch (error) {
    throw new Error(
      [
        'no Kafka can be had for the tests:',
        '- KAFKA_BROKERS is not set',
        `- Docker: ${messageOf(noDocker)}`,
        `- the published jars: ${messageOf(error)}`,
        'mend one of them, or set WEIR_TEST_NO_KAFKA=1 to leave these tests out',
      ].join('\n'),
    );
  }
}

async function inDocker(): Promise<ChosenKafka> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const [port = 0] = await freePorts(1);
  const container = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENERS: 'PLAIN://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAIN://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAIN',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(DOCKER_LIMIT_MS)
    .start();
  const stop = async (): Promise<void> => {
    await container.stop();
  };
  const brokers = [`127.0.0.1:${port}`];
  try {
    await untilReady(brokers, 1, READY_LIMIT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers, origin: 'docker', stop };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
