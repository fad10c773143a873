// The README's examples for clients, on a real broker with all stages running: each signal comes out decided, each reader reads it.
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encode } from '../../schemas/codec.ts';
import { blankSignal, type Decision } from '../../schemas/records.generated.ts';
import { freePorts } from '../../topology/kafka-broker/free-ports.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { testTool } from '../../topology/kafka-broker/test-tool.ts';
import { type KafkaLog, openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { type Registry, startRegistry } from '../../topology/registry/start-registry.ts';
import { countedRecords, until } from '../../topology/runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology/topology.ts';
import { commandsOf, endBeside, ROOT, startBeside } from '../cli/readme-blocks.ts';
import { said } from '../cli/said.ts';
import { schemasRegister } from '../cli/schemas.ts';
import { wallClock } from '../market/live/clock.ts';
import { findKcat, withKcat } from './find-kcat.ts';
import { pythonPackages } from './python-packages.ts';

const run = promisify(execFile);
const left = process.env.WEIR_TEST_NO_KAFKA === '1';
const kcat = left ? null : testTool('the kcat examples', findKcat);
const python = left ? null : testTool('the Python examples', pythonPackages);

const DECIDED_MS = 60_000;
// Longer than all that a test waits for: what was waited for is said, not that time was up.
vi.setConfig({ testTimeout: 5 * DECIDED_MS });
const PARTITIONS = 2;

interface Printed {
  readonly decision_id: string;
  readonly source: string | null;
  readonly portfolio: string;
  readonly reason_code: string;
  readonly reference_mid: string | null;
}

describeKafka('the examples for clients', () => {
  const data = mkdtempSync(join(tmpdir(), 'weir-clients-'));
  const prefix = freshPrefix();
  const topology = topologyOf(PARTITIONS, {}, prefix);
  let brokers: readonly string[];
  let registry: Registry;
  let stages: ChildProcess;
  let log: KafkaLog;
  let env: NodeJS.ProcessEnv;
  let gateway: string;

  beforeAll(async () => {
    [brokers, registry] = await Promise.all([sharedKafka(), startRegistry({ storage: 'memory' })]);
    await makeTopicsOf(brokers, topology);
    const [port] = await freePorts(1);
    gateway = `127.0.0.1:${port}`;
    const ours = {
      WEIR_GATEWAY_LISTEN: gateway,
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_TOPIC_PREFIX: prefix,
      WEIR_KAFKA_PARTITIONS: String(PARTITIONS),
      WEIR_KAFKA_REPLICATION: '1',
      WEIR_KAFKA_REGISTRY_URL: registry.url,
      WEIR_KAFKA_REGISTRY_FRESH_S: '0',
    };
    env = { ...process.env, ...ours, PYTHONPATH: python ?? '' };
    if (kcat !== null) env = withKcat(kcat, env);
    expect((await said(schemasRegister, { data }, ours)).exit).toBe(0);
    log = await openKafkaLog({ settings: kafkaSettings(brokers), topology });
    const [command = ''] = commandsOf('stages');
    stages = await startBeside(command.replace('live-kafka', join(data, 'live')), env, '"event":"stages-starting"');
  }, 240_000);
  afterAll(async () => {
    if (stages !== undefined) await endBeside(stages);
    await log?.close();
    await registry?.stop();
    await removeTopicsOf(brokers, topology);
    rmSync(data, { recursive: true, force: true });
  }, 60_000);

  /** Decisions that stand about signals of the source that the examples name, not about what became of them later. */
  async function ours(): Promise<readonly Decision[]> {
    const records = await countedRecords(log, 'decisions.v1');
    const decisions = records.flatMap((record) => (record.type === 'Decision' ? [record.value] : []));
    return decisions.filter(({ subject_type, source }) => subject_type === 'signal' && source?.startsWith('my_bot:'));
  }
  async function shell(command: string): Promise<string> {
    const here = command.replace(/-t (signals|decisions)\.v1/, `-t ${prefix}$1.v1`).replace('127.0.0.1:8080', gateway);
    const { stdout } = await run('bash', ['-c', here], { cwd: ROOT, env, timeout: DECIDED_MS });
    return stdout;
  }
  async function isReady(): Promise<void> {
    const url = `http://${gateway}/readyz`;
    await until('the gateway is ready', async () => (await fetch(url).catch(() => null))?.ok === true, DECIDED_MS);
  }
  /** Sends one signal, and waits for the one decision more that comes of it. */
  async function isDecided(command: string): Promise<string> {
    const before = (await ours()).length;
    const said = await shell(command);
    await until(`decided: ${command}`, async () => (await ours()).length > before, DECIDED_MS);
    expect((await ours()).length, command).toBe(before + 1);
    return said;
  }
  /** The command prints every decision that stands, once, whole and readable. */
  async function readsAll(command: string): Promise<void> {
    const stand = await ours();
    const lines = (await shell(command)).trim().split('\n');
    const printed = lines.map((line) => JSON.parse(line) as Printed);
    const ids = printed.map(({ decision_id }) => decision_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(stand.length).toBeGreaterThan(0);
    for (const { decision_id, reason_code, reference_mid } of stand) {
      const found = printed.find((decision) => decision.decision_id === decision_id);
      expect(found).toMatchObject({ portfolio: 'paper-1', reason_code });
      if (reference_mid !== null) expect(found?.reference_mid).toMatch(/^\d+(\.\d{1,12})?$/);
    }
  }
  const commands = (pattern: RegExp): readonly string[] => commandsOf('clients').filter((command) => pattern.test(command));

  it('are all looked at', () => {
    const programs = [/kcat -[PC]/, /npx node .*\.ts/, /python3 .*\.py/, /^curl /];
    expect(programs.map((program) => commands(program).length)).toEqual([2, 3, 3, 2]);
    expect(commandsOf('clients').length).toBe(10);
  });

  describe.skipIf(kcat === null)('kcat', () => {
    it('sends one line of JSON, without a key, and shows the decision', async () => {
      for (const command of commands(/kcat -P/)) await isDecided(command);
      const [command = ''] = commands(/kcat -C/);
      expect(await shell(command)).toMatch(/^paper-1 \d+ bytes .*weir-id=[0-9a-f]{64}/m);
    });

    it('sends framed Avro from a file', async () => {
      const file = join(data, 'signal.avro');
      const signal = { instrument: 'BTC-USDT', direction: 'long', source: 'my_bot', signal_type: 'framed' } as const;
      writeFileSync(file, encode('Signal', { ...blankSignal(), ...signal, event_time: wallClock() }));
      await isDecided(`kcat -P -b $WEIR_KAFKA_BROKERS -t signals.v1 ${file}`);
    });
  });

  it('Node sends JSON and framed Avro, and reads every decision', async () => {
    for (const command of commands(/npx node .*send/)) {
      expect(JSON.parse(await isDecided(command))).toMatchObject({ offset: expect.stringMatching(/^\d+$/) });
    }
    for (const command of commands(/npx node .*read/)) await readsAll(command);
  });

  it('curl sends JSON to the gateway, and asks for decisions', async () => {
    await isReady();
    for (const command of commands(/curl .*signals/)) {
      expect(JSON.parse(await isDecided(command))).toMatchObject({ status: 'ACCEPTED' });
    }
    for (const command of commands(/curl .*decisions/)) {
      await until('the archive has it', async () => (await shell(command)).includes('"ETH-USDT"'), DECIDED_MS);
    }
  });

  it.skipIf(python === null)('Python sends JSON and framed Avro, and reads every decision', async () => {
    for (const command of commands(/python3 .*send/)) {
      expect(JSON.parse(await isDecided(command))).toMatchObject({ offset: expect.any(Number) });
    }
    for (const command of commands(/python3 .*read/)) await readsAll(command);
  });

  it('the commands that go to the gateway run as printed', async () => {
    const [send = '', ...others] = commandsOf('gateway');
    await isReady();
    await isDecided(send);
    const sql = others.find((command) => command.includes(' sql ')) ?? '';
    await until('the archive answers', async () => /my_bot|reason_code/.test(await shell(sql).catch(() => '')), DECIDED_MS);
    for (const command of others) expect((await shell(command)).length, command).toBeGreaterThan(0);
    expect(await shell(others.find((command) => command.includes('status')) ?? '')).toMatch(/paper-1: HALTED/);
  });
});
