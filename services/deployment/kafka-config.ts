// How a deployment reaches Kafka and its schema registry: one table of environment variables, all faults said at once.
import { z } from 'zod';
import { type KafkaSettings, kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { isTopicName, type TopicName } from '../../topology/topics.ts';
import { type Topology, topologyOf } from '../../topology/topology.ts';
import { file, flag, readEnvironment, seconds, url, type Variables, whole } from './environment.ts';

export interface RegistrySettings {
  /** Base of the Confluent-compatible interface. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  /** A request that is not answered by then has failed. */
  readonly request_ms: number;
  /** How long the registry may be away, through growing pauses, before we give up. */
  readonly away_ms: number;
  /** For so long after the first contact "not found" is asked again: a registry answers before it has read what it keeps. */
  readonly fresh_ms: number;
}

export interface KafkaConfig {
  readonly settings: KafkaSettings;
  readonly topology: Topology;
  readonly replication: number;
  readonly min_isr: number;
  /** Principal of a stage = this and its name. */
  readonly principal_prefix: string;
  readonly registry: RegistrySettings | null;
  /** Where ids of the registry that differ from the lock's are kept. */
  readonly registry_ids_file: string | null;
}

const brokers = z
  .string()
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine(
    (list) => list.every((broker) => /^[^\s:,/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker)),
    'expected host:port,host:port',
  );

/** `12`, or `12,signals.v1=24,market.v1=24`. */
const partitions = z.string().transform((text, context) => {
  const [count = '', ...others] = text.split(',').map((part) => part.trim());
  const different: Partial<Record<TopicName, number>> = {};
  const fault = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  for (const other of others) {
    const [name = '', value = ''] = other.split('=');
    if (!isTopicName(name) || !/^\d{1,4}$/.test(value)) return fault(`"${other}": expected <topic>=<count>`);
    different[name] = Number(value);
  }
  if (!/^\d{1,4}$/.test(count)) return fault('expected a count, such as 12 or 12,signals.v1=24,market.v1=24');
  try {
    topologyOf(Number(count), different);
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error));
  }
  return { count: Number(count), different };
});

/** Every variable; its description stands in the reference. */
export const KAFKA_ENVIRONMENT = {
  WEIR_KAFKA_BROKERS: brokers.describe('addresses, host:port,host:port'),
  WEIR_KAFKA_CLIENT_ID: z.string().default('weir').describe('name of this client in the logs of the brokers'),
  WEIR_KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{0,100}$/, 'expected letters, digits, dots, dashes')
    .default('')
    .describe('put before every topic and group name'),
  WEIR_KAFKA_PARTITIONS: partitions
    .prefault('12')
    .describe('of every topic; single ones may differ: 12,signals.v1=24,market.v1=24'),
  WEIR_KAFKA_REPLICATION: whole(1, 100).prefault('3').describe('copies of every partition'),
  WEIR_KAFKA_MIN_ISR: whole(1, 100)
    .optional()
    .describe('copies that must have a record before it is acknowledged; default: one fewer than there are, at least 1'),
  WEIR_KAFKA_PRINCIPAL_PREFIX: z.string().default('weir-').describe('principal of a stage = this and the name of the stage'),
  WEIR_KAFKA_SSL: flag.optional().describe('encrypt; true if a file below is given'),
  WEIR_KAFKA_SSL_CA_FILE: file.optional().describe('PEM of the authorities that are trusted; default: those of the system'),
  WEIR_KAFKA_SSL_CERT_FILE: file.optional().describe('PEM of our certificate, where brokers ask for one'),
  WEIR_KAFKA_SSL_KEY_FILE: file.optional().describe('PEM of its key'),
  WEIR_KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], { error: 'expected plain, scram-sha-256 or scram-sha-512' })
    .optional()
    .describe('how we say who we are'),
  WEIR_KAFKA_SASL_USERNAME: z.string().min(1).optional().describe('who we are'),
  WEIR_KAFKA_SASL_PASSWORD: z.string().min(1).optional().describe('the password; better in a file'),
  WEIR_KAFKA_REQUEST_S: seconds.prefault('10').describe('a request that is not answered by then has failed'),
  WEIR_KAFKA_AWAY_S: seconds.prefault('90').describe('how long brokers may be away before we give up (exit 69)'),
  WEIR_KAFKA_SESSION_S: seconds.prefault('10').describe('a member of a group that is silent for longer is taken for dead'),
  WEIR_KAFKA_HEARTBEAT_S: seconds.prefault('1').describe('how often a member says that it lives'),
  WEIR_KAFKA_REGISTRY_URL: url('http://127.0.0.1:8080/apis/ccompat/v7')
    .optional()
    .describe('schema registry, base of its Confluent-compatible interface; stages ask it for schemas that they do not know'),
  WEIR_KAFKA_REGISTRY_USERNAME: z.string().min(1).optional().describe('basic authentication'),
  WEIR_KAFKA_REGISTRY_PASSWORD: z.string().min(1).optional().describe('the password; better in a file'),
  WEIR_KAFKA_REGISTRY_REQUEST_S: seconds.prefault('5').describe('a request that is not answered by then has failed'),
  WEIR_KAFKA_REGISTRY_AWAY_S: seconds
    .prefault('30')
    .describe(
      'how long the registry may be away before we give up: a command exits 69; a signal of an unknown schema is dead-lettered',
    ),
  WEIR_KAFKA_REGISTRY_FRESH_S: seconds.prefault('10').describe('after the first contact, "not found" is asked again for so long'),
  WEIR_KAFKA_REGISTRY_MAP_FILE: z
    .string()
    .optional()
    .describe(
      'file with the ids of the registry where they differ from the lock, for every process, before its first record; `schemas register` writes it',
    ),
} as const;

