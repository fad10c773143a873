// The client of the registry is patient, but not for ever; a real registry gives the lock's ids, to many at once.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { schemaLock } from '../../schemas/codec.ts';
import { describeKafka } from '../kafka-broker/test-kafka.ts';
import { type RegistryClientSettings, registryClient } from './registry-client.ts';
import { type Registry, startRegistry } from './start-registry.ts';
import { wantedSchemas } from './subjects.ts';

const QUICK = { username: null, password: null, request_ms: 200, away_ms: 600, fresh_ms: 0 };

describe('towards a registry that misbehaves', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = null;
  });
  /** A registry that answers so; returns a client for it. */
  async function against(listener: RequestListener, different: Partial<RegistryClientSettings> = {}) {
    const fake = createServer(listener);
    server = fake;
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    return registryClient({ ...QUICK, url: `http://127.0.0.1:${(fake.address() as AddressInfo).port}`, ...different });
  }
  const schema = { schema: '"string"' };

  it('that hangs, gives up after its patience', async () => {
    let questions = 0;
    const client = await against(() => {
      questions += 1;
    });
    await expect(client.schemaById(1)).rejects.toThrow(/registry: http:.* has not answered for \d+ ms/);
    expect(questions).toBeGreaterThan(1);
  });

  it('that is not there, gives up after its patience', async () => {
    const client = registryClient({ ...QUICK, url: 'http://127.0.0.1:1' });
    await expect(client.schemaById(1)).rejects.toMatchObject({ name: 'RegistryAwayError' });
    await expect(client.register('x', '"string"')).rejects.toMatchObject({ name: 'RegistryAwayError' });
    await expect(client.compatibility()).rejects.toMatchObject({ name: 'RegistryAwayError' });
  });

  it.each([500, 503, 429])('that says %d twice, gets its answer', async (status) => {
    let questions = 0;
    const client = await against((_, response) => {
      questions += 1;
      response.writeHead(questions < 3 ? status : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(schema));
    });
    expect([await client.schemaById(1), questions]).toEqual(['"string"', 3]);
  });

  it('that has just come up, asks again before it believes that there is nothing', async () => {
    let questions = 0;
    const client = await against(
      (_, response) => {
        questions += 1;
        response.writeHead(questions < 3 ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(questions < 3 ? { error_code: 40403, message: 'not found' } : schema));
      },
      { fresh_ms: 5_000 },
    );
    expect([await client.schemaById(1), questions]).toEqual(['"string"', 3]);
  });

  it('believes a registry that has been there for a while', async () => {
    let questions = 0;
    const client = await against((_, response) => {
      questions += 1;
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"error_code":40403,"message":"not found"}');
    });
    expect([await client.schemaById(1), questions]).toEqual([null, 1]);
  });

  it.each([401, 403, 422])('that refuses with %d, does not ask twice', async (status) => {
    let questions = 0;
    const client = await against((_, response) => {
      questions += 1;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{"message":"no"}');
    });
    await expect(client.schemaById(1)).rejects.toMatchObject({ name: 'RegistryRefusedError', status });
    expect(questions).toBe(1);
  });

  it('says who it is', async () => {
    const seen: (string | undefined)[] = [];
    const client = await against(
      (request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ...schema, compatibilityLevel: 'FULL' }));
      },
      { username: 'me', password: 'secret' },
    );
    await client.schemaById(1);
    expect(await client.compatibility()).toBe('FULL');
    expect(seen).toEqual([`Basic ${btoa('me:secret')}`, `Basic ${btoa('me:secret')}`]);
  });
});

const PATIENT = { ...QUICK, request_ms: 10_000, away_ms: 30_000 };

describeKafka('a real registry in memory', () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry({ storage: 'memory' });
  });
  afterAll(() => registry?.stop());

  it('gives the ids of the lock, however many ask at once afterwards', async () => {
    const client = registryClient({ ...PATIENT, url: registry.url });
    expect(await client.compatibility()).toBe('FULL_TRANSITIVE');
    const wanted = wantedSchemas('');
    for (const { subject, schema, id } of wanted)
      expect([subject, await client.register(subject, schema)]).toEqual([subject, id]);
    const again = await Promise.all(
      Array.from({ length: 4 }, () => registryClient({ ...PATIENT, url: registry.url })).flatMap((one) =>
        wanted.map(({ subject, schema }) => one.register(subject, schema)),
      ),
    );
    expect(again).toEqual([...wanted, ...wanted, ...wanted, ...wanted].map(({ id }) => id));
    const tick = schemaLock.Tick?.versions.at(-1);
    expect(JSON.parse((await client.schemaById(tick?.id ?? 0)) ?? 'null')).toEqual(JSON.parse(tick?.schema ?? ''));
    expect(await client.schemaById(999_999)).toBeNull();
  });

  it('registers the same first schema for many at once, under one id', async () => {
    const schema = '{"type":"record","name":"First","fields":[]}';
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => registryClient({ ...PATIENT, url: registry.url }).register('first', schema)),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await registryClient({ ...PATIENT, url: registry.url }).versionsOf('first')).toHaveLength(1);
  });

  it('refuses what is not compatible, and says so', async () => {
    const client = registryClient({ ...PATIENT, url: registry.url });
    const record = (fields: object[]): string => JSON.stringify({ type: 'record', name: 'Grown', fields });
    const one = record([{ name: 'a', type: 'string' }]);
    const two = record([
      { name: 'a', type: 'string' },
      { name: 'b', type: 'string', default: '' },
    ]);
    const three = record([
      { name: 'a', type: 'string' },
      { name: 'c', type: 'string' },
    ]);
    const ids = [await client.register('grown', one), await client.register('grown', two)];
    expect((await client.versionsOf('grown')).map(({ version, id }) => [version, id])).toEqual([
      [1, ids[0]],
      [2, ids[1]],
    ]);
    expect([await client.isCompatible('grown', 1, two), await client.isCompatible('grown', 2, three)]).toEqual([true, false]);
    await expect(client.register('grown', three)).rejects.toMatchObject({ name: 'RegistryRefusedError', status: 409 });
    expect(await client.versionsOf('nothing')).toEqual([]);
  });
});
