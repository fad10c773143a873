// docker-compose.yml is what the code is: every rule holds of it, and each fails on a sample that breaks it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KAFKA_STAGES } from '../cli/kafka-stages.ts';
import { commandsOf } from '../cli/readme-blocks.ts';
import { type StageHealth, serveHealth } from '../cli/stage-health.ts';
import { composeFile, isJob, isOurs, shippedCompose, startedBy } from './compose-file.ts';
import { COMPOSE_RULES, commandFault, dockerFault } from './compose-rules.ts';
import { makeSecrets } from './make-secrets.ts';

const text = shippedCompose();
const file = composeFile(text);

describe('docker-compose.yml', () => {
  it.each(Object.keys(COMPOSE_RULES))('keeps %s', (name) => {
    expect(COMPOSE_RULES[name]?.(file)).toEqual([]);
  });

  it('keeps them with everything that can be set', () => {
    expect([...file.variables]).toEqual([['WEIR_KAFKA_PARTITIONS', '12']]);
    const other = composeFile(text, { WEIR_KAFKA_PARTITIONS: '6,signals.v1=24,market.v1=24' });
    expect(Object.values(COMPOSE_RULES).flatMap((rule) => rule(other))).toEqual([]);
  });

  const parts = (names: readonly string[]): readonly string[] => [...startedBy(names, file)].sort();
  it('starts what its first lines say', () => {
    expect(parts(['kafka', 'registry', 'clickhouse'])).toEqual(['clickhouse', 'init-secrets', 'kafka', 'registry']);
    const without = [...file.services].filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect([...file.services.keys()].filter((name) => !without.includes(name))).toEqual(['market']);
  });
});