type Values = Variables<typeof KAFKA_ENVIRONMENT>;

export type KafkaConfigResult =
  | { readonly config: KafkaConfig; readonly faults: readonly [] }
  | { readonly config: null; readonly faults: readonly string[] };

/** The configuration, or every fault: variable, value (never of a secret) and what was expected. */
export function readKafkaConfig(env: NodeJS.ProcessEnv = process.env): KafkaConfigResult {
  const { values, faults } = readEnvironment(KAFKA_ENVIRONMENT, ['WEIR_KAFKA_'], env);
  if (values === null) return { config: null, faults };
  const all = [...faults, ...contradictions(values)];
  return all.length > 0 ? { config: null, faults: all } : { config: configOf(values), faults: [] };
}

/** What is wrong between variables that are each right. */
function contradictions(values: Values): string[] {
  const faults: string[] = [];
  const minIsr = values.WEIR_KAFKA_MIN_ISR;
  if (minIsr !== undefined && minIsr > values.WEIR_KAFKA_REPLICATION)
    faults.push(`WEIR_KAFKA_MIN_ISR: ${minIsr}, expected at most WEIR_KAFKA_REPLICATION, ${values.WEIR_KAFKA_REPLICATION}`);
  if (values.WEIR_KAFKA_SSL === 'false' && hasTlsFile(values))
    faults.push('WEIR_KAFKA_SSL: "false", but WEIR_KAFKA_SSL_*_FILE are set');
  if ((values.WEIR_KAFKA_SSL_CERT_FILE === undefined) !== (values.WEIR_KAFKA_SSL_KEY_FILE === undefined))
    faults.push('WEIR_KAFKA_SSL_CERT_FILE and WEIR_KAFKA_SSL_KEY_FILE: expected both or none');
  const parts = [values.WEIR_KAFKA_SASL_MECHANISM, values.WEIR_KAFKA_SASL_USERNAME, values.WEIR_KAFKA_SASL_PASSWORD].filter(
    (part) => part !== undefined,
  );
  if (parts.length !== 0 && parts.length !== 3)
    faults.push('WEIR_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD: expected all or none');
  if (values.WEIR_KAFKA_HEARTBEAT_S * 3 > values.WEIR_KAFKA_SESSION_S)
    faults.push('WEIR_KAFKA_HEARTBEAT_S: expected at most a third of WEIR_KAFKA_SESSION_S');
  if ((values.WEIR_KAFKA_REGISTRY_USERNAME === undefined) !== (values.WEIR_KAFKA_REGISTRY_PASSWORD === undefined))
    faults.push('WEIR_KAFKA_REGISTRY_USERNAME and _PASSWORD: expected both or none');
  return faults;
}

function hasTlsFile(values: Values): boolean {
  const files = [values.WEIR_KAFKA_SSL_CA_FILE, values.WEIR_KAFKA_SSL_CERT_FILE, values.WEIR_KAFKA_SSL_KEY_FILE];
  return files.some((text) => text !== undefined);
}

function configOf(values: Values): KafkaConfig {
  const { WEIR_KAFKA_SASL_MECHANISM: mechanism, WEIR_KAFKA_SASL_USERNAME: username, WEIR_KAFKA_SASL_PASSWORD: password } = values;
  return {
    settings: kafkaSettings(values.WEIR_KAFKA_BROKERS, {
      client_id: values.WEIR_KAFKA_CLIENT_ID,
      tls:
        values.WEIR_KAFKA_SSL === 'true' || hasTlsFile(values)
          ? {
              ca: values.WEIR_KAFKA_SSL_CA_FILE ?? null,
              cert: values.WEIR_KAFKA_SSL_CERT_FILE ?? null,
              key: values.WEIR_KAFKA_SSL_KEY_FILE ?? null,
            }
          : null,
      sasl:
        mechanism === undefined || username === undefined || password === undefined ? null : { mechanism, username, password },
      request_ms: values.WEIR_KAFKA_REQUEST_S,
      away_ms: values.WEIR_KAFKA_AWAY_S,
      session_ms: values.WEIR_KAFKA_SESSION_S,
      heartbeat_ms: values.WEIR_KAFKA_HEARTBEAT_S,
    }),
    topology: topologyOf(
      values.WEIR_KAFKA_PARTITIONS.count,
      values.WEIR_KAFKA_PARTITIONS.different,
      values.WEIR_KAFKA_TOPIC_PREFIX,
    ),
    replication: values.WEIR_KAFKA_REPLICATION,
    min_isr: values.WEIR_KAFKA_MIN_ISR ?? Math.max(1, values.WEIR_KAFKA_REPLICATION - 1),
    principal_prefix: values.WEIR_KAFKA_PRINCIPAL_PREFIX,
    registry:
      values.WEIR_KAFKA_REGISTRY_URL === undefined
        ? null
        : {
            url: values.WEIR_KAFKA_REGISTRY_URL.replace(/\/+$/, ''),
            username: values.WEIR_KAFKA_REGISTRY_USERNAME ?? null,
            password: values.WEIR_KAFKA_REGISTRY_PASSWORD ?? null,
            request_ms: values.WEIR_KAFKA_REGISTRY_REQUEST_S,
            away_ms: values.WEIR_KAFKA_REGISTRY_AWAY_S,
            fresh_ms: values.WEIR_KAFKA_REGISTRY_FRESH_S,
          },
    registry_ids_file: values.WEIR_KAFKA_REGISTRY_MAP_FILE ?? null,
  };
}
