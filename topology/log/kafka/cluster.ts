// One set of connections to the brokers, below kafkajs' consumer: kafkajs hands it to a partition assigner, and it reads without a group.
import { createRequire } from 'node:module';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ISocketFactory, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { patchConnection } from './patch-connection.ts';
import { patchPoll } from './patch-poll.ts';
import type { KafkaSettings } from './settings.ts';

/** A request and how its answer is read, as kafkajs' connections take them. */
export interface Exchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<unknown>;
  };
  readonly response: { decode(raw: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<T> };
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly groupProtocol: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/** What we use of kafkajs' Broker; its own types leave out most of it. */
export interface Broker {
  readonly connectionPool: { send<T>(exchange: Exchange<T>): Promise<T> };
  listOffsets(request: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number | string }[];
    }[];
  }): Promise<{ readonly responses: readonly { readonly partitions: readonly { readonly offset: string }[] }[] }>;
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
}

/** What we use of kafkajs' Cluster. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  getNodeIds(): readonly string[];
  findBroker(at: { readonly nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(of: { readonly groupId: string }): Promise<Broker>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
}

/** Small writes go out at once: kafkajs leaves Nagle's delay on. */
const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  return socket;
};

export function kafkaOf(settings: KafkaSettings): Kafka {
  patchPoll();
  patchConnection();
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  const { tls, sasl } = settings;
  const config: KafkaConfig = {
    clientId: settings.client_id,
    brokers: [...settings.brokers],
    connectionTimeout: 3_000,
    requestTimeout: settings.request_ms,
    enforceRequestTimeout: true,
    // Short: who calls repeats, with a pause of its own that is bounded.
    retry: { initialRetryTime: 50, maxRetryTime: 400, retries: 3 },
    socketFactory,
    logLevel: logLevel.NOTHING,
  };
  if (tls !== null) {
    config.ssl = {
      ...(tls.ca === null ? {} : { ca: [tls.ca] }),
      ...(tls.cert === null ? {} : { cert: tls.cert }),
      ...(tls.key === null ? {} : { key: tls.key }),
    };
  }
  if (sasl !== null) config.sasl = { ...sasl } as NonNullable<KafkaConfig['sasl']>;
  return new Kafka(config);
}

/** A cluster of its own: what waits on it (a fetch, a join) keeps nothing else waiting. */
export function clusterOf(settings: KafkaSettings): Cluster {
  let found: unknown = null;
  kafkaOf(settings).consumer({
    groupId: 'weir-none',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster;
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  if (found === null) throw new TypeError('kafkajs: no cluster was given to the assigner');
  return found as Cluster;
}

const load = createRequire(import.meta.url);

/** A module of kafkajs that is no part of its interface; the version guard of patch-poll.ts covers these, too. */
export function insideKafkajs<T>(path: string): T {
  return load(`kafkajs/src/${path}`) as T;
}
