// The gateway as a process on a real broker, with an archive beside it: over HTTP in, decided, and back through ClickHouse.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../clickhouse/start-engine.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { makeTopicsOf, removeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { until } from '../../topology/runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology/topology.ts';
import { exampleDeployment, signalText } from '../gateway/example.ts';
import { wallClock } from '../market/live/clock.ts';
import { decisionsTail } from './decisions-tail.ts';
import { explain } from './explain.ts';
import { KAFKA_SOURCES, type KafkaStages, PIPELINE, startKafkaStages } from './kafka-stages.ts';
import { oneBroker } from './one-broker.ts';
import type { CommonOptions } from './options.ts';
import { sql } from './reads.ts';
import { type Said, said } from './said.ts';
import { signalSend } from './signal-send.ts';
import { status } from './status.ts';
import { startTelling, type TellingWeir } from './telling-weir.ts';
import { trading } from './trading.ts';

const PARTITIONS = 2;
const now = (changes: Readonly<Record<string, unknown>>): string =>
  signalText({ instrument: 'BTC-USDT', ...changes, event_time: new Date(wallClock() / 1_000).toISOString() });

interface Answered {
  readonly status: number;
  readonly replayed: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(url: string, body?: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, { headers: { ...type, ...headers }, ...(body === undefined ? {} : { method: 'POST', body }) });
  const replayed = answer.headers.get('idempotency-replayed') === 'true';
  return { status: answer.status, replayed, body: (await answer.json()) as Record<string, unknown> };
}

