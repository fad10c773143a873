// A log beside a registry: a record of an id that nobody has asked for yet waits for the answer, and only that record.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AvroRecord } from '../../schemas/avro-schema.ts';
import { encode, schemaLock, speak } from '../../schemas/codec.ts';
import { makeCodec } from '../../schemas/make-codec.ts';
import { blankTick } from '../../schemas/records.generated.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../kafka-broker/test-kafka.ts';
import { newDraft } from '../log/draft.ts';
import type { KafkaLog } from '../log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../log/kafka/settings.ts';
import { topologyOf } from '../topology.ts';
import { type CountedRegistry, countedRegistry } from './counted-registry.ts';
import { registeredLogs } from './registered-log.ts';
import { registryClient } from './registry-client.ts';
import { RegistryAwayError } from './registry-errors.ts';
import { type Registry, startRegistry } from './start-registry.ts';
import { wantedSchemas } from './subjects.ts';

const TICK = JSON.parse(schemaLock.Tick?.versions.at(-1)?.schema ?? '{}') as AvroRecord;
const later = (field: string): string =>
  JSON.stringify({ ...TICK, fields: [...TICK.fields, { name: field, type: 'string', default: '' }] });

describeKafka('a log beside a registry', () => {
  const topology = topologyOf(1, {}, freshPrefix());
  let brokers: readonly string[];
  let registry: Registry;
  let counted: CountedRegistry;
  let log: KafkaLog;
  const client = (url = counted.url) => ({ url, username: null, password: null, request_ms: 5_000, away_ms: 500, fresh_ms: 0 });

  beforeAll(async () => {
    [brokers, registry] = await Promise.all([sharedKafka(), startRegistry({ storage: 'memory' })]);
    counted = await countedRegistry(registry.url);
    for (const { subject, schema } of wantedSchemas(topology.prefix))
      await registryClient(client(registry.url)).register(subject, schema);
    await makeTopicsOf(brokers, topology);
    const open = await registeredLogs({ registry: client(), registry_ids_file: null }, () => {});
    log = await open({ settings: kafkaSettings(brokers), topology });
  }, 240_000);
  afterAll(async () => {
    await log?.close();
    speak(schemaLock);
    await counted?.close();
    await registry?.stop();
    await removeTopicsOf(brokers, topology);
  }, 60_000);

  async function append(values: readonly Uint8Array[]): Promise<number> {
    const drafts = values.map((value) => newDraft('journal.v1', 0, 'Raw', 'k', value, 0, '', '', '', null, '', null));
    const [first] = await log.append(drafts.map((draft) => ({ kind: 'RECORD', draft, claim: null })));
    return first?.offset ?? -1;
  }
  /** As a later version of a stage writes it. */
  function tick(id: number, schema: string): Uint8Array {
    return makeCodec({ Tick: { locked: true, versions: [{ id, fingerprint: '', schema }] } }).encode('Tick', {
      ...blankTick(),
      colour: 'red',
      taste: 'sour',
    } as never);
  }
  async function typesFrom(offset: number): Promise<string[]> {
    return (await log.read('journal.v1', 0, offset, 10)).map((entry) => entry.record().type);
  }

  it('hands out what lies before it at once, then waits', async () => {
    const id = await registryClient(client(registry.url)).register(`${topology.prefix}journal.v1-weir.Tick`, later('colour'));
    const known = encode('Tick', blankTick());
    const first = await append([known, tick(id, later('colour')), known]);
    await log.waitFor('journal.v1', 0, first);
    expect([await typesFrom(first), await typesFrom(first + 1)]).toEqual([['Tick'], []]);
    await log.waitFor('journal.v1', 0, first + 1);
    expect([await typesFrom(first + 1), counted.asked(id)]).toEqual([['Tick', 'Tick'], 1]);
  });

  it('of our own topics skips nothing while the registry is away: the wait fails, and again, until it is there', async () => {
    const id = await registryClient(client(registry.url)).register(`${topology.prefix}journal.v1-weir.Tick`, later('taste'));
    const first = await append([tick(id, later('taste'))]);
    await log.waitFor('journal.v1', 0, first);
    counted.setState('away');
    for (let n = 0; n < 3; n++) {
      expect(await typesFrom(first)).toEqual([]);
      await expect(log.waitFor('journal.v1', 0, first)).rejects.toThrow(RegistryAwayError);
    }
    counted.setState('there');
    const open = await registeredLogs({ registry: client(), registry_ids_file: null }, () => {});
    await log.close();
    log = await open({ settings: kafkaSettings(brokers), topology });
    await log.waitFor('journal.v1', 0, first);
    expect(await typesFrom(first)).toEqual([]);
    await log.waitFor('journal.v1', 0, first);
    expect(await typesFrom(first)).toEqual(['Tick']);
  });

  it('an id that the registry does not know is poison there as well', async () => {
    const first = await append([new Uint8Array([0, 0, 15, 66, 63, 1])]);
    await log.waitFor('journal.v1', 0, first);
    await log.read('journal.v1', 0, first, 1);
    await log.waitFor('journal.v1', 0, first);
    expect(await typesFrom(first)).toEqual(['Raw']);
  });
});
