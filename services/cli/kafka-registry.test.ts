// Stages beside a schema registry of their own ids: a user's own compatible schema is read, an unknown id is asked for once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AvroRecord } from '../../schemas/avro-schema.ts';
import { encode, schemaId, schemaLock, speak } from '../../schemas/codec.ts';
import { makeCodec, schemaIdIn } from '../../schemas/make-codec.ts';
import { blankSignal, type DeadLetter } from '../../schemas/records.generated.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../topology/kafka-broker/test-kafka.ts';
import { kafkaOf } from '../../topology/log/kafka/cluster.ts';
import { type KafkaLog, openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../../topology/log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';
import { type CountedRegistry, countedRegistry } from '../../topology/registry/counted-registry.ts';
import { registeredLogs } from '../../topology/registry/registered-log.ts';
import { registryClient } from '../../topology/registry/registry-client.ts';
import { type Registry, startRegistry } from '../../topology/registry/start-registry.ts';
import { subjectOf } from '../../topology/registry/subjects.ts';
import { countedRecords, until } from '../../topology/runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { exampleDeployment } from '../gateway/example.ts';
import { wallClock } from '../market/live/clock.ts';
import { type KafkaStages, startKafkaStages } from './kafka-stages.ts';
import { commandErrorOf } from './known-errors.ts';
import { oneBroker } from './one-broker.ts';
import type { OwnerEvent } from './owner-events.ts';
import { said } from './said.ts';
import { schemasRegister } from './schemas.ts';

const DECIDED_MS = 40_000;
const SIGNAL = JSON.parse(schemaLock.Signal?.versions.at(-1)?.schema ?? '{}') as AvroRecord;
/** As a user of a later version, or with a wish of his own, would register it. */
const COLOURED = JSON.stringify({ ...SIGNAL, fields: [...SIGNAL.fields, { name: 'colour', type: 'string', default: '' }] });

describeKafka('stages beside a registry', () => {
  const data = mkdtempSync(join(tmpdir(), 'weir-registered-'));
  const topology = topologyOf(1, {}, freshPrefix());
  const events: OwnerEvent[] = [];
  let registry: Registry;
  let counted: CountedRegistry;
  let config: KafkaConfig;
  let log: KafkaLog;
  let stages: KafkaStages;
  let coloured: number;

  beforeAll(async () => {
    const [brokers, started] = await Promise.all([sharedKafka(), startRegistry({ storage: 'memory' })]);
    registry = started;
    counted = await countedRegistry(registry.url);
    const settings = kafkaSettings(brokers, { heartbeat_ms: 300, session_ms: 6_000 });
    const client = { url: counted.url, username: null, password: null, request_ms: 5_000, away_ms: 1_000, fresh_ms: 0 };
    const registry_ids_file = join(data, 'ids.json');
    await makeTopicsOf(brokers, topology);
    // Somebody was there before us: no id is the lock's.
    const direct = registryClient({ ...client, url: registry.url });
    await direct.register('others', '{"type":"record","name":"Others","fields":[]}');
    const env = {
      WEIR_KAFKA_BROKERS: brokers.join(','),
      WEIR_KAFKA_TOPIC_PREFIX: topology.prefix,
      WEIR_KAFKA_REGISTRY_URL: registry.url,
      WEIR_KAFKA_REGISTRY_FRESH_S: '0',
      WEIR_KAFKA_REGISTRY_MAP_FILE: registry_ids_file,
    };
    expect((await said(schemasRegister, { data }, env)).exit).toBe(0);
    coloured = await direct.register(subjectOf('Signal', topology.prefix), COLOURED);
    config = { ...oneBroker(settings, topology), registry: client, registry_ids_file };
    stages = await startKafkaStages({
      config,
      deployment: exampleDeployment(),
      stages: ['enrichment', 'decision', 'clock', 'market'],
      market: { data, seed: 42, scenario: 'calm' },
      health: null,
      log: (event) => events.push(event),
    });
    log = await openKafkaLog({ settings, topology });
    await until('ready', () => stages.probe().status === 'ok', 60_000);
  }, 240_000);
  afterAll(async () => {
    stages?.stop('test');
    await stages?.ended;
    await log?.close();
    speak(schemaLock);
    await counted?.close();
    await registry?.stop();
    if (config !== undefined) await removeTopicsOf(config.settings.brokers, topology);
    rmSync(data, { recursive: true, force: true });
  }, 60_000);

  async function send(value: Uint8Array): Promise<void> {
    const producer = kafkaOf(config.settings).producer();
    await producer.connect();
    const topic = `${topology.prefix}signals.v1`;
    await producer.send({ topic, messages: [{ key: 'BTC-USDT-PERP', value: Buffer.from(value) }] });
    await producer.disconnect();
  }
  const signal = (event_id: string) => ({
    ...blankSignal(),
    ...({ instrument: 'BTC-USDT-PERP', direction: 'long', source: 'my_bot', signal_type: 'breakout', event_id } as const),
    event_time: wallClock(),
  });
  async function decided(): Promise<number> {
    const records = await countedRecords(log, 'decisions.v1');
    return records.filter((record) => record.type === 'Decision' && record.value.subject_type === 'signal').length;
  }
  async function letters(): Promise<DeadLetter[]> {
    const records = await countedRecords(log, 'dead-letters.v1');
    return records.flatMap((record) => (record.type === 'DeadLetter' ? [record.value] : []));
  }
  /** Framed with the id; what follows nobody can read. */
  const strange = (id: number): Uint8Array => {
    const bytes = Buffer.from([0, 0, 0, 0, 0, 7, 7, 7]);
    bytes.writeUInt32BE(id, 1);
    return bytes;
  };

  it('a signal in a compatible schema that a user has registered comes out decided', async () => {
    const codec = makeCodec({ Signal: { locked: true, versions: [{ id: coloured, fingerprint: '', schema: COLOURED }] } });
    const value = { ...signal('coloured'), colour: 'red' };
    await send(codec.encode('Signal', value));
    await until('decided', async () => (await decided()) === 1, DECIDED_MS);
    expect([await letters(), counted.asked(coloured)]).toEqual([[], 1]);
    await send(codec.encode('Signal', { ...value, event_id: 'coloured-2' }));
    await until('decided', async () => (await decided()) === 2, DECIDED_MS);
    expect(counted.asked(coloured)).toBe(1);
  }, 90_000);

  it('what is written carries the ids of the registry', async () => {
    const entries = await log.read('decisions.v1', 0, 0, 100);
    const written = entries.find(({ kind }) => kind === 'RECORD')?.value;
    const id = schemaIdIn(written ?? new Uint8Array());
    expect(id).toBe(schemaId('Decision'));
    expect(id).toBe((schemaLock.Decision?.versions.at(-1)?.id ?? 0) + 1);
    const answer = await fetch(`${registry.url}/schemas/ids/${id}`);
    expect((JSON.parse(((await answer.json()) as { schema: string }).schema) as AvroRecord).name).toBe('Decision');
  });

  it('an unknown id is asked for once; each of its records is a dead letter with its bytes, and the stage goes on', async () => {
    await send(strange(999_999));
    await send(strange(999_999));
    await send(encode('Signal', signal('after-unknown')));
    await until('decided', async () => (await decided()) === 3, DECIDED_MS);
    const found = await letters();
    expect(found.map(({ value }) => [...value])).toEqual([[...strange(999_999)], [...strange(999_999)]]);
    for (const letter of found)
      expect(letter).toMatchObject({
        error_class: 'SCHEMA_UNKNOWN',
        schema_id: 999_999,
        message: 'schema id 999999 is neither in the lock nor in the registry',
      });
    expect(counted.asked(999_999)).toBe(1);
  }, 90_000);

  it('without the registry known ids are decided, and an unknown one waits a bounded time before it is a dead letter', async () => {
    counted.setState('away');
    await send(encode('Signal', signal('away')));
    await until('decided', async () => (await decided()) === 4, DECIDED_MS);
    await send(strange(999_998));
    await send(strange(999_997));
    await send(encode('Signal', signal('after-away')));
    await until('decided', async () => (await decided()) === 5, DECIDED_MS);
    const [, , third, fourth] = await letters();
    for (const [letter, id] of [[third, 999_998] as const, [fourth, 999_997] as const]) {
      expect(letter).toMatchObject({ error_class: 'SCHEMA_UNKNOWN', schema_id: id });
      expect(letter?.message).toMatch(/is not in the lock: registry: .* has not answered for \d+ ms/);
      expect([...(letter?.value ?? [])]).toEqual([...strange(id)]);
    }
    // One silence is enough: the second id does not wait again.
    expect(counted.asked(999_997)).toBe(0);
    expect(events.filter(({ event }) => event === 'registry-away').length).toBeGreaterThan(0);
    expect(events.filter(({ event }) => event === 'partition-stopped' || event === 'log-failed')).toEqual([]);
    counted.setState('there');
  }, 90_000);

  it('one that does not let us in, or whose ids are others, ends the start with what to do; one that is away does not', async () => {
    const start = (changes: Partial<KafkaConfig>) => registeredLogs({ ...config, ...changes }, (message) => told.push(message));
    const told: string[] = [];
    const outcome = async (changes: Partial<KafkaConfig>) => {
      const error = commandErrorOf(await start(changes).catch((e: unknown) => e));
      return error === null ? null : `${error.exit} ${error.code} ${error.message}`;
    };
    try {
      expect(await outcome({ registry_ids_file: null })).toMatch(
        /^78 REGISTRY_DIFFERS registry: id 1 of \w+ is another schema there/,
      );
      expect(await outcome({ registry_ids_file: join(data, 'none.json') })).toMatch(/^78 REGISTRY_DIFFERS .*none\.json.*ENOENT/);
      counted.setState(401);
      expect(await outcome({})).toMatch(/^78 REGISTRY_REFUSED .*refuses \(401\)/);
      expect(told).toEqual([]);
      counted.setState('away');
      expect(await outcome({})).toBeNull();
      expect(told).toEqual([expect.stringMatching(/has not answered/)]);
    } finally {
      counted.setState('there');
    }
  });
});