describeKafka('the gateway on kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-kafka-gateway-'));
  const topology = topologyOf(PARTITIONS, {}, freshPrefix());
  const running: TellingWeir[] = [];
  let brokers: readonly string[];
  let engine: Engine;
  let stages: KafkaStages;
  let gateway: TellingWeir;
  let url: string;

  function start(what: string): TellingWeir {
    const started = startTelling(['run', what, '--log', 'kafka', '--data', folder, '--health', '127.0.0.1:0'], {
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_PARTITIONS: String(PARTITIONS),
      WEIR_KAFKA_TOPIC_PREFIX: topology.prefix,
      WEIR_KAFKA_SESSION_S: '6',
      WEIR_KAFKA_HEARTBEAT_S: '0.3',
      WEIR_CLICKHOUSE_URL: engine.url,
      WEIR_ARCHIVE_BATCH_S: '0.1',
      WEIR_GATEWAY_LISTEN: '127.0.0.1:0',
    });
    running.push(started);
    return started;
  }
  async function startGateway(): Promise<void> {
    gateway = start('gateway');
    url = String((await gateway.told('gateway-listening')).url);
    await until('the gateway is ready', async () => (await ask(`${url}/readyz`)).status === 200);
  }
  /** A command that goes to the gateway. */
  function command<T extends object>(run: (options: T, output: Parameters<typeof status>[1]) => Promise<number>, options: T) {
    return said(run as never, { data: join(folder, 'nothing'), gateway: url, ...options } as never, {});
  }
  const rows = (answer: Said): Record<string, unknown>[] => (answer.document as { rows: Record<string, unknown>[] }).rows;
  const ask_sql = (statement: string): Promise<Said> =>
    command((options, output) => sql(options as never, output, statement), {});
  async function decisionOf(signal_id: unknown): Promise<Record<string, unknown>> {
    let found: Record<string, unknown> | undefined;
    await until(
      `${signal_id} is decided and archived`,
      async () => {
        const statement = `SELECT action, reason_code FROM weir.v_decisions WHERE signal_id = '${signal_id}' AND kind = 'ENTRY'`;
        const answer = await ask_sql(statement);
        [found] = answer.exit === 0 ? rows(answer) : [];
        return found !== undefined;
      },
      40_000,
    );
    return found ?? {};
  }

  beforeAll(async () => {
    brokers = await sharedKafka();
    await makeTopicsOf(brokers, topology);
    engine = await startEngine(join(folder, 'clickhouse'));
    const settings = kafkaSettings(brokers, { heartbeat_ms: 300, session_ms: 6_000 });
    const archive = start('archive');
    [stages] = await Promise.all([
      startKafkaStages({
        config: oneBroker(settings, topology),
        deployment: { ...exampleDeployment(), instruments: ['BTC-USDT'], partitions: PARTITIONS },
        stages: [...PIPELINE, ...KAFKA_SOURCES],
        market: { data: folder, seed: 42, scenario: 'calm' },
        health: null,
        log: () => undefined,
        // The gateway that starts again goes on from one.
        snapshot_every_us: 1_000_000,
      }),
      startGateway(),
      archive.told('archive-ready'),
    ]);
    await until('prices come', async () => {
      const { body } = await ask(`${url}/v1/status`);
      return (body.portfolios as unknown[] | undefined)?.length === 1 && !(body.issues as string[]).includes('MARKET_STALE');
    });
  });
  afterAll(async () => {
    stages?.stop('test');
    await stages?.ended;
    for (const one of running) await one.end('SIGKILL');
    await engine?.stop();
    await removeTopicsOf(brokers, topology);
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes a signal once, also after it was killed; its decision stands in ClickHouse', async () => {
    const body = now({});
    const first = await ask(`${url}/v1/signals`, body, { 'idempotency-key': 'one' });
    expect([first.status, first.body.status]).toEqual([202, 'ACCEPTED']);
    expect(await ask(`${url}/v1/signals`, body, { 'idempotency-key': 'one' })).toMatchObject({ status: 200, replayed: true });
    await gateway.end('SIGKILL');
    await startGateway();
    const again = await ask(`${url}/v1/signals`, body, { 'idempotency-key': 'one' });
    expect(again).toMatchObject({ status: 200, replayed: true, body: { signal_id: first.body.signal_id } });
    const other = await ask(`${url}/v1/signals`, now({ direction: 'short' }), { 'idempotency-key': 'one' });
    expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    expect(await decisionOf(first.body.signal_id)).toMatchObject({ action: expect.any(String) });
    const stood = await ask_sql(
      `SELECT count() AS n FROM weir.records FINAL WHERE _topic = 'signals.v1' AND weir_id = '${first.body.signal_id}'`,
    );
    expect(rows(stood)).toEqual([{ n: '1' }]);
  });

  it('halts: the next signal is refused for that, and after resume it is not', async () => {
    const act = (what: string) =>
      command((options, output) => trading(options as never, output, what), { portfolio: '*', reason: 'test', code: [] });
    const halted = await act('halt');
    expect([halted.exit, rows(halted)]).toEqual([
      0,
      [{ portfolio: 'paper-1', status: 'APPLIED', reason: expect.any(String), detail: expect.any(String) }],
    ]);
    expect((await command<object>(status as never, {})).lines[0]).toMatch(/^paper paper {2}issues: .*TRADING_HALTED/);
    const send = async (key: string): Promise<unknown> => {
      const sent = await command((options, output) => signalSend(options as never, output, now({ event_id: key })), {});
      expect(sent.exit).toBe(0);
      return (sent.document as { signal_id: string }).signal_id;
    };
    expect(await decisionOf(await send('while-halted'))).toMatchObject({
      action: 'BLOCK',
      reason_code: 'KILL_SWITCH',
    });
    expect((await act('resume')).exit).toBe(0);
    expect((await decisionOf(await send('afterwards'))).reason_code).not.toBe('KILL_SWITCH');
  });

  it('shows and explains the decisions', async () => {
    let lines: readonly string[] = [];
    await until('three stand', async () => {
      ({ lines } = await command((options, output) => decisionsTail({ ...(options as CommonOptions), limit: 9 }, output), {}));
      return lines.length === 3;
    });
    expect(lines).toEqual(lines.map(() => expect.stringMatching(/ BTC-USDT +ENTRY .* my_bot:general .* [0-9a-f]{12}$/)));
    const blocked = lines.find((line) => line.includes('KILL_SWITCH')) ?? '';
    const explained = await command((options, output) => explain(options as CommonOptions, output, blocked.slice(-12)), {});
    expect(explained.lines.join('\n')).toMatch(/KILL_SWITCH/);
    expect((await command((options, output) => explain(options as CommonOptions, output, 'latest'), {})).exit).toBe(0);
    expect((await command((options, output) => explain(options as CommonOptions, output, '00000000'), {})).exit).toBe(
      '4 DECISION_NOT_FOUND',
    );
  });

  it('refuses what is wrong, by name', async () => {
    const bad = await ask(`${url}/v1/signals`, '{"instrument":"BTC-USDT"}');
    expect([bad.status, (bad.body.errors as unknown[]).length]).toEqual([400, 4]);
    expect((await ask_sql('DROP TABLE weir.trades')).exit).toBe('2 CLICKHOUSE_164');
    expect((await ask_sql('SELEC 1')).exit).toBe('2 CLICKHOUSE_62');
    expect((await command<object>(status as never, { gateway: 'nonsense' })).exit).toBe('2 USAGE');
    expect((await command<object>(status as never, { gateway: 'http://127.0.0.1:1' })).exit).toBe('69 OWNER_AWAY');
    const { hostname, port } = new URL(url);
    const { request } = await import('node:http');
    const code = await new Promise((resolve) => {
      request({ hostname, port, path: '/v1/status', headers: { host: 'evil.example' } }, (answer) =>
        resolve(answer.statusCode),
      ).end();
    });
    expect(code).toBe(403);
  });

  it('is killed, and trading is halted all the same, through the log', async () => {
    await gateway.end('SIGKILL');
    const env = {
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_PARTITIONS: String(PARTITIONS),
      WEIR_KAFKA_TOPIC_PREFIX: topology.prefix,
    };
    const options = { data: join(folder, 'nothing'), gateway: url, portfolio: '*', reason: 'test', code: [] };
    const act = (what: string, different = {}) =>
      said((given: typeof options, output) => trading(given, output, what), { ...options, ...different }, env);
    const halted = await act('halt');
    expect([halted.exit, rows(halted)]).toEqual([0, [{ portfolio: 'paper-1', status: 'IN_THE_LOG', state: 'HALTED' }]]);
    expect((await act('resume')).exit).toBe('69 OWNER_AWAY');
    expect((await act('halt', { portfolio: 'nobody' })).lines[0]).toMatch(/--portfolio nobody: expected \* or one of paper-1/);
    await startGateway();
    expect((await command<object>(status as never, {})).lines[1]).toMatch(/paper-1: HALTED/);
  });
});

