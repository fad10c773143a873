// Signals over HTTP, without a server: what is appended, what is answered again, what is refused and how.
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import { decimal } from '../../schemas/money.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { Answer } from './answer.ts';
import { examplePorts, signalText } from './example.ts';
import { keyId } from './idempotency-key.ts';
import type { Problem } from './problem.ts';
import { signalHandlers } from './signals.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const problemOf = (answer: Answer): Problem => answer.body as Problem;

function gateway(changes: Parameters<typeof examplePorts>[0] = {}) {
  const example = examplePorts(changes);
  const handlers = signalHandlers(example.ports);
  return {
    ...example,
    post: (text: string, key?: string) => handlers.post(bytes(text), key),
    validate: (text: string) => handlers.validate(bytes(text), undefined),
  };
}

test('a signal is appended once, under its id, with what a replay needs', async () => {
  const { post, appended } = gateway();
  const text = signalText({ entry_price: '43210.5' });
  const answer = await post(text, 'key-1');
  expect(answer).toMatchObject({
    status: 202,
    body: { event_id: 'key-1', status: 'ACCEPTED', received_at: '2026-01-05T10:07:00.000000Z' },
  });
  const { signal_id, trace_id } = answer.body as { signal_id: string; trace_id: string };
  expect(appended).toEqual([
    {
      topic: 'signals.v1',
      type: 'Signal',
      key: 'BTC-USDT-PERP',
      id: signal_id,
      trace: trace_id,
      headers: { 'weir-fingerprint': sha256Hex(canonicalJson(JSON.parse(text))), 'weir-idempotency': keyId('key-1', 'signals') },
      value: expect.objectContaining({ event_id: 'key-1', source: 'my_bot', entry_price: decimal('43210.5') }),
    },
  ]);
});

