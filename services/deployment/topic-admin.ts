// Reads topics and permissions from a cluster, and makes them what they should be, through kafkajs' admin.
import kafkajs, { type Admin } from 'kafkajs';
import { kafkaOf } from '../../topology/log/kafka/cluster.ts';
import { retrying } from '../../topology/log/kafka/retrying.ts';
import type { KafkaConfig } from './kafka-config.ts';
import type { Permission } from './topic-acls.ts';
import { permissionText } from './topic-acls.ts';
import type { FoundTopic, TopicDifference, WantedTopic } from './topic-plan.ts';

// Node finds no named exports of these in the package.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes, ResourcePatternTypes } = kafkajs;

export interface ClusterState {
  readonly brokers: number;
  readonly topics: readonly FoundTopic[];
  /** Null: the cluster checks no permissions. */
  readonly permissions: { readonly found: readonly Permission[]; readonly surplus: readonly string[] } | null;
}

/** Works on an admin connection; throws LogAwayError, LogRefusedError, or what the broker says. */
export async function withAdmin<T>(
  config: KafkaConfig,
  work: (admin: Admin) => Promise<T>,
  closed: () => boolean = () => false,
): Promise<T> {
  const patience = { settings: config.settings, closed };
  return retrying(
    patience,
    async () => {
      const admin = kafkaOf(config.settings).admin();
      try {
        await admin.connect();
        return await work(admin);
      } finally {
        await admin.disconnect().catch(() => {});
      }
    },
    isFinal,
  );
}

interface KafkaError {
  readonly name?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
  readonly type?: string;
}

/** The broker has answered, and would answer the same again. */
function isFinal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  const { name, retriable, cause, type } = error as KafkaError;
  if (name === 'KafkaJSNumberOfRetriesExceeded' && cause !== undefined) return isFinal(cause);
  // Known when the credentials are wrong: said in its own words by `retrying`.
  if (type !== undefined && /AUTHENTICATION|AUTHORIZATION/.test(type)) return false;
  if (name === 'KafkaJSSASLAuthenticationError') return false;
  return retriable !== true && name !== 'KafkaJSConnectionError';
}

/** Topics by name, those that exist; permissions of the principals of this deployment. */
export async function readCluster(
  admin: Admin,
  names: readonly string[],
  principal_prefix: string | null,
): Promise<ClusterState> {
  const { brokers } = await admin.describeCluster();
  const existing = new Set(await admin.listTopics());
  const present = names.filter((name) => existing.has(name));
  return {
    brokers: brokers.length,
    topics: present.length === 0 ? [] : await readTopics(admin, present),
    permissions: principal_prefix === null ? null : await readPermissions(admin, principal_prefix),
  };
}

const TOPIC_SOURCE = 1;

async function readTopics(admin: Admin, names: readonly string[]): Promise<readonly FoundTopic[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const entries = new Map(resources.map((resource) => [resource.resourceName, resource.configEntries]));
  return Promise.all(
    topics.map(async ({ name, partitions }): Promise<FoundTopic> => {
      const settings = entries.get(name) ?? [];
      const textsOf = (some: typeof settings) => Object.fromEntries(some.map((entry) => [entry.configName, entry.configValue]));
      return {
        name,
        partitions: partitions.length,
        replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        settings: textsOf(settings),
        own: textsOf(settings.filter(({ configSource }) => Number(configSource) === TOPIC_SOURCE)),
        in_step: Math.min(...partitions.map(({ isr }) => isr.length)),
        empty: await isEmpty(admin, name),
      };
    }),
  );
}

async function isEmpty(admin: Admin, topic: string): Promise<boolean> {
  try {
    return (await admin.fetchTopicOffsets(topic)).every(({ high }) => high === '0');
  } catch {
    // A partition without a leader: nobody knows, so nothing is altered that depends on it.
    return false;
  }
}

const RESOURCES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP } as const;
const PATTERNS = { literal: ResourcePatternTypes.LITERAL, prefixed: ResourcePatternTypes.PREFIXED } as const;
const OPERATIONS = {
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
  describe: AclOperationTypes.DESCRIBE,
} as const;

function keyOf<K extends string>(of: Readonly<Record<K, number>>, value: number): K | undefined {
  return (Object.keys(of) as K[]).find((key) => of[key] === value);
}

async function readPermissions(admin: Admin, principal_prefix: string): Promise<ClusterState['permissions']> {
  const answer = await admin
    .describeAcls({
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ANY,
    })
    .catch((error: unknown) => {
      if ((error as KafkaError).type === 'SECURITY_DISABLED') return null;
      throw error;
    });
  if (answer === null) return null;
  const found: Permission[] = [];
  const surplus: string[] = [];
  for (const { resourceType, resourceName, resourcePatternType, acls } of answer.resources) {
    for (const { principal, host, operation, permissionType } of acls) {
      if (!principal.startsWith(`User:${principal_prefix}`)) continue;
      const resource = keyOf(RESOURCES, resourceType);
      const pattern = keyOf(PATTERNS, resourcePatternType);
      const act = keyOf(OPERATIONS, operation);
      const usual = permissionType === AclPermissionTypes.ALLOW && host === '*';
      if (resource !== undefined && pattern !== undefined && act !== undefined && usual)
        found.push({ principal, resource, name: resourceName, pattern, operation: act });
      else
        surplus.push(
          `${principal} ${AclPermissionTypes[permissionType] ?? permissionType} ${AclOperationTypes[operation] ?? operation} ${AclResourceTypes[resourceType] ?? resourceType} ${resourceName} from ${host}`,
        );
    }
  }
  return { found, surplus };
}

/** Does what can be done; a REFUSED difference is passed over. */
export async function applyTopics(
  admin: Admin,
  differences: readonly TopicDifference[],
  found: readonly FoundTopic[],
): Promise<void> {
  const created = differences.flatMap((difference) => (difference.kind === 'CREATE_TOPIC' ? [difference.topic] : []));
  if (created.length > 0) await admin.createTopics({ topics: created.map(topicConfig), waitForLeaders: false });
  const raised = differences.flatMap((difference) => (difference.kind === 'ADD_PARTITIONS' ? [difference] : []));
  if (raised.length > 0) await admin.createPartitions({ topicPartitions: raised.map(({ topic, to }) => ({ topic, count: to })) });
  const altered = differences.flatMap((difference) => (difference.kind === 'ALTER' ? [difference] : []));
  for (const name of new Set(altered.map(({ topic }) => topic))) {
    // This request replaces all that was set on the topic: what we do not know of is said again.
    const own = found.find((topic) => topic.name === name)?.own ?? {};
    const changes = Object.fromEntries(altered.filter(({ topic }) => topic === name).map(({ setting, to }) => [setting, to]));
    const configEntries = Object.entries({ ...own, ...changes }).map(([setting, value]) => ({ name: setting, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }] });
  }
}

function topicConfig({ name, partitions, replication, settings }: WantedTopic) {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: replication,
    configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
  };
}

export async function allow(admin: Admin, permissions: readonly Permission[]): Promise<void> {
  if (permissions.length === 0) return;
  const once = new Map(permissions.map((permission) => [permissionText(permission), permission]));
  await admin.createAcls({
    acl: [...once.values()].map(({ principal, resource, name, pattern, operation }) => ({
      principal,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
      operation: OPERATIONS[operation],
      resourceType: RESOURCES[resource],
      resourceName: name,
      resourcePatternType: PATTERNS[pattern],
    })),
  });
}
