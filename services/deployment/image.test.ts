// The image's files suffice: laid out as the Dockerfile says, what compose runs is run there, on a broker and a registry set up by it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServerStore, type Store } from '../../clickhouse/client.ts';
import { type Engine, startEngine } from '../../clickhouse/start-engine.ts';
import { freePorts } from '../../topology/kafka-broker/free-ports.ts';
import { kafkaJars } from '../../topology/kafka-broker/jars.ts';
import { findJava } from '../../topology/kafka-broker/java.ts';
import { type JavaServer, logTail, startJava } from '../../topology/kafka-broker/java-server.ts';
import { quietClient } from '../../topology/kafka-broker/quiet-client.ts';
import { untilReady } from '../../topology/kafka-broker/ready.ts';
import { describeKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { apicurio } from '../../topology/registry/apicurio.ts';
import { quickStart } from '../../topology/registry/start-registry.ts';
import { until } from '../../topology/runtime/claimed/toy-group.ts';
import { sourceFile } from '../../topology/tidy/source-file.ts';
import { STOP_MS } from '../cli/run-all.ts';
import { type ComposeService, composeFile, isJob, isOurs, ROOT, shippedCompose } from './compose-file.ts';
import { copiesOf, layOut, projectFile, type Step, sees, stepsOf } from './image-files.ts';

const run = promisify(execFile);
const PARTITIONS = 2;
const dockerfile = projectFile(ROOT, 'k8s/Dockerfile');
const dockerignore = projectFile(ROOT, '.dockerignore');
const steps = stepsOf(dockerfile);
const compose = composeFile(shippedCompose(), { WEIR_KAFKA_PARTITIONS: String(PARTITIONS) });
const packageJson = JSON.parse(projectFile(ROOT, 'package.json')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** What is wrong with a Dockerfile. */
function imageFaults(of: readonly Step[], ignore: string): readonly string[] {
  const faults: string[] = [];
  const last = (name: Step['name']): string => of.findLast((step) => step.name === name)?.text ?? '';
  const node = packageJson.devDependencies.node;
  for (const { text } of of.filter(({ name }) => name === 'FROM'))
    if (!new RegExp(`^node:${node}-\\w+-slim@sha256:[0-9a-f]{64}( AS \\w+)?$`).test(text))
      faults.push(`FROM ${text}: expected node:${node}-…-slim@sha256:digest`);
  if (last('USER') !== '1000:1000') faults.push(`USER ${last('USER')}: expected 1000:1000`);
  if (!/^\["node", "[\w/.-]+"\]$/.test(last('ENTRYPOINT'))) faults.push(`ENTRYPOINT ${last('ENTRYPOINT')}: expected node itself`);
  for (const { from } of copiesOf(of)) if (!sees(ignore, from)) faults.push(`COPY ${from}: .dockerignore hides it`);
  return faults;
}

/** Every file that what is started needs, from its imports, and every package. */
function needed(starts: readonly string[]): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const add = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    if (!path.endsWith('.ts')) return;
    for (const imported of sourceFile(path, projectFile(ROOT, path)).imports) {
      if (/^(schemas|topology|services|clickhouse)\//.test(imported)) add(imported);
      else if (!imported.startsWith('node:')) packages.add(/^(@[^/]+\/)?[^/]+/.exec(imported)?.[0] ?? '');
    }
  };
  for (const start of starts) add(start);
  return { files, packages };
}

describe('the Dockerfile', () => {
  it('is pinned, has no rights, runs node itself, and copies what the build sees', () => {
    expect(imageFaults(steps, dockerignore)).toEqual([]);
  });

  it.each([
    [/@sha256:\w+ AS/, ' AS', /^FROM node:24\.21\.0-trixie-slim AS packages: expected/],
    [/node:24\.21\.0/g, 'node:24.20.0', /^FROM node:24\.20\.0/],
    ['USER 1000:1000', 'USER root', /^USER root: expected 1000:1000/],
    ['["node", "services/cli/main.ts"]', 'npm run weir', /^ENTRYPOINT npm run weir: expected node itself/],
    ['COPY schemas ./schemas', 'COPY data ./schemas', /^COPY data: .dockerignore hides it/],
  ])('with %s → %s is refused', (from, to, fault) => {
    const broken = dockerfile.replace(from, to);
    expect(broken).not.toBe(dockerfile);
    expect(imageFaults(stepsOf(broken), dockerignore)).toContainEqual(expect.stringMatching(fault));
  });

  it('has no instruction that nobody looks at', () => {
    expect(() => stepsOf(`${dockerfile}\nADD x y`)).toThrow('"ADD x y" is not looked at');
  });
});

describe('.dockerignore', () => {
  it.each([
    ['*\n!schemas', 'schemas/signal.avsc', true],
    ['*\n!schemas', 'data/x', false],
    ['*\n!schemas\n**/*.test.ts', 'schemas/money.test.ts', false],
    ['*\n!schemas\n**/*.test.ts', 'schemas/deep/er/money.test.ts', false],
    ['**/golden', 'services/cli/golden/help.txt', false],
    ['**/golden', 'services/cli/golden.ts', true],
    ['topology/tidy', 'topology/tidy/rules.ts', false],
    ['topology/tidy\n!topology/tidy/rules.ts', 'topology/tidy/rules.ts', true],
  ])('%j sees %s: %s', (text, path, seen) => {
    expect(sees(text, path)).toBe(seen);
  });

  it('hides the tests, the data and whatever is not named', () => {
    const hidden = ['data/log.sqlite', 'node_modules/x/y.js', '.git/config', '.env', 'services/cli/help.test.ts', 'README.md'];
    expect(hidden.filter((path) => sees(dockerignore, path))).toEqual([]);
  });

  const starts = ['services/cli/main.ts', 'services/archive/child.ts', 'services/deployment/make-secrets.ts'];
  it('is asked about every program that starts another', () => {
    const { files } = needed(['services/cli/main.ts']);
    const started = [...files].flatMap((path) =>
      [...projectFile(ROOT, path).matchAll(/new URL\('(\.\/[\w-]+\.ts)'/g)].map(([, to = '']) => join(dirname(path), to)),
    );
    expect(started).toContain('services/archive/child.ts');
    expect(started.filter((path) => !starts.includes(path))).toEqual([]);
  });
  it('hides nothing that runs', () => {
    const { files, packages } = needed(starts);
    expect(files.size).toBeGreaterThan(200);
    expect([...files].filter((path) => !sees(dockerignore, path))).toEqual([]);
    const installed = [...Object.keys(packageJson.dependencies), ...Object.keys(packageJson.optionalDependencies)];
    expect([...packages].filter((name) => !installed.includes(name))).toEqual([]);
    expect([...packages].sort()).toContain('kafkajs');
  });

  it('would be said to, if it did', () => {
    const more = `${dockerignore}\nservices/decision\n`;
    expect([...needed(starts).files].filter((path) => !sees(more, path))).toContain('services/decision/stage.ts');
  });
});

describeKafka('what compose runs, from the files of the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-image-'));
  const image = join(folder, 'image');
  const data = join(folder, 'data');
  const servers: JavaServer[] = [];
  const running = new Map<string, { readonly child: ChildProcess; said: string }>();
  /** What stands in the file → where it is here. */
  const places = new Map<string, string>();
  let broker = '';
  let registry: Promise<void>;
  let engine: Engine;
  let store: Store;

  const here = (text: string): string => [...places].reduce((whole, [from, to]) => whole.replaceAll(from, to), text);
  const serviceOf = (name: string): ComposeService => {
    const service = compose.services.get(name);
    if (service === undefined) throw new TypeError(`no service ${name}`);
    return service;
  };
  /** Of the image and the service, nothing else of this machine. */
  function environmentOf(service: ComposeService): NodeJS.ProcessEnv {
    const baked = steps.flatMap(({ name, text }) => (name === 'ENV' ? [text.split('=') as [string, string]] : []));
    const given = Object.entries({ ...Object.fromEntries(baked), ...service.environment });
    return { PATH: '/nowhere', ...Object.fromEntries(given.map(([name, value]) => [name, here(value)])) };
  }
  function argumentsOf(service: ComposeService): string[] {
    const entry = JSON.parse(steps.findLast(({ name }) => name === 'ENTRYPOINT')?.text ?? '[]') as string[];
    const [node = '', ...args] = [...(service.entrypoint ?? entry), ...(service.command ?? [])];
    expect(node).toBe('node');
    return args;
  }
  async function runJob(
    name: string,
    args: readonly string[] = argumentsOf(serviceOf(name)).map(here),
  ): Promise<{ status: number; said: string }> {
    const child = spawn(process.execPath, args, {
      cwd: image,
      env: environmentOf(serviceOf(name)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [status] = await once(child, 'close');
    return { status: status as number, said };
  }

  /** As the Dockerfile makes it: packages by its own command, files by its COPY steps. */
  async function makeImage(): Promise<void> {
    const packages = join(folder, 'packages');
    layOut(ROOT, packages, steps, dockerignore, 0);
    const install = steps.find(({ name, stage }) => name === 'RUN' && stage === 0)?.text ?? '';
    expect(install).toMatch(/^npm ci --omit=dev /);
    await run('bash', ['-c', `${install} --prefer-offline`], { cwd: packages });
    layOut(ROOT, image, steps, dockerignore, 1);
    renameSync(join(packages, 'node_modules'), join(image, 'node_modules'));
  }

  async function startBroker(): Promise<void> {
    const { environment = {} } = serviceOf('kafka');
    const [inside, outside, controller] = await freePorts(3);
    broker = `127.0.0.1:${inside}`;
    places.set('kafka:19092', broker);
    const own = Object.entries(environment)
      .filter(([name]) => name.startsWith('KAFKA_') && name !== 'KAFKA_HEAP_OPTS')
      .map(([name, value]) => {
        const local = value
          .replaceAll('INSIDE://:19092', `INSIDE://${broker}`)
          .replaceAll('OUTSIDE://:9092', `OUTSIDE://127.0.0.1:${outside}`)
          .replaceAll('CONTROLLER://:9093', `CONTROLLER://127.0.0.1:${controller}`)
          .replaceAll('127.0.0.1:9092', `127.0.0.1:${outside}`)
          .replaceAll('kafka:9093', `127.0.0.1:${controller}`);
        return [name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.'), here(local)] as const;
      });
    const properties = new Map([...own, ['log.dirs', join(folder, 'kafka')]]);
    const file = join(folder, 'server.properties');
    writeFileSync(file, [...properties].map(([name, value]) => `${name}=${value}\n`).join(''));
    const java = findJava(17, 'Kafka');
    const base = [
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-cp',
      `${kafkaJars()}/*`,
    ];
    await run(java, [...base, 'kafka.tools.StorageTool', 'format', '-t', environment.CLUSTER_ID ?? '', '-c', file]);
    const heap = (environment.KAFKA_HEAP_OPTS ?? '').split(' ');
    const logFile = join(folder, 'kafka.log');
    const server = await startJava(java, [...heap, ...base, 'kafka.Kafka', file], logFile, folder);
    servers.push(server);
    await untilReady([broker, `127.0.0.1:${outside}`], 1, 60_000, () => (server.hasEnded() ? logTail(logFile) : null));

    // What the broker does not know it passes over in silence.
    const admin = quietClient([broker]).admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 4, name: '1' }] });
    await admin.disconnect();
    const known = new Map(
      resources.flatMap(({ configEntries }) => configEntries.map((entry) => [entry.configName, entry.configValue])),
    );
    expect([...properties].filter(([name, value]) => known.get(name) !== value)).toEqual([]);
  }

  async function startRegistry(): Promise<void> {
    const [http, management] = await freePorts(2);
    places.set('registry:8080', `127.0.0.1:${http}`);
    places.set('127.0.0.1:9000', `127.0.0.1:${management}`);
    const given = Object.entries(serviceOf('registry').environment ?? {}).map(([name, value]) => `${name}=${here(value)}`);
    const ports = [
      `-Dquarkus.http.port=${http}`,
      `-Dquarkus.management.port=${management}`,
      '-Dquarkus.http.host=127.0.0.1',
      '-Dquarkus.management.host=127.0.0.1',
    ];
    const java = findJava(21, 'Apicurio Registry');
    const jar = join(await apicurio(), 'quarkus-run.jar');
    servers.push(
      await startJava(
        '/usr/bin/env',
        [...given, java, ...quickStart(), ...ports, '-jar', jar],
        join(folder, 'registry.log'),
        folder,
      ),
    );
    const asked = here(serviceOf('registry').healthcheck?.test.at(-1) ?? '');
    await until('the registry is healthy', async () => (await fetch(asked).catch(() => null))?.ok === true, 90_000);
  }

  beforeAll(async () => {
    places.set('/data', data);
    places.set('/secrets', join(folder, 'secrets'));
    places.set('0.0.0.0:8080', `127.0.0.1:${(await freePorts(1))[0]}`);
    for (const path of [data, join(folder, 'secrets')]) mkdirSync(path);
    await Promise.all([makeImage(), startBroker()]);
    // It takes its time, and topics do not need it.
    registry = startRegistry();
    registry.catch(() => undefined);
  }, 240_000);
  afterAll(async () => {
    for (const { child } of running.values()) child.kill('SIGKILL');
    await store?.close();
    await engine?.stop();
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(servers.map(({ ended }) => ended));
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Twice: what is done already is no fault. */
  async function runJobTwice(name: string): Promise<void> {
    for (let i = 0; i < 2; i++) {
      const { status, said } = await runJob(name);
      expect(status, `${name}: ${said}`).toBe(0);
    }
  }
  const weir = (...args: readonly string[]): readonly string[] => ['services/cli/main.ts', ...args];

  it('secrets and topics are made by their jobs', async () => {
    expect((await runJob('init-topics', weir('--help'))).said).toContain('Signals in, risk-gated and explained decisions out.');
    const plan = await runJob('init-topics', weir('topics', 'plan', '--no-acls'));
    expect([plan.status, plan.said]).toEqual([3, expect.stringContaining('decisions.v1')]);
    expect((await runJob('init-secrets')).status).toBe(0);
    await runJobTwice('init-topics');
    const password = readFileSync(join(folder, 'secrets', 'clickhouse-password'), 'utf8');
    expect(password.length).toBe(43);
    engine = await startEngine(join(folder, 'clickhouse'), password);
    places.set('clickhouse:8123', new URL(engine.url).host);
    store = openServerStore({ url: engine.url, username: 'weir', password }, 'weir');
  }, 120_000);

  it('schemas are registered by their job', async () => {
    await registry;
    await runJobTwice('init-schemas');
    expect([...compose.services].flatMap(([name, service]) => (isJob(service) ? [name] : []))).toEqual([
      'init-secrets',
      'init-topics',
      'init-schemas',
    ]);
  }, 120_000);

  it('every stage, a process of its own, gets healthy; a signal is decided and archived; all stop as they are told to', async () => {
    const stages = [...compose.services].filter(([, service]) => isOurs(service) && !isJob(service));
    const ports = await freePorts(stages.length);
    for (const [i, [name, service]] of stages.entries()) {
      const child = spawn(process.execPath, argumentsOf(service), {
        cwd: image,
        env: { ...environmentOf(service), WEIR_OPS_LISTEN: `127.0.0.1:${ports[i]}` },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const state = { child, said: '' };
      child.stderr.on('data', (chunk: Buffer) => (state.said += chunk.toString()));
      running.set(name, state);
    }
    for (const [i, [name]] of stages.entries()) {
      await until(
        `${name} is ready`,
        async () => {
          if (running.get(name)?.child.exitCode !== null) throw new Error(`${name} has ended:\n${running.get(name)?.said}`);
          return (await fetch(`http://127.0.0.1:${ports[i]}/readyz`).catch(() => null))?.ok === true;
        },
        90_000,
      );
    }
    const signal = { instrument: 'BTC-USDT', direction: 'long', source: 'my_bot', signal_type: 'breakout' };
    const sent = await fetch(`http://${here('0.0.0.0:8080')}/v1/signals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...signal, event_time: new Date().toISOString() }),
    });
    expect(sent.status).toBe(202);
    await until(
      'the archive has the decision',
      async () => {
        const rows = await store
          .query('decided', "SELECT source FROM weir.v_decisions WHERE source LIKE 'my_bot:%'")
          .catch(() => []);
        return rows.length > 0;
      },
      90_000,
    );

    const asked = await fetch(`http://${here('0.0.0.0:8080')}/v1/queries/decisions`);
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining('BTC-USDT')]);

    const ended = await Promise.all(
      [...running].map(async ([name, { child }]) => {
        const gone = once(child, 'exit');
        const since = performance.now();
        child.kill('SIGTERM');
        const [code] = await gone;
        return { name, code: code as number, late: performance.now() - since > STOP_MS };
      }),
    );
    running.clear();
    expect(ended.filter(({ code, late }) => code !== 0 || late)).toEqual([]);
  }, 240_000);
});
