// `weir topics plan|apply|verify`: the topics and permissions on the broker against the tables of the topology.
import { LogAwayError, LogRefusedError, messageOf, TopicDiffersError } from '../../topology/log/errors.ts';
import { type KafkaConfig, readKafkaConfig } from '../deployment/kafka-config.ts';
import { type PermissionDifference, permissionDifferences, permissionText, wantedPermissions } from '../deployment/topic-acls.ts';
import { allow, applyTopics, type ClusterState, readCluster, withAdmin } from '../deployment/topic-admin.ts';
import { type TopicDifference, topicDifferences, wantedTopics } from '../deployment/topic-plan.ts';
import { CommandError, configError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';

export interface TopicsOptions extends CommonOptions {
  /** False: permissions are not looked at. */
  readonly acls: boolean;
}

/** The configuration of the environment, or every fault at once. */
export function kafkaConfig(): KafkaConfig {
  const { config, faults } = readKafkaConfig();
  if (config === null) throw configError('Kafka', faults);
  return config;
}

/** Says what an error of the broker means to whoever called the command. */
export function kafkaFailure(error: unknown): CommandError {
  if (error instanceof LogAwayError)
    return new CommandError(
      EXIT.DEPENDENCY_AWAY,
      'KAFKA_AWAY',
      error.message,
      'start the brokers, or look at WEIR_KAFKA_BROKERS',
    );
  if (error instanceof LogRefusedError)
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      'KAFKA_REFUSED',
      error.message,
      'look at WEIR_KAFKA_SASL_* and WEIR_KAFKA_SSL_*, and at the permissions of this user',
    );
  if (error instanceof TopicDiffersError)
    return new CommandError(
      EXIT.BAD_CONFIGURATION,
      'TOPICS_DIFFER',
      error.message,
      '`weir topics apply`, or look at WEIR_KAFKA_PARTITIONS and WEIR_KAFKA_TOPIC_PREFIX',
    );
  return new CommandError(EXIT.FAILURE, 'KAFKA_FAILED', messageOf(error));
}

interface Differences {
  readonly topics: readonly TopicDifference[];
  readonly permissions: readonly PermissionDifference[];
}

function differencesOf(config: KafkaConfig, state: ClusterState): Differences {
  return {
    topics: topicDifferences(wantedTopics(config), state.topics, state.brokers),
    permissions:
      state.permissions === null
        ? []
        : permissionDifferences(wantedPermissions(config), state.permissions.found, state.permissions.surplus),
  };
}

type Read = { readonly state: ClusterState } & Differences;

async function read(config: KafkaConfig, options: TopicsOptions): Promise<Read> {
  const names = wantedTopics(config).map(({ name }) => name);
  const state = await withAdmin(config, (admin) => readCluster(admin, names, options.acls ? config.principal_prefix : null));
  return { state, ...differencesOf(config, state) };
}

