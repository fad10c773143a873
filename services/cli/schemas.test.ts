// `schemas` against real registries: ids agree or are mapped, what cannot be registered is named, and each failure says itself.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { schemaLock } from '../../schemas/codec.ts';
import { makeCodec } from '../../schemas/make-codec.ts';
import { blankTick } from '../../schemas/records.generated.ts';
import { describeKafka, freshPrefix } from '../../topology/kafka-broker/test-kafka.ts';
import { parseRegistryIds, withRegistryIds } from '../../topology/registry/id-map.ts';
import { registryClient } from '../../topology/registry/registry-client.ts';
import { type Registry, startRegistry } from '../../topology/registry/start-registry.ts';
import { subjectOf } from '../../topology/registry/subjects.ts';
import { type Said, said as saidBy } from './said.ts';
import { schemasCheck, schemasDiff, schemasRegister } from './schemas.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-schemas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function said(command: typeof schemasDiff, env: Readonly<Record<string, string>>): Promise<Said> {
  const usual = { WEIR_KAFKA_BROKERS: '127.0.0.1:1', WEIR_KAFKA_REGISTRY_FRESH_S: '0' };
  return saidBy(command, { data: folder }, { ...usual, ...env });
}

const COUNT = Object.values(schemaLock).reduce((sum, { versions }) => sum + versions.length, 0);
const TICK = JSON.parse(schemaLock.Tick?.versions.at(-1)?.schema ?? '');
const tickWith = (...fields: object[]): string => JSON.stringify({ ...TICK, fields: [...TICK.fields, ...fields] });
const PATIENT = { username: null, password: null, request_ms: 10_000, away_ms: 30_000, fresh_ms: 0 };