/** rule, what stands there, what stands there instead, what is said. */
const BROKEN: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
  [
    'images',
    /apache\/kafka:4\.3\.0@sha256:\w+/,
    'apache/kafka:latest',
    /^kafka: image apache\/kafka:latest: expected name:version@sha256/,
  ],
  ['images', /(apache\/kafka:)4\.3\.0@/, '$14.2.0@', /^kafka: image .*: the tests run on 4\.3\.0/],
  ['images', /(apicurio-registry:3\.3\.3)@sha256:\w+/, '$1', /^registry: image .*: expected name:version@sha256/],
  ['images', 'weir:0.1.0', 'weir:0.0.9', /expected the version of package\.json/],
  ['images', '  pull_policy: never\n', '', /pull_policy: expected never/],
  ['oneBuilder', / {4}build: .*\n/, '', /^built by nobody/],
  [
    'oneBuilder',
    'command: [topics,',
    'build: { context: ., dockerfile: k8s/Dockerfile }\n    command: [topics,',
    /^built by init-secrets, init-topics/,
  ],
  [
    'oneBuilder',
    '      init-secrets: { condition: service_completed_successfully }\n      kafka',
    '      kafka',
    /^init-topics: does not wait for init-secrets/,
  ],
  ['everyStage', '[run, monitor]', '[run, decision]', /^monitor: runs decision/],
  ['everyStage', / {2}learning:\n.*\n.*\n/, '', /^learning: is not there/],
  ['everyStage', '[run, learning]', '[run, analysis]', /^learning: analysis cannot run by itself/],
  ['commands', 'topics, apply, --no-acls', 'topics, apply, --force', /^init-topics: command .*unknown option '--force'/],
  ['commands', '[schemas, register]', '[schemas, publish]', /^init-schemas: command .*/],
  [
    'commands',
    'services/deployment/make-secrets.ts',
    'make-secrets.sh',
    /^init-secrets: entrypoint .*: expected node and a file of ours/,
  ],
  [
    'environment',
    'WEIR_LOG: kafka',
    'WEIR_LOG: kafka\n  WEIR_LOGS: kafka',
    /environment WEIR_LOGS: is no variable of ours; did you mean WEIR_LOG\?/,
  ],
  ['environment', 'WEIR_KAFKA_PARTITIONS:-12', 'WEIR_KAFKA_PARTITIONS:-none', /WEIR_KAFKA_PARTITIONS: "none", expected a count/],
  ['environment', 'size=384', 'size=512', /expected a heap of 75 % of mem_limit/],
  [
    'addresses',
    'WEIR_KAFKA_BROKERS: kafka:19092',
    'WEIR_KAFKA_BROKERS: kafka:9093',
    /WEIR_KAFKA_BROKERS: nothing listens at kafka:9093/,
  ],
  [
    'addresses',
    'http://registry:8080/',
    'http://registry:8081/',
    /^init-schemas: WEIR_KAFKA_REGISTRY_URL: nothing listens at registry:8081/,
  ],
  [
    'addresses',
    '      registry: { condition: service_healthy }\n',
    '',
    /^init-schemas: WEIR_KAFKA_REGISTRY_URL: does not wait for registry:8080/,
  ],
  [
    'copies',
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1'",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '3'",
    /^KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3, expected 1/,
  ],
  [
    'environment',
    'WEIR_CLICKHOUSE_USERNAME: weir',
    'WEIR_CLICKHOUSE_USER: weir',
    /^gateway: environment WEIR_CLICKHOUSE_USER: is no variable of ours/,
  ],
  [
    'addresses',
    '      clickhouse: { condition: service_healthy }\n',
    '',
    /^archive: WEIR_CLICKHOUSE_URL: does not wait for clickhouse:8123/,
  ],
  [
    'environment',
    "WEIR_GATEWAY_UNPROTECTED: 'true'",
    "WEIR_GATEWAY_UNPROTECTED: 'false'",
    /^gateway: .*GATEWAY_BIND_UNPROTECTED/,
  ],
  ['copies', "WEIR_KAFKA_REPLICATION: '1'", "WEIR_KAFKA_REPLICATION: '3'", /WEIR_KAFKA_REPLICATION: 3, expected 1/],
  ['topicNames', 'market.v1', 'markets.v1', /^markets\.v1: is no topic/],
  ['health', '9464/readyz', '9465/readyz', /healthcheck: asks 127\.0\.0\.1:9465, and probes are answered at 127\.0\.0\.1:9464/],
  ['health', '    WEIR_OPS_LISTEN: 127.0.0.1:9464\n', '', /^clock: healthcheck: asks .* answered at undefined/],
  ['health', / {4}healthcheck:\n {6}test: \[CMD, wget(.*\n){6}/, '', /^clickhouse: healthcheck: is missing/],
  [
    'order',
    'kafka: { condition: service_healthy }\n    init-topics',
    'kafka: { condition: service_started }\n    init-topics',
    /waits for kafka to be service_started/,
  ],
  ['order', '    init-schemas: { condition', '    init-tables: { condition', /waits for init-tables, which is not there/],
  [
    'order',
    'init-topics: { condition: service_completed_successfully }\n      registry',
    'init-schemas: { condition: service_completed_successfully }\n      registry',
    /^init-schemas: waits for itself/,
  ],
  [
    'order',
    '    command: [run, clock',
    '    depends_on: { market: { condition: service_healthy } }\n    command: [run, clock',
    /^clock: waits for market, which is of another profile/,
  ],
  [
    'lifetime',
    'stop_grace_period: 60s\n  environment',
    'stop_grace_period: 20s\n  environment',
    /stop_grace_period: 20000 ms, a graceful stop may take 30000/,
  ],
  ['hardened', '  read_only: true\n', '', /read_only: expected true/],
  ['hardened', '  init: true\n', '', /init: expected true/],
  ['hardened', '  cap_drop: [ALL]\n', '', /cap_drop: expected ALL/],
  ['hardened', / {2}security_opt: .*\n/, '', /security_opt: expected no-new-privileges/],
  ['ports', '127.0.0.1:8123:8123', '0.0.0.0:8123:8123', /^clickhouse: 0\.0\.0\.0:8123:8123: expected 127\.0\.0\.1/],
  ['ports', '127.0.0.1:8123:8123', '127.0.0.1:8081:8123', /^port 8081: is published twice/],
  ['ports', 'registry on :8081', 'registry on :8082', /^port 8082: is spoken of and not published/],
  ['ports', '127.0.0.1:8123:8123', '127.0.0.1:8123:8124', /^clickhouse: 127\.0\.0\.1:8123:8124: nothing listens there/],
  ['ports', '127.0.0.1:9092:9092', '127.0.0.1:9092:9094', /^kafka: 127\.0\.0\.1:9092:9094: nothing listens there/],
  [
    'ports',
    'OUTSIDE://127.0.0.1:9092',
    'OUTSIDE://127.0.0.1:9094',
    /^kafka: 127\.0\.0\.1:9092:9092: is advertised as something else/,
  ],
  ['ports', '0.0.0.0:8080', '0.0.0.0:8088', /^gateway: 127\.0\.0\.1:8080:8080: nothing listens there/],
  ['volumes', "['kafka:/var", "['kafkas:/var", /^volume kafkas: is not declared/],
  [
    'secrets',
    '      CLICKHOUSE_PASSWORD_FILE: /secrets/clickhouse-password',
    '      CLICKHOUSE_PASSWORD: weir',
    /^clickhouse: environment CLICKHOUSE_PASSWORD: expected CLICKHOUSE_PASSWORD_FILE/,
  ],
];