describe('the same again', () => {
  const first = signalText({ entry_price: '100' });
  const other = signalText({ entry_price: '101' });
  const named = signalText({ event_id: 'e-1', entry_price: '100' });
  test.each([
    ['the key and the body', first, 'k', first, 'k', 200],
    [
      'the key, other order of fields',
      first,
      'k',
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(first)).reverse())),
      'k',
      200,
    ],
    ['the key, another price', first, 'k', other, 'k', 409],
    ['the key, another instrument', first, 'k', signalText({ instrument: 'ETH-USDT' }), 'k', 409],
    ['the event id without a key', named, undefined, named, undefined, 200],
    ['the event id, another spelling', named, undefined, named.replace('BTC-USDT-PERP', 'btc/usdt:usdt'), undefined, 200],
    ['the event id, another price', named, undefined, named.replace('"100"', '"101"'), undefined, 409],
    ['the event id, now as a key', named, undefined, named, 'e-1', 200],
    ['the bucket, without any id', first, undefined, first, undefined, 200],
    ['the bucket, another price: the same signal', first, undefined, other, undefined, 200],
    ['another key', first, 'k', first, 'k2', 202],
  ])('%s', async (_name, one, key, again, key2, expected) => {
    const { post, appended } = gateway();
    const accepted = await post(one, key);
    expect(accepted.status).toBe(202);
    const answer = await post(again, key2);
    expect(answer.status).toBe(expected);
    expect(appended).toHaveLength(expected === 202 ? 2 : 1);
    const { signal_id } = accepted.body as { signal_id: string };
    if (expected !== 202) expect(answer.body).toMatchObject({ signal_id });
    expect(answer.headers?.['idempotency-replayed']).toBe(expected === 200 ? 'true' : undefined);
    if (expected === 409) expect(problemOf(answer).code).toBe('IDEMPOTENCY_CONFLICT');
  });

  test('at the same time: the second waits for the first', async () => {
    let acknowledge: () => void = () => undefined;
    const base = examplePorts();
    const held = new Promise<void>((resolve) => {
      acknowledge = resolve;
    });
    const handlers = signalHandlers({
      ...base.ports,
      append: async (records) => {
        await held;
        return base.ports.append(records);
      },
    });
    const both = [handlers.post(bytes(first), 'k'), handlers.post(bytes(first), 'k')];
    acknowledge();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([202, 200]);
    expect(base.appended).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test('every violation at once, with field, value and what was expected', async () => {
    const { post, appended } = gateway();
    const answer = await post(
      '{"instrument":"€","direction":"up","source":"my_bot","event_time":"2026-01-02T03:04:05","sizes":1}',
    );
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(problemOf(answer)).toMatchObject({
      type: '/problems/SIGNAL_FIELD_UNKNOWN',
      status: 400,
      code: 'SIGNAL_FIELD_UNKNOWN',
    });
    expect(problemOf(answer).errors?.map(({ code, field, value }) => [code, field, value])).toEqual([
      ['SIGNAL_FIELD_UNKNOWN', 'sizes', '1'],
      ['SIGNAL_INSTRUMENT_INVALID', 'instrument', '€'],
      ['SIGNAL_FIELD_INVALID', 'direction', 'up'],
      ['SIGNAL_TIME_INVALID', 'event_time', '2026-01-02T03:04:05'],
      ['SIGNAL_FIELD_MISSING', 'signal_type', 'null'],
    ]);
    for (const fault of problemOf(answer).errors ?? []) expect(fault.expected).not.toBe('');
    expect(appended).toEqual([]);
  });

  test.each([
    ['no JSON', 'hello', undefined, 'SIGNAL_ENCODING_UNKNOWN'],
    ['half of it', '{"instrument":', undefined, 'SIGNAL_JSON_INVALID'],
    ['a key twice', '{"source":"a","source":"b"}', undefined, 'SIGNAL_JSON_INVALID'],
    ['__proto__', signalText().replace('{', '{"__proto__":{"a":1},'), undefined, 'SIGNAL_FIELD_UNKNOWN'],
    ['too large', signalText({ thesis: 'x'.repeat(17_000) }), undefined, 'SIGNAL_TOO_LARGE'],
    ['two names of one event', signalText({ event_id: 'a' }), 'b', 'IDEMPOTENCY_KEY_MISMATCH'],
    ['a key with a space', signalText(), 'a b', 'IDEMPOTENCY_KEY_INVALID'],
    ['a key of 256 characters', signalText(), 'k'.repeat(256), 'IDEMPOTENCY_KEY_INVALID'],
    ['hidden text', signalText({ thesis: 'buy\u202enow' }), undefined, 'TEXT_FORBIDDEN'],
  ])('%s', async (_name, text, key, code) => {
    const { post, appended } = gateway();
    const answer = await post(text, key);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe(code);
    expect(appended).toEqual([]);
  });

  test('a log that does not answer: unknown outcome, and the same key may be sent again', async () => {
    const failures: string[] = [];
    let away = true;
    const base = examplePorts();
    const handlers = signalHandlers({
      ...base.ports,
      append: (records): Promise<AppendResult> => (away ? Promise.reject(new Error('disk')) : base.ports.append(records)),
      failed: (route) => failures.push(route),
    });
    const answer = await handlers.post(bytes(signalText()), 'k');
    expect(answer).toMatchObject({ status: 503, body: { code: 'LOG_UNAVAILABLE', outcome: 'unknown' } });
    expect(failures).toEqual(['POST /v1/signals']);
    away = false;
    expect((await handlers.post(bytes(signalText()), 'k')).status).toBe(202);
  });

  test('more than 500 at once are sent away, and come through later', async () => {
    const base = examplePorts();
    let acknowledge: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      acknowledge = resolve;
    });
    const handlers = signalHandlers({ ...base.ports, append: (records) => held.then(() => base.ports.append(records)) });
    const many = Array.from({ length: 501 }, (_, i) => handlers.post(bytes(signalText()), `k${i}`));
    const last = await (many[500] ?? Promise.reject(new Error('none')));
    expect(last).toMatchObject({ status: 503, body: { code: 'OVERLOADED' }, headers: { 'retry-after': '1' } });
    acknowledge();
    expect((await Promise.all(many)).filter(({ status }) => status === 202)).toHaveLength(500);
    expect((await handlers.post(bytes(signalText()), 'k500')).status).toBe(202);
  });
});

test('validate says the same and appends nothing', async () => {
  const { validate, post, appended } = gateway();
  const valid = validate(signalText({ event_id: 'e' }));
  expect(valid).toMatchObject({ status: 200, body: { valid: true, errors: [] } });
  expect(validate(signalText({ direction: 'up' }))).toMatchObject({
    status: 200,
    body: {
      valid: false,
      signal_id: null,
      errors: [{ code: 'SIGNAL_FIELD_INVALID', field: 'direction', pointer: '/direction' }],
    },
  });
  expect(appended).toEqual([]);
  expect((await post(signalText({ event_id: 'e' }))).body).toMatchObject({
    signal_id: (valid.body as { signal_id: string }).signal_id,
  });
});