describeKafka('schemas in a registry', () => {
  let own: Registry;
  let shared: Registry;
  beforeAll(async () => {
    own = await startRegistry({ storage: 'memory' });
    shared = await startRegistry({ storage: 'memory' });
  });
  afterAll(() => Promise.all([own?.stop(), shared?.stop()]));

  it('of our own: are missing, compatible, registered under the ids of the lock, and then the same', async () => {
    const env = { WEIR_KAFKA_REGISTRY_URL: own.url };
    const before = await said(schemasDiff, env);
    expect([before.exit, before.lines.length, before.lines.at(-1)]).toEqual([3, COUNT + 1, `${COUNT} differences`]);
    expect(before.lines).toContain('+ journal.v1-weir.Tick: id 20 is not registered');
    expect(await said(schemasCheck, env)).toMatchObject({
      exit: 0,
      lines: [`${COUNT} schemas are compatible with the registry`],
    });
    expect((await said(schemasRegister, env)).lines.at(-1)).toBe(
      `${COUNT} schemas, ${COUNT} added: the ids of registry and lock agree`,
    );
    expect(await said(schemasDiff, env)).toMatchObject({ exit: 0, document: { map_file: null, differences: [] } });
    expect((await said(schemasRegister, env)).lines.at(-1)).toBe(`${COUNT} schemas, 0 added: the ids of registry and lock agree`);
    expect(existsSync(join(folder, 'registry-ids.json'))).toBe(false);
  });

  it('shared with others: have other ids, which a map keeps; with it all agree again', async () => {
    await registryClient({ ...PATIENT, url: shared.url }).register('others', '{"type":"record","name":"Others","fields":[]}');
    const map_file = join(folder, 'deep', 'ids.json');
    const env = { WEIR_KAFKA_REGISTRY_URL: shared.url, WEIR_KAFKA_REGISTRY_MAP_FILE: map_file };
    const { exit, lines, document } = await said(schemasRegister, env);
    expect([exit, lines.at(-1)]).toEqual([
      0,
      `${COUNT} schemas, ${COUNT} added: ${COUNT} ids differ from the lock; the map is ${map_file}`,
    ]);
    expect(lines).toContain('+ journal.v1-weir.Tick: id 21 (20 in the lock)');
    expect(document).toMatchObject({ added: COUNT, map_file });
    expect((await said(schemasDiff, env)).exit).toBe(0);
    const unmapped = await said(schemasDiff, { WEIR_KAFKA_REGISTRY_URL: shared.url });
    expect(unmapped.lines).toContain('~ journal.v1-weir.Tick: id 20 is 21 in the registry');
    const codec = makeCodec(withRegistryIds(schemaLock, parseRegistryIds(readFileSync(map_file, 'utf8'))));
    expect([...codec.encode('Tick', blankTick()).subarray(0, 5)]).toEqual([0, 0, 0, 0, 21]);
  });

  it.each([
    [
      'that needs a field',
      tickWith({ name: 'colour', type: 'string' }),
      /^! .*Tick: id 20 is not compatible with version 1: Tick\.colour: one version lacks it/,
    ],
    [
      'of another shape',
      JSON.stringify({ ...TICK, fields: [{ name: 'tick_at', type: 'string' }] }),
      /^! .*Tick\.tick_at: string became long/,
    ],
  ])('cannot follow a version %s, and which is said', async (_, other, message) => {
    const prefix = freshPrefix();
    const env = { WEIR_KAFKA_REGISTRY_URL: own.url, WEIR_KAFKA_TOPIC_PREFIX: prefix };
    await registryClient({ ...PATIENT, url: own.url }).register(subjectOf('Tick', prefix), other);
    const check = await said(schemasCheck, env);
    expect([check.exit, check.lines]).toEqual([3, [expect.stringMatching(message), '1 faults']]);
    const register = await said(schemasRegister, env);
    expect([register.exit, register.lines[0]]).toEqual(['3 SCHEMA_REFUSED', expect.stringMatching(/refuses \(409\)/)]);
  });

  it('may have a newer version that we do not know: it is told, and is no obstacle', async () => {
    const prefix = freshPrefix();
    const env = { WEIR_KAFKA_REGISTRY_URL: own.url, WEIR_KAFKA_TOPIC_PREFIX: prefix };
    expect((await said(schemasRegister, env)).exit).toBe(0);
    const id = await registryClient({ ...PATIENT, url: own.url }).register(
      subjectOf('Tick', prefix),
      tickWith({ name: 'shade', type: 'string', default: '' }),
    );
    const diff = await said(schemasDiff, env);
    expect([diff.exit, diff.lines[0]]).toEqual([3, `? ${prefix}journal.v1-weir.Tick: version 2 (id ${id}) is not in the lock`]);
    expect((await said(schemasCheck, env)).exit).toBe(0);
    expect((await said(schemasRegister, env)).exit).toBe(0);
  });
});

describe('without a sound registry', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.close();
    server = null;
  });
  async function answering(status: number, body: object): Promise<string> {
    const fake = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    server = fake;
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
  }

  it.each([
    ['that is not configured', async () => '', '78 CONFIG', /WEIR_KAFKA_REGISTRY_URL: is not set/],
    ['that is away', async () => 'http://127.0.0.1:1', '69 REGISTRY_AWAY', /http:\/\/127\.0\.0\.1:1 has not answered for \d+ ms/],
    [
      'of another level',
      () => answering(200, { compatibilityLevel: 'BACKWARD' }),
      '3 REGISTRY_LEVEL',
      /level of the registry is BACKWARD, expected FULL_TRANSITIVE/,
    ],
    ['that does not know us', () => answering(401, { message: 'who?' }), '78 REGISTRY_REFUSED', /refuses \(401\)/],
  ])('%s: exit %s', async (_, url, exit, message) => {
    const env = { WEIR_KAFKA_REGISTRY_URL: await url(), WEIR_KAFKA_REGISTRY_AWAY_S: '0.4' };
    for (const command of [schemasRegister, schemasCheck]) {
      const { exit: code, lines } = await said(command, env);
      expect([code, lines[0]]).toEqual([exit, expect.stringMatching(message)]);
    }
  });
});
