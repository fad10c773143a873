// Starts a real Apache Kafka (KRaft) of one or three nodes on this machine, for tests and for a look at it.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ITopicConfig } from 'kafkajs';
import { type KafkaNode, makeNode } from './broker-node.ts';
import { makeCertificates } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { kafkaJars } from './jars.ts';
import { findJava } from './java.ts';
import type { ListenerKind, NodePorts } from './properties.ts';
import { quietClient } from './quiet-client.ts';
import { untilReady } from './ready.ts';

const JAVA_LEAST = 17;
const READY_LIMIT_MS = 120_000;
const QUICK_START: readonly string[] = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

export interface KafkaOptions {
  /** Default 1. */
  readonly nodes?: 1 | 3;
  /** Beside the plain one, which is always there. */
  readonly listeners?: readonly ListenerKind[];
  /** Made before `startKafka` returns. */
  readonly topics?: readonly ITopicConfig[];
  /** Name → password, for the sasl listener. Letters and digits only. */
  readonly users?: Readonly<Record<string, string>>;
  /** Users of the sasl listener may do only what an ACL allows. Default false. */
  readonly authorize?: boolean;
  /** Broker settings that differ from ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Options of the virtual machine; default: those of a quick start, which cost throughput later. [] for measurements. */
  readonly jvm?: readonly string[];
  /** Default: free ones. */
  readonly ports?: readonly NodePorts[];
  /** Keeps the data when stopped, and goes on with what is there; default: a temporary folder, removed. */
  readonly folder?: string;
}

export interface KafkaCluster {
  /** Of the plain listener, `host:port` of every node. */
  readonly brokers: readonly string[];
  /** Of any listener. */
  at(listener: ListenerKind): readonly string[];
  /** The authority that clients of tls and sasl have to trust: PEM text and its file; '' without such a listener. */
  readonly ca: string;
  readonly ca_file: string;
  readonly users: Readonly<Record<string, string>>;
  readonly nodes: readonly KafkaNode[];
  /** Waits until every node that should run answers and all replicas are in step. */
  ready(): Promise<void>;
  /** Ends all nodes at once and removes the data. */
  stop(): Promise<void>;
}

/** The user of the sasl listener if no other is named. */
export const TEST_USER = { username: 'weir', password: 'weirsecret' } as const;

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const java = findJava(JAVA_LEAST, 'Kafka');
  const jars = kafkaJars();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'weir-kafka-'));
  const kinds: readonly ListenerKind[] = [...new Set<ListenerKind>(['plain', ...(options.listeners ?? [])])];
  const certificates = kinds.length > 1 ? makeCertificates(folder, 'kafka') : null;
  const users = options.users ?? (kinds.includes('sasl') ? { [TEST_USER.username]: TEST_USER.password } : {});
  const cluster = new Map((options.ports ?? (await somePorts(options.nodes ?? 1, kinds))).map((ports, i) => [i + 1, ports]));
  const at = (kind: ListenerKind): readonly string[] =>
    [...cluster.values()].flatMap(({ listeners: { [kind]: port } }) => (port === undefined ? [] : [`127.0.0.1:${port}`]));
  const nodes: KafkaNode[] = [];
  const cluster_id = clusterIdIn(folder);
  const installation = { java, jars, cluster_id, jvm: options.jvm ?? QUICK_START };

  async function stop(): Promise<void> {
    // What is thrown away need not be put in order.
    await Promise.all(nodes.map((node) => (options.folder === undefined ? node.kill() : node.shutDown())));
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
  /** A node that ended by itself will never answer. */
  function ended(): string | null {
    const dead = nodes.find((node) => node.pid() === null);
    return dead === undefined ? null : `kafka: node ${dead.id} has ended:\n${dead.log()}`;
  }
  const ready = (): Promise<void> => untilReady(at('plain'), cluster.size, READY_LIMIT_MS, ended);

  try {
    for (const id of cluster.keys()) {
      const settings = { id, cluster, folder: join(folder, `node-${id}`), certificate: certificates?.serverFile ?? '', users };
      nodes.push(
        await makeNode(installation, { ...settings, authorize: options.authorize ?? false, different: options.properties ?? {} }),
      );
    }
    await Promise.all(nodes.map((node) => node.start()));
    await ready();
    if (options.topics !== undefined) await makeTopics(at('plain'), options.topics);
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers: at('plain'), at, ca: certificates?.ca ?? '', ca_file: certificates?.caFile ?? '', users, nodes, ready, stop };
}

/** Data that is kept belongs to one cluster for ever. */
function clusterIdIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'cluster-id');
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('base64url').replace(/^-/, 'A'));
  return readFileSync(file, 'utf8');
}

async function somePorts(nodes: number, kinds: readonly ListenerKind[]): Promise<readonly NodePorts[]> {
  const ports = await freePorts(nodes * (kinds.length + 1));
  return Array.from({ length: nodes }, (_, i) => {
    const [controller = 0, ...listeners] = ports.slice(i * (kinds.length + 1));
    return { controller, listeners: Object.fromEntries(kinds.map((kind, k) => [kind, listeners[k] ?? 0])) };
  });
}

/** Makes topics and waits until each partition has a leader. */
export async function makeTopics(brokers: readonly string[], topics: readonly ITopicConfig[]): Promise<void> {
  const admin = quietClient(brokers).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [...topics], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
