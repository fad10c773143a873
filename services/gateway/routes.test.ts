// The routes through the web framework, without a socket: paths, methods, bodies, and the form of every refusal.
import { afterEach, describe, expect, test } from 'vitest';
import { examplePorts, signalText } from './example.ts';
import { type GatewayPorts, ReadRefused } from './ports.ts';
import { makeServer } from './routes.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const servers: { close(): PromiseLike<void> }[] = [];

function server(changes: Partial<GatewayPorts> = {}) {
  const made = makeServer(examplePorts(changes).ports);
  servers.push(made);
  return made;
}

afterEach(async () => {
  for (const made of servers.splice(0)) await made.close();
});

test('a signal with its key goes in and comes back', async () => {
  const made = server();
  const send = () =>
    made.inject({ method: 'POST', url: '/v1/signals', headers: { ...JSON_TYPE, 'idempotency-key': 'k' }, body: signalText() });
  const first = await send();
  expect([first.statusCode, first.json().status]).toEqual([202, 'ACCEPTED']);
  const again = await send();
  expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([200, 'true']);
  expect(again.json().signal_id).toBe(first.json().signal_id);
});

describe('every refusal is problem+json with a code', () => {
  test.each([
    ['an unknown path', 'GET', '/v1/nothing', JSON_TYPE, '', 404, 'NOT_FOUND'],
    ['another method', 'GET', '/v1/signals', {}, '', 405, 'METHOD_NOT_ALLOWED'],
    ['another method of a path with a colon', 'GET', '/v1/signals:validate', {}, '', 405, 'METHOD_NOT_ALLOWED'],
    ['another method of a path with a name', 'POST', '/v1/controls/x', JSON_TYPE, '{}', 405, 'METHOD_NOT_ALLOWED'],
    ['another type', 'POST', '/v1/signals', { 'content-type': 'text/plain' }, 'x', 415, 'TYPE_NOT_JSON'],
    ['no body', 'POST', '/v1/signals', JSON_TYPE, '', 400, 'SIGNAL_ENCODING_UNKNOWN'],
    ['65 537 bytes', 'POST', '/v1/signals', JSON_TYPE, 'x'.repeat(65_537), 413, 'BODY_TOO_LARGE'],
    ['a control without a key', 'POST', '/v1/controls', JSON_TYPE, '{}', 400, 'IDEMPOTENCY_KEY_REQUIRED'],
    ['an unknown field of sql', 'POST', '/v1/sql', JSON_TYPE, '{"query":"SELECT 1","x":1}', 400, 'FIELD_UNKNOWN'],
    ['a query while there is no archive', 'GET', '/v1/queries/trades', {}, '', 503, 'ARCHIVE_UNAVAILABLE'],
  ] as const)('%s', async (_name, method, url, headers, body, status, code) => {
    const answer = await server().inject({ method, url, headers, ...(body === '' ? {} : { body }) });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ type: `/problems/${code}`, status, code });
  });
  test('405 names what is allowed', async () => {
    expect((await server().inject({ method: 'DELETE', url: '/v1/controls' })).headers.allow).toBe('POST, GET');
  });
  test('a fault of ours is a 500 without its text', async () => {
    const failures: unknown[] = [];
    const status = (): never => {
      throw new Error('secret');
    };
    const answer = await server({ status, failed: (route, error) => failures.push(route, error) }).inject('/v1/status');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'INTERNAL' });
    expect(answer.body).not.toContain('secret');
    expect(failures).toEqual(['GET /v1/status', expect.any(Error)]);
  });
});

describe('reads through the archive', () => {
  const archive = {
    query: async (name: string, params: Readonly<Record<string, string>>) => [{ name, ...params, n: 1n }],
    select: async (statement: string) => [{ statement }],
  };
  test('a named query with its parameters', async () => {
    const answer = await server({ archive: () => archive }).inject('/v1/queries/pnl?by=day');
    expect(answer.json()).toEqual({ rows: [{ name: 'pnl', by: 'day', n: '1' }] });
    expect(answer.headers['weir-source']).toBe('archive');
  });
  test('a parameter twice', async () => {
    const answer = await server({ archive: () => archive }).inject('/v1/queries/pnl?by=day&by=hour');
    expect(answer.json()).toMatchObject({ status: 400, code: 'PARAMETER_INVALID' });
  });
  test.each([
    ['QUERY_UNKNOWN', 404, 'NOT_FOUND'],
    ['QUERY_PARAM_INVALID', 400, 'PARAMETER_INVALID'],
    ['CLICKHOUSE_164', 400, 'SQL_REFUSED'],
  ])('refused with %s', async (reason, status, code) => {
    const refusing = { query: () => Promise.reject(new ReadRefused(reason, 'why')), select: archive.select };
    const answer = await server({ archive: () => refusing }).inject('/v1/queries/pnl');
    expect(answer.json()).toMatchObject({ status, code, reason, detail: 'why' });
  });
  test('an archive that has gone away', async () => {
    const gone = { query: archive.query, select: () => Promise.reject(new Error('the archive has stopped')) };
    const answer = await server({ archive: () => gone }).inject({
      method: 'POST',
      url: '/v1/sql',
      headers: JSON_TYPE,
      body: '{"query":"SELECT 1"}',
    });
    expect(answer.json()).toMatchObject({ status: 503, code: 'ARCHIVE_UNAVAILABLE' });
  });
});

test('alive always, ready only while it is not stopping', async () => {
  const checks = { log: { ok: true, detail: '', age_s: 0 } };
  const made = server({ readiness: () => ({ ready: false, checks }) });
  expect((await made.inject('/livez')).statusCode).toBe(200);
  const ready = await made.inject('/readyz');
  expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'unready', time: '2026-01-05T10:07:00.000000Z', checks }]);
  expect((await server().inject('/readyz')).statusCode).toBe(200);
});