function topicLine(difference: TopicDifference): string {
  switch (difference.kind) {
    case 'CREATE_TOPIC': {
      const { name, partitions, replication, settings } = difference.topic;
      const set = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`);
      return `+ ${name}: ${partitions} partitions, ${replication} copies, ${set.join(' ')}`;
    }
    case 'ADD_PARTITIONS':
      return `~ ${difference.topic}: ${difference.from} → ${difference.to} partitions`;
    case 'ALTER':
      return `~ ${difference.topic}: ${difference.setting} ${difference.from} → ${difference.to}`;
    case 'REFUSED':
      return `! ${difference.topic}: ${difference.what}; ${difference.why}`;
  }
}

function permissionLine(difference: PermissionDifference): string {
  return difference.kind === 'ALLOW'
    ? `+ ${permissionText(difference.permission)}`
    : `! ${difference.what}: not in the table; what is granted is taken back by the tools of Kafka (kafka-acls)`;
}

/** One line each: what would be done, or why it is not. */
function linesOf({ topics, permissions }: Differences): string[] {
  return [...topics.map(topicLine), ...permissions.map(permissionLine)];
}

function say(output: Output, config: KafkaConfig, options: TopicsOptions, { state, topics, permissions }: Read): void {
  for (const line of linesOf({ topics, permissions })) output.line(line);
  if (options.acls && state.permissions === null) output.note('permissions: the cluster checks none, so none are compared');
  const { brokers } = config.settings;
  output.document({
    brokers,
    prefix: config.topology.prefix,
    permissions_checked: state.permissions !== null,
    topics,
    permissions,
  });
}

function isWanting(difference: PermissionDifference): difference is Extract<PermissionDifference, { kind: 'ALLOW' }> {
  return difference.kind === 'ALLOW';
}

function counted({ topics, permissions }: Differences): string {
  return `${topics.length + permissions.length} differences`;
}

/** Shows what `apply` would do; exit 3 if there is anything. */
export async function topicsPlan(options: TopicsOptions, output: Output): Promise<ExitCode> {
  const config = kafkaConfig();
  const found = await read(config, options).catch((error: unknown) => {
    throw kafkaFailure(error);
  });
  say(output, config, options, found);
  if (found.topics.length + found.permissions.length === 0) {
    output.line(`nothing to do: ${wantedTopics(config).length} topics are as they should be`);
    return EXIT.OK;
  }
  output.line(`${counted(found)}; \`weir topics apply\` mends those marked + and ~`);
  return EXIT.CHECK_FAILED;
}

/** The same question as plan, said as a verdict. */
export async function topicsVerify(options: TopicsOptions, output: Output): Promise<ExitCode> {
  const config = kafkaConfig();
  const found = await read(config, options).catch((error: unknown) => {
    throw kafkaFailure(error);
  });
  say(output, config, options, found);
  const right = found.topics.length + found.permissions.length === 0;
  output.line(right ? `verified: ${wantedTopics(config).length} topics are as they should be` : counted(found));
  return right ? EXIT.OK : EXIT.CHECK_FAILED;
}

/** Creates and alters what can be; exit 3 if anything is left. */
export async function topicsApply(options: TopicsOptions, output: Output): Promise<ExitCode> {
  const config = kafkaConfig();
  try {
    const before = await read(config, options);
    const wanted = before.permissions.filter(isWanting).map(({ permission }) => permission);
    await withAdmin(config, async (admin) => {
      await applyTopics(admin, before.topics, before.state.topics);
      await allow(admin, wanted);
    });
    const after = await settled(config, options);
    for (const line of linesOf(before).filter((text) => !text.startsWith('!'))) output.line(line);
    for (const line of linesOf(after)) output.line(line.startsWith('!') ? line : `! not done: ${line}`);
    const { topics, permissions } = after;
    output.document({
      brokers: config.settings.brokers,
      applied: {
        topics: before.topics.filter(({ kind }) => kind !== 'REFUSED'),
        permissions: before.permissions.filter(isWanting),
      },
      left: { topics, permissions },
    });
    const left = topics.length + permissions.length;
    output.line(
      left === 0 ? `applied: ${wantedTopics(config).length} topics are as they should be` : `${counted(after)} are left`,
    );
    return left === 0 ? EXIT.OK : EXIT.CHECK_FAILED;
  } catch (error) {
    throw error instanceof CommandError ? error : kafkaFailure(error);
  }
}

const SETTLE_MS = 5_000;
const SETTLE_PAUSE_MS = 100;

/** A broker learns of what the controller did a moment later. */
async function settled(config: KafkaConfig, options: TopicsOptions): Promise<Read> {
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    const found = await read(config, options);
    const pending = found.topics.some(({ kind }) => kind !== 'REFUSED') || found.permissions.some(({ kind }) => kind === 'ALLOW');
    if (!pending || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_PAUSE_MS));
  }
}
