// For tests: what must hold of docker-compose.yml, each rule one look at the file that says what is wrong with it.
import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { KAFKA_VERSION } from '../../topology/kafka-broker/jars.ts';
import { APICURIO_VERSION } from '../../topology/registry/apicurio.ts';
import { STAGES } from '../../topology/stages.ts';
import { isTopicName } from '../../topology/topics.ts';
import { KAFKA_STAGES } from '../cli/kafka-stages.ts';
import { program } from '../cli/main.ts';
import { STOP_MS } from '../cli/run-all.ts';
import { VARIABLES } from '../cli/variables.ts';
import { readClickhouseConfig } from './clickhouse-config.ts';
import { bytesOf, type ComposeFile, type ComposeService, isJob, isOurs, ROOT, startedBy } from './compose-file.ts';
import { unknownVariables } from './environment.ts';
import { readGatewayConfig } from './gateway-config.ts';
import { readKafkaConfig } from './kafka-config.ts';

export type ComposeRule = (file: ComposeFile) => readonly string[];

const PACKAGE = `${ROOT}package.json`;
const packageJson = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { readonly version: string };

/** Every service by itself. */
function each(check: (name: string, service: ComposeService, file: ComposeFile) => readonly string[]): ComposeRule {
  return (file) =>
    [...file.services].flatMap(([name, service]) => check(name, service, file).map((fault) => `${name}: ${fault}`));
}
const when = (wrong: boolean, fault: string): readonly string[] => (wrong ? [fault] : []);

/** What others' images have to be: the version that the tests here run on. */
const TESTED: Readonly<Record<string, string>> = {
  'apache/kafka': KAFKA_VERSION,
  'apicurio/apicurio-registry': APICURIO_VERSION,
};

const images = each((_, { image, build, pull_policy }) => {
  if (image.startsWith('weir:'))
    return [
      ...when(image !== `weir:${packageJson.version}`, `image ${image}: expected the version of package.json`),
      ...when(pull_policy !== 'never', 'pull_policy: expected never: no registry has our image'),
    ];
  const [, name = '', tag = ''] = /^([a-z/-]+):([\w.-]+)@sha256:[0-9a-f]{64}$/.exec(image) ?? [];
  return [
    ...when(name === '' || !/^\d+\.\d+\.\d/.test(tag), `image ${image}: expected name:version@sha256:digest`),
    ...when(tag !== (TESTED[name] ?? tag), `image ${image}: the tests run on ${TESTED[name]}`),
    ...when(build !== undefined, 'build: expected of our image only'),
  ];
});

/** Several builders of one image disturb each other; and nothing starts before it is built. */
const oneBuilder: ComposeRule = (file) => {
  const ours = [...file.services].filter(([, service]) => isOurs(service));
  const builders = ours.filter(([, { build }]) => build !== undefined).map(([name]) => name);
  const [builder = ''] = builders;
  return [
    ...when(builders.length !== 1, `built by ${builders.join(', ') || 'nobody'}: expected one`),
    ...ours.filter(([name]) => !startedBy([name], file).has(builder)).map(([name]) => `${name}: does not wait for ${builder}`),
  ];
};

const everyStage: ComposeRule = ({ services }) => {
  const runs = [...services].flatMap(([name, { command }]) =>
    command?.[0] === 'run' ? [{ name, stage: command[1] ?? '' }] : [],
  );
  return [
    ...runs.flatMap(({ name, stage }) => when(name !== stage, `${name}: runs ${stage}`)),
    ...runs.flatMap(({ name, stage }) => when(!STAGES.some((row) => row.name === stage), `${name}: ${stage} is no stage`)),
    ...KAFKA_STAGES.filter((stage) => !runs.some((run) => run.stage === stage)).map((stage) => `${stage}: is not there`),
    ...runs
      .filter(({ stage }) => !KAFKA_STAGES.some((name) => name === stage))
      .map(({ name, stage }) => `${name}: ${stage} cannot run by itself`),
  ];
};

