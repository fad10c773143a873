// The archive as a process on a real broker, storing through ClickHouse's HTTP interface: killed in the middle of its work it
// goes on, and every read is as if it never had been; records of a writer that is no longer the owner are kept and count nowhere.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openServerStore, type Store } from '../../clickhouse/client.ts';
import { type Engine, startEngine } from '../../clickhouse/start-engine.ts';
import { decimal } from '../../schemas/money.ts';
import { blankCandle, blankDecision, blankTrade } from '../../schemas/records.generated.ts';
import { freePorts } from '../../topology/kafka-broker/free-ports.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { newDraft } from '../../topology/log/draft.ts';
import { type KafkaLog, openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { cutBelow, makeTopicsOf, removeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import type { Outgoing } from '../../topology/log/shared-log.ts';
import { until } from '../../topology/runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology/topology.ts';
import { readLag } from './lag.ts';
import { oneBroker } from './one-broker.ts';
import { startTelling, type TellingWeir } from './telling-weir.ts';

const PARTITIONS = 2;
const T0 = 1_767_225_600_000_000;

describeKafka('the archive on kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-kafka-archive-'));
  const topology = topologyOf(PARTITIONS, {}, freshPrefix());
  let brokers: readonly string[];
  let log: KafkaLog;
  let engine: Engine;
  let store: Store;
  const running: TellingWeir[] = [];

  beforeAll(async () => {
    brokers = await sharedKafka();
    await makeTopicsOf(brokers, topology);
    log = await openKafkaLog({ settings: kafkaSettings(brokers), topology });
    engine = await startEngine(join(folder, 'clickhouse'));
    store = openServerStore({ url: engine.url }, 'weir');
  });
  afterAll(async () => {
    for (const one of running) await one.end('SIGKILL');
    await store?.close();
    await engine?.stop();
    await log?.close();
    await removeTopicsOf(brokers, topology);
    rmSync(folder, { recursive: true, force: true });
  });

  function start(different: Readonly<Record<string, string>> = {}): TellingWeir {
    const started = startTelling(['run', 'archive', '--log', 'kafka', '--data', folder], {
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_PARTITIONS: String(PARTITIONS),
      WEIR_KAFKA_TOPIC_PREFIX: topology.prefix,
      WEIR_KAFKA_SESSION_S: '6',
      WEIR_KAFKA_HEARTBEAT_S: '0.3',
      WEIR_CLICKHOUSE_URL: engine.url,
      WEIR_ARCHIVE_BATCH_ROWS: '40',
      WEIR_ARCHIVE_BATCH_S: '0.05',
      ...different,
    });
    running.push(started);
    return started;
  }

  let made = 0;
  let probes = 0;
  const claim = (id: string) => ({ slot: 'decision/journal.v1/0', id });
  const claims = (id: string): Outgoing[] =>
    (['decisions.v1', 'trades.v1', 'positions.v1'] as const).map((topic) => ({
      kind: 'CLAIM',
      topic,
      partition: 0,
      claim: claim(id),
    }));

  function decision(id: string, under: string): Outgoing {
    const value = { ...blankDecision(), decision_id: id, portfolio: 'pf', run_id: 'paper', signal_ts: T0, decided_at: T0 };
    const draft = newDraft('decisions.v1', 0, 'Decision', 'pf', value, T0, id, '', '', null, '', null);
    return { kind: 'RECORD', draft, claim: claim(under) };
  }

  /** What sources, a decision and one that is no longer the owner write. */
  function some(): Outgoing[] {
    const n = made++;
    const bar = {
      ...blankCandle(),
      instrument: `I${n % 7}`,
      interval: '1m' as const,
      open_time: T0 + n * 60_000_000,
      close: decimal('1'),
    };
    const trade = { ...blankTrade(), trade_id: `t${n}`, run_id: 'paper', opened_at: T0, net: decimal(String(n)) };
    const plain = (
      topic: 'market.v1' | 'journal.v1' | 'signals.v1',
      type: 'Candle' | 'Tick' | 'Raw',
      value: object,
    ): Outgoing => ({
      kind: 'RECORD',
      draft: newDraft(topic, n % PARTITIONS, type, `k${n}`, value as never, T0, '', '', '', null, '', { 'x-team': 'desk' }),
      claim: null,
    });
    return [
      plain('market.v1', 'Candle', bar),
      plain('journal.v1', 'Tick', { tick_at: T0 + n, skew_ms: 0 }),
      plain('signals.v1', 'Raw', new TextEncoder().encode(`{"n":${n}}`)),
      decision(`d${n}`, 'new'),
      decision(`zombie${n}`, 'old'),
      {
        kind: 'RECORD',
        draft: newDraft('trades.v1', 0, 'Trade', 'pf', trade, T0, `t${n}`, '', '', null, '', null),
        claim: claim('new'),
      },
    ];
  }

  async function ends(): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const topic of ['signals.v1', 'journal.v1', 'decisions.v1', 'trades.v1'] as const) {
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const end = await log.endOffset(topic, partition);
        if (end > 0) found[`${topic}/${partition}`] = end;
      }
    }
    return found;
  }

  async function stored(): Promise<Record<string, number>> {
    const rows = await store.query(
      'stored',
      'SELECT _topic, _partition, count() AS n, uniqExact(_offset) AS offsets, max(_offset) AS last FROM weir.records FINAL GROUP BY ALL',
    );
    return Object.fromEntries(
      rows.map((row) => [
        `${row._topic}/${row._partition}`,
        row.n === row.offsets && Number(row.last) + 1 === Number(row.n) ? Number(row.n) : Number.NaN,
      ]),
    );
  }

  const ids = async (sql: string): Promise<string[]> => (await store.query('ids', sql)).map((row) => String(row.id));

  /** How often the decision stands; -1 while ClickHouse does not answer. */
  const found = (id: string): Promise<number> =>
    ids(`SELECT decision_id AS id FROM weir.v_decisions WHERE decision_id = '${id}'`).then(
      (rows) => rows.length,
      () => -1,
    );
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

  it('is killed twice under load while another takes over, and has everything once', async () => {
    let cut = 0;
    const ports = await freePorts(2);
    await log.append([...claims('old'), decision('first', 'old'), ...claims('new')]);
    let archive = start();
    for (let kill = 0; kill < 2; kill++) {
      for (let burst = 0; burst < 10; burst++) {
        await log.append(Array.from({ length: 20 }, some).flat());
        await wait(20);
      }
      const before = kill === 0 ? 0 : sum(await stored());
      await until('something is stored since', async () => sum(await stored().catch(() => ({}))) > before, 60_000);
      // Another one is there already, or comes just now: for a while both have the partitions.
      probes = ports[kill] ?? 0;
      const other = start({ WEIR_OPS_LISTEN: `127.0.0.1:${probes}` });
      if (kill > 0) await other.told('archive-ready');
      await archive.end('SIGKILL');
      if (sum(await stored()) < sum(await ends())) cut += 1;
      archive = other;
    }
    expect(cut).toBeGreaterThan(0);
    const wanted = await ends();
    await until(
      'all is stored',
      async () => JSON.stringify(Object.entries(await stored()).sort()) === JSON.stringify(Object.entries(wanted).sort()),
      60_000,
    );

    const all = Array.from({ length: made }, (_, n) => n);
    expect(new Set(await ids('SELECT decision_id AS id FROM weir.v_decisions'))).toEqual(
      new Set(['first', ...all.map((n) => `d${n}`)]),
    );
    expect(await ids('SELECT toString(count()) AS id FROM weir.v_decisions')).toEqual([String(made + 1)]);
    expect(await ids('SELECT toString(count()) AS id FROM weir.candles FINAL')).toEqual([String(made)]);
    const net = all.reduce((a, b) => a + b, 0);
    expect(await ids('SELECT toString(sum(net)) AS id FROM weir.v_trades')).toEqual([String(net)]);
    const kept = await store.query(
      'kept',
      "SELECT record, counts, count() AS n, any(headers['weir-claim']) AS claim FROM weir.records FINAL WHERE _topic = 'decisions.v1' GROUP BY ALL ORDER BY record, counts",
    );
    expect(kept).toMatchObject([
      { record: 'CLAIM', counts: false, n: '2' },
      { record: 'Decision', counts: false, n: String(made), claim: 'decision/journal.v1/0/old' },
      { record: 'Decision', counts: true, n: String(made + 1) },
    ]);
    expect(await ids("SELECT DISTINCT headers['x-team'] AS id FROM weir.records FINAL WHERE _topic = 'signals.v1'")).toEqual([
      'desk',
    ]);

    const settings = kafkaSettings(brokers);
    const config = oneBroker(settings, topology);
    await until(
      'its lag is told, and gone',
      async () => {
        const rows = (await readLag(config)).filter(({ stage, end }) => stage === 'archive' && end > 0);
        return rows.length >= 8 && rows.every(({ lag }) => lag === 0);
      },
      20_000,
    );

    // ClickHouse goes away and comes back: nothing is lost, and meanwhile the process says so.
    const ready = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${probes}/readyz`)).ok;
    await until('it is ready', ready);
    await engine.kill();
    await log.append([decision('while away', 'new')]);
    await until('it is unready', async () => !(await ready()));
    await engine.restart();
    await until('what came meanwhile is stored', async () => (await found('while away')) === 1);
    await until('it is ready again', ready);

    // Away again, and told to end: what was not stored is found by the next one.
    await engine.kill();
    await log.append([decision('at the end', 'new')]);
    await until('it is unready', async () => !(await ready()));
    expect(await archive.end('SIGTERM')).toBe(0);
    await engine.restart();
    const next = start();
    await until('it is stored', async () => (await found('at the end')) === 1, 40_000);
    expect(await next.end('SIGTERM')).toBe(0);
  }, 180_000);

  it('a partition stands where a Claim lies before its start, or its topic was made anew; the others go on', async () => {
    const gone = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, gone);
    const other = await openKafkaLog({ settings: kafkaSettings(brokers), topology: gone });
    const database = 'gone';
    try {
      await other.append([...claims('new'), decision('early', 'new'), decision('late', 'new')]);
      await cutBelow(brokers, gone, 'decisions.v1', 0, 2);
      const first = start({
        WEIR_KAFKA_TOPIC_PREFIX: gone.prefix,
        WEIR_KAFKA_PARTITIONS: '1',
        WEIR_CLICKHOUSE_DATABASE: database,
      });
      expect(await first.told('archive-trouble')).toMatchObject({
        message: expect.stringMatching(
          /decisions\.v1\/0 stands: .* offset 2: written under claim new of decision\/journal\.v1\/0, whose Claim lies before/,
        ),
      });
      const kept = async (): Promise<unknown> =>
        (await store.query('kept', `SELECT next FROM ${database}.archive_positions FINAL WHERE topic = 'positions.v1'`))[0]?.next;
      await until('the others went on', async () => (await kept().catch(() => null)) === '1');
      expect(await first.end('SIGTERM')).toBe(0);
      await removeTopicsOf(brokers, gone, ['positions.v1']);
      await makeTopicsOf(brokers, gone, ['positions.v1']);
      const second = start({
        WEIR_KAFKA_TOPIC_PREFIX: gone.prefix,
        WEIR_KAFKA_PARTITIONS: '1',
        WEIR_CLICKHOUSE_DATABASE: database,
      });
      let told = '';
      await until('it says so', () => {
        told = second
          .events()
          .filter(({ event }) => event === 'archive-trouble')
          .map(({ message }) => String(message))
          .join();
        return /positions\.v1\/0 stands: .*made anew/.test(told);
      });
      expect(await second.end('SIGTERM')).toBe(0);
    } finally {
      await other.close();
      await removeTopicsOf(brokers, gone);
    }
  }, 60_000);

  it('wrong credentials are said at once', async () => {
    const guarded = await startEngine(join(folder, 'guarded'), 'right');
    const refused = start({
      WEIR_CLICKHOUSE_URL: guarded.url,
      WEIR_CLICKHOUSE_USERNAME: 'weir',
      WEIR_CLICKHOUSE_PASSWORD: 'wrong',
    });
    await expect(refused.told('archive-ready')).rejects.toThrow(/CLICKHOUSE_516/);
    expect((await refused.ended).code).toBe(78);
    await guarded.stop();
  });
});