describe('each rule', () => {
  it.each(BROKEN)('%s: %j → %j is said', (rule, from, to, fault) => {
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    expect(COMPOSE_RULES[rule]?.(composeFile(broken))).toContainEqual(expect.stringMatching(fault));
  });

  it('has a sample that breaks it', () => {
    const broken = new Set(BROKEN.map(([rule]) => rule));
    expect(Object.keys(COMPOSE_RULES).filter((rule) => !broken.has(rule))).toEqual([]);
  });

  it.each([
    ['name: weir', 'version: "3"\nname: weir', /version: is obsolete/],
    ['    command: [topics,', '    container_name: topics\n    command: [topics,', /container_name/],
    ["restart: 'no'", 'restart: always', /restart/],
    ["['127.0.0.1:9092:9092']", "['9092:9092']", /ports/],
    ["['kafka:/var/lib/kafka/data']", "['./kafka:/var/lib/kafka/data']", /volumes/],
    ['mem_limit: 2g', 'mem_limit: none', /mem_limit/],
    ['test: [CMD, wget,', 'test: [CMD-SHELL, wget,', /no shell/],
  ])('of its form: %j → %j is refused', (from, to, fault) => {
    expect(text).toContain(from);
    expect(() => composeFile(text.replace(from, to))).toThrow(fault);
  });

  it('takes the command line that is there, and no other', () => {
    expect(commandFault(['run', 'decision'])).toBeNull();
    expect(commandFault(['run', 'decision', '--helth', 'x'])).toMatch(/unknown option '--helth'/);
    expect(commandFault(['runs', 'decision'])).toMatch(/unknown command 'runs'/);
  });
});

/** Runs the health check of a stage as the engine would, against this port. */
async function checked(port: number): Promise<number> {
  const [, program = '', ...args] = file.services.get('decision')?.healthcheck?.test ?? [];
  expect(program).toBe('node');
  const child = spawn(
    process.execPath,
    args.map((arg) => arg.replace('127.0.0.1:9464', `127.0.0.1:${port}`)),
    { stdio: 'ignore' },
  );
  const [code] = await once(child, 'exit');
  return code as number;
}

describe('what people are told to type', () => {
  const inFile = [...text.matchAll(/^# {3}(docker compose .*?)(?: {2}.*)?$/gm)].map((match) => match[1] ?? '');

  it('names what is there', () => {
    const lines = [...commandsOf('docker'), ...inFile];
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.map((line) => dockerFault(line, file)).filter((fault) => fault !== null)).toEqual([]);
  });

  it.each([
    ['docker compose --profile demos up --wait', /profile demos is not there/],
    ['docker compose up --wait kafka zookeeper', /zookeeper is no service/],
    ['docker compose up --scale enrichments=2', /enrichments is no service/],
    ['docker compose exec clickhous cat x', /clickhous is no service/],
    ['docker compose up --wait-forever', /--wait-forever is not looked at/],
    ['docker compose start', /"start" is not looked at/],
  ])('%s is refused', (line, fault) => {
    expect(dockerFault(line, file)).toMatch(fault);
  });
});

describe('the health check of a stage', () => {
  it('passes when it is ready, and fails when it is not, or not there', async () => {
    let ending = false;
    const health = (): StageHealth => ({ ending, stages: [] });
    const server = await serveHealth('127.0.0.1:0', health);
    const port = Number(server.address.split(':')[1]);
    expect(await checked(port)).toBe(0);
    ending = true;
    expect(await checked(port)).toBe(1);
    await server.close();
    expect(await checked(port)).toBe(1);
  });
});

describe('the secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'clickhouse-password');

  it('are made once, of their own, readable by nobody else', () => {
    expect(makeSecrets(folder)).toEqual(['clickhouse-password']);
    const first = readFileSync(path, 'utf8');
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(statSync(path).mode & 0o777).toBe(0o440);
    expect(makeSecrets(folder)).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(first);
    rmSync(path);
    writeFileSync(join(folder, 'clickhouse-password.new'), 'half');
    expect(makeSecrets(folder)).toEqual(['clickhouse-password']);
    expect(readFileSync(path, 'utf8')).toMatch(/^[\w-]{43}$/);
  });

  it('are all that a service reads from their volume', () => {
    const read = [...file.services.values()].flatMap(({ environment = {} }) =>
      Object.values(environment).filter((value) => value.startsWith('/secrets/')),
    );
    expect(new Set(read)).toEqual(new Set(['/secrets/clickhouse-password']));
  });
});

it('every service is looked at: ours or others, a job or for good', () => {
  const services = [...file.services.values()];
  expect(services.filter((service) => !isOurs(service)).length).toBe(3);
  expect(services.filter(isJob).length).toBe(3);
  expect(services.length).toBe(6 + KAFKA_STAGES.length);
});