/** Parses a command line as `weir` does, and does nothing; null, or what is wrong with it. */
export function commandFault(args: readonly string[]): string | null {
  const weir = program();
  const still = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    for (const child of command.commands) still(child);
  };
  still(weir);
  try {
    weir.parse([...args], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

const commands = each((_, { command, entrypoint, ...service }) => {
  if (!isOurs(service as ComposeService)) return [];
  if (entrypoint !== undefined) {
    const [node, script = ''] = entrypoint;
    return when(
      node !== 'node' || !/^services\/[\w/-]+\.ts$/.test(script),
      `entrypoint ${entrypoint.join(' ')}: expected node and a file of ours`,
    );
  }
  const fault = commandFault(command ?? []);
  return when(fault !== null, `command ${command?.join(' ')}: ${fault}`);
});

/** The secrets are not there yet. */
function configFaults(given: Readonly<Record<string, string>>): readonly string[] {
  const readable = Object.entries(given).map(([name, value]) => [name, value.startsWith('/secrets/') ? PACKAGE : value]);
  const env = Object.fromEntries(readable);
  return [...readKafkaConfig(env).faults, ...readClickhouseConfig(env).faults, ...readGatewayConfig(env).faults];
}

const environment = each((_, service) => {
  if (!isOurs(service)) return [];
  const given = service.environment ?? {};
  const read = Object.fromEntries(Object.entries(given).filter(([variable]) => variable !== 'NODE_OPTIONS'));
  const heap = Number(/^--max-old-space-size=(\d+)$/.exec(given.NODE_OPTIONS ?? '')?.[1]) * 1024 * 1024;
  return [
    ...unknownVariables(VARIABLES, read).map((fault) => `environment ${fault}`),
    ...(service.command === undefined ? [] : configFaults(given)),
    ...when(
      service.command !== undefined && heap !== bytesOf(service.mem_limit) * 0.75,
      'NODE_OPTIONS: expected a heap of 75 % of mem_limit',
    ),
  ];
});

/** Ports at which a service can be reached by the others: what it says of itself, not what it publishes. */
const LISTENS: Readonly<Record<string, readonly number[]>> = { registry: [8080, 9000], clickhouse: [8123] };

function portsOf(name: string, { environment: given = {} }: ComposeService): readonly number[] {
  const addresses = [given.KAFKA_LISTENERS, given.WEIR_GATEWAY_LISTEN].flatMap((value) => value?.split(',') ?? []);
  return [...(LISTENS[name] ?? []), ...addresses.map((address) => Number(address.slice(address.lastIndexOf(':') + 1)))];
}

function listenersOf({ services }: ComposeFile): readonly string[] {
  const advertised = services.get('kafka')?.environment?.KAFKA_ADVERTISED_LISTENERS ?? '';
  const kafka = advertised.split(',').map((listener) => listener.replace(/^\w+:\/\//, ''));
  return [...kafka, ...Object.entries(LISTENS).flatMap(([name, ports]) => ports.map((port) => `${name}:${port}`))];
}

const addresses = each((name, { environment: given = {} }, file) => {
  const known = listenersOf(file);
  const used = Object.entries(given).flatMap(([variable, value]) =>
    /_(BROKERS|URL|BOOTSTRAP_SERVERS)$/.test(variable)
      ? value.split(',').map((one) => ({ variable, address: one.replace(/^https?:\/\//, '').split('/')[0] ?? '' }))
      : [],
  );
  return used.flatMap(({ variable, address }) => [
    ...when(!known.includes(address), `${variable}: nothing listens at ${address}`),
    ...when(!startedBy([name], file).has(address.split(':')[0] ?? ''), `${variable}: does not wait for ${address}`),
  ]);
});

/** One broker holds one copy. */
const copies: ComposeRule = (file) => {
  const kafka = file.services.get('kafka')?.environment ?? {};
  const brokers = (kafka.KAFKA_CONTROLLER_QUORUM_VOTERS ?? '').split(',').length;
  const wanted = Object.entries(kafka).filter(([name]) => /(REPLICATION_FACTOR|MIN_ISR)$/.test(name));
  const ours = [...file.services].flatMap(([name, { environment: given = {} }]) =>
    given.WEIR_KAFKA_REPLICATION === undefined ? [] : [[`${name} WEIR_KAFKA_REPLICATION`, given.WEIR_KAFKA_REPLICATION] as const],
  );
  return [...wanted, ...ours]
    .filter(([, value]) => value !== String(brokers))
    .map(([name, value]) => `${name}: ${value}, expected ${brokers}`);
};

const topicNames: ComposeRule = ({ text }) =>
  [...new Set(text.match(/\b[a-z]+(-[a-z]+)*\.v\d+\b/g) ?? [])]
    .filter((name) => !isTopicName(name))
    .map((name) => `${name}: is no topic`);

const health = each((_, service) => {
  if (isJob(service)) return when(service.healthcheck !== undefined, 'healthcheck: runs once and ends');
  if (service.healthcheck === undefined) return ['healthcheck: is missing'];
  if (!isOurs(service)) return [];
  const served = service.environment?.WEIR_OPS_LISTEN;
  const asked = /fetch\('http:\/\/([^/]+)(\/\w+)'\)/.exec(service.healthcheck.test.join(' '));
  return when(
    served === undefined || asked?.[1] !== served,
    `healthcheck: asks ${asked?.[1]}, and probes are answered at ${served}`,
  );
});

const order: ComposeRule = (file) => {
  const faults: string[] = [];
  for (const [name, service] of file.services) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const found = file.services.get(other);
      if (found === undefined) faults.push(`${name}: waits for ${other}, which is not there`);
      else if (condition !== (isJob(found) ? 'service_completed_successfully' : 'service_healthy'))
        faults.push(`${name}: waits for ${other} to be ${condition}`);
      else if (found.profiles?.some((profile) => !service.profiles?.includes(profile)))
        faults.push(`${name}: waits for ${other}, which is of another profile`);
      if (startedBy([other], file).has(name)) faults.push(`${name}: waits for itself through ${other}`);
    }
  }
  return faults;
};

const lifetime = each((_, service) => {
  if (isJob(service)) return [];
  const grace = Number.parseInt(service.stop_grace_period ?? '0', 10) * 1_000;
  return when(grace <= (isOurs(service) ? STOP_MS : 0), `stop_grace_period: ${grace} ms, a graceful stop may take ${STOP_MS}`);
});

const hardened = each((_, service) => {
  if (!isOurs(service)) return [];
  const { read_only, init, cap_drop, security_opt } = service;
  return [
    ...when(read_only !== true, 'read_only: expected true'),
    ...when(init !== true, 'init: expected true'),
    ...when(cap_drop?.join() !== 'ALL', 'cap_drop: expected ALL'),
    ...when(security_opt?.join() !== 'no-new-privileges:true', 'security_opt: expected no-new-privileges:true'),
  ];
});

const ports: ComposeRule = (file) => {
  const published = [...file.services].flatMap(([name, service]) =>
    (service.ports ?? []).map((port) => ({ name, port, service })),
  );
  const deaf = published.filter(({ name, port, service }) => !portsOf(name, service).includes(Number(port.split(':')[2])));
  const advertised = file.services.get('kafka')?.environment?.KAFKA_ADVERTISED_LISTENERS ?? '';
  const elsewhere = published.filter(
    ({ name, port }) => name === 'kafka' && !advertised.includes(`//${port.replace(/:\d+$/, '')}`),
  );
  const hosts = published.map(({ port }) => port.split(':')[1]);
  const spoken = [...(file.text.split('\nname:')[0] ?? '').matchAll(/:(\d{4,5})\b/g)].map((match) => match[1]);
  return [
    ...deaf.map(({ name, port }) => `${name}: ${port}: nothing listens there`),
    ...elsewhere.map(({ name, port }) => `${name}: ${port}: is advertised as something else, ${advertised}`),
    ...published
      .filter(({ port }) => !port.startsWith('127.0.0.1:'))
      .map(({ name, port }) => `${name}: ${port}: expected 127.0.0.1`),
    ...hosts.filter((host, i) => hosts.indexOf(host) !== i).map((host) => `port ${host}: is published twice`),
    ...spoken.filter((port) => !hosts.includes(port)).map((port) => `port ${port}: is spoken of and not published`),
    ...hosts.filter((host) => !spoken.includes(host)).map((host) => `port ${host}: is published and not spoken of`),
  ];
};

const volumes: ComposeRule = (file) => {
  const mounted = [...file.services.values()].flatMap((service) =>
    (service.volumes ?? []).map((mount) => mount.split(':')[0] ?? ''),
  );
  return [
    ...[...new Set(mounted)].filter((name) => !file.volumes.includes(name)).map((name) => `volume ${name}: is not declared`),
    ...file.volumes.filter((name) => !mounted.includes(name)).map((name) => `volume ${name}: nothing mounts it`),
  ];
};

/** A password stands in a file, never here. */
const secrets = each((_, { environment: given = {} }) =>
  Object.keys(given)
    .filter((variable) => /(PASSWORD|SECRET|TOKEN)$/.test(variable))
    .map((variable) => `environment ${variable}: expected ${variable}_FILE`),
);

export const COMPOSE_RULES: Readonly<Record<string, ComposeRule>> = {
  images,
  oneBuilder,
  everyStage,
  commands,
  environment,
  addresses,
  copies,
  topicNames,
  health,
  order,
  lifetime,
  hardened,
  ports,
  volumes,
  secrets,
};

/** Of each command the options that people are told of; a name after them is a service. */
const DOCKER_OPTIONS: Readonly<Record<string, RegExp>> = {
  up: /^(--wait|--build|--scale \w+=\d)$/,
  down: /^(--volumes|-v)$/,
  logs: /^(--tail \d+|--follow)$/,
  ps: /^$/,
  exec: /^$/,
};

/** What is wrong with a line that a person is told to type; null if it names what is there. */
export function dockerFault(line: string, { services }: ComposeFile): string | null {
  const [, profile, command = '', rest = ''] = /^docker compose (?:--profile (\w+) )?(\w+) ?(.*)$/.exec(line) ?? [];
  const options = DOCKER_OPTIONS[command];
  if (options === undefined) return `${line}: "${command}" is not looked at`;
  const profiles = [...services.values()].flatMap((service) => service.profiles ?? []);
  if (profile !== undefined && !profiles.includes(profile)) return `${line}: profile ${profile} is not there`;
  const words = rest.match(/--(?:scale|tail) \S+|\S+/g) ?? [];
  const names = command === 'exec' ? words.slice(0, 1) : words.filter((word) => !word.startsWith('-'));
  const unknown = words.filter((word) => word.startsWith('-') && command !== 'exec' && !options.test(word));
  if (unknown.length > 0) return `${line}: ${unknown.join(' ')} is not looked at`;
  const scaled = words.flatMap((word) => /^--scale (\w+)=/.exec(word)?.[1] ?? []);
  const missing = [...names, ...scaled].filter((name) => !services.has(name));
  return missing.length > 0 ? `${line}: ${missing.join(', ')} is no service` : null;
}