describe('without brokers', () => {
  it('the gateway stays up, unready, and says so; it ends at once when it is told to', async () => {
    const alone = startTelling(['run', 'gateway', '--log', 'kafka'], {
      WEIR_KAFKA_BROKERS: '127.0.0.1:1',
      WEIR_GATEWAY_LISTEN: '127.0.0.1:0',
    });
    const url = String((await alone.told('gateway-listening')).url);
    expect((await ask(`${url}/livez`)).status).toBe(200);
    expect(await ask(`${url}/readyz`)).toMatchObject({ status: 503, body: { checks: { log: { ok: false } } } });
    expect(await ask(`${url}/v1/status`)).toMatchObject({ status: 503, body: { code: 'PROJECTION_BEHIND' } });
    expect(await ask(`${url}/v1/signals`, now({}))).toMatchObject({
      status: 503,
      body: { code: 'LOG_UNAVAILABLE', outcome: 'unknown' },
    });
    const asked = await ask(`${url}/v1/sql`, '{"query":"SELECT 1"}');
    expect([asked.body.code, asked.body.detail]).toEqual(['ARCHIVE_UNAVAILABLE', expect.stringMatching(/WEIR_CLICKHOUSE_URL/)]);
    expect(await alone.end('SIGTERM')).toBe(0);
  });

  it('an address beyond this machine is refused while there are no keys', async () => {
    const bold = startTelling(['run', 'gateway', '--log', 'kafka'], {
      WEIR_KAFKA_BROKERS: '127.0.0.1:1',
      WEIR_GATEWAY_LISTEN: '0.0.0.0:0',
    });
    await expect(bold.told('gateway-listening')).rejects.toThrow(/GATEWAY_BIND_UNPROTECTED/);
    expect(await bold.end('SIGKILL')).toBe(78);
  });
});
