// Controls over HTTP, without a server: one record for each portfolio, known by its key, answered by the fold's decision.
import { describe, expect, test } from 'vitest';
import { controlId } from '../../schemas/ids.ts';
import { decimal } from '../../schemas/money.ts';
import { blankControlParams, type Control, type Decision } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import type { Answer } from './answer.ts';
import { controlHandlers } from './controls.ts';
import { exampleDeployment, examplePorts, NOW } from './example.ts';
import type { Problem } from './problem.ts';
import type { KnownControl } from './projection.ts';

const bytes = (body: unknown): Uint8Array => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
const policy = loadPolicy('paper');
const two = exampleDeployment({
  portfolios: ['paper-1', 'paper-2'].map((portfolio, ordinal) => ({ portfolio, ordinal, cash: decimal('10000'), policy })),
});
const KILL = { type: 'KILL', portfolio: 'paper-1', params: { state: 'HALTED' }, reason: 'test' };

function gateway(deployment = two) {
  const example = examplePorts({}, deployment);
  const handlers = controlHandlers(example.ports);
  return { ...example, ...handlers, post: (body: unknown, key: string | undefined = 'k') => handlers.post(bytes(body), key) };
}

const idOf = (portfolio: string, key = 'k'): string => controlId({ idempotency_key: key, key_id: 'local', portfolio });

/** What the fold answers, as far as the projection reads it. */
function decided(control_id: string, changes: Partial<Decision>): AnyEnvelope {
  const value = {
    decision_id: 'd',
    subject_type: 'control',
    subject_id: control_id,
    decided_at: NOW,
    reason_detail: '',
    ...changes,
  };
  return { type: 'Decision', topic: 'decisions.v1', value } as unknown as AnyEnvelope;
}

test('a command becomes a Control of its portfolio, PENDING until the fold has decided', async () => {
  const { post, appended, get, projection } = gateway();
  const control_id = idOf('paper-1');
  const answer = await post({ ...KILL, expires_at: '2026-01-06T00:00:00Z' });
  expect(answer).toEqual({
    status: 202,
    body: { controls: [{ portfolio: 'paper-1', control_id, status: 'PENDING' }] },
    headers: { location: `/v1/controls/${control_id}` },
  });
  const value: Control = {
    control_id,
    portfolio: 'paper-1',
    run_id: 'paper',
    mode: 'paper',
    type: 'KILL',
    actor: 'local',
    reason: 'test',
    issued_at: NOW,
    expires_at: 1_767_657_600_000_000,
    params: { ...blankControlParams(), state: 'HALTED' },
  };
  expect(appended).toMatchObject([{ topic: 'journal.v1', type: 'Control', key: 'paper-1', id: control_id, value }]);
  expect(get(control_id)).toMatchObject({ status: 200, body: { type: 'KILL', status: 'PENDING', decided_at: null } });
  projection.observe(decided(control_id, { action: 'EXECUTE', reason_code: 'KILL_SWITCH' }));
  expect(get(control_id)).toMatchObject({
    body: { status: 'APPLIED', reason_code: 'KILL_SWITCH', decided_at: '2026-01-05T10:07:00.000000Z' },
  });
});

describe('the outcome of several decisions', () => {
  test.each([
    ['a refusal', [['ERROR', 'CONTROL_INVALID']], 'REFUSED', 'CONTROL_INVALID'],
    ['one that moves', [['EXECUTE', 'MANUAL_CLOSE']], 'APPLIED', 'MANUAL_CLOSE'],
    [
      'the first that moves',
      [
        ['EXECUTE', 'CONDITION_CLEARED'],
        ['EXECUTE', 'CONTROL_APPLIED'],
      ],
      'APPLIED',
      'CONDITION_CLEARED',
    ],
    [
      'one of two',
      [
        ['BLOCK', 'REDUCTION_ALREADY_PENDING'],
        ['EXECUTE', 'MANUAL_CLOSE'],
      ],
      'APPLIED',
      'MANUAL_CLOSE',
    ],
  ] as const)('%s', async (_name, decisions, status, reason_code) => {
    const { post, get, projection } = gateway();
    await post(KILL);
    for (const [action, code] of decisions) {
      projection.observe(decided(idOf('paper-1'), { action: action as Decision['action'], reason_code: code }));
    }
    expect(get(idOf('paper-1')).body as KnownControl).toMatchObject({ status, reason_code });
  });
});

describe('the same key again', () => {
  test('the same command is answered with what became of it, and nothing is appended', async () => {
    const { post, appended, projection } = gateway();
    await post(KILL);
    projection.observe(decided(idOf('paper-1'), { action: 'EXECUTE', reason_code: 'KILL_SWITCH' }));
    const again = await post(KILL);
    expect(again).toMatchObject({
      status: 200,
      body: { controls: [{ control_id: idOf('paper-1'), status: 'APPLIED' }] },
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(appended).toHaveLength(1);
  });
  test.each([
    ['another reason', { ...KILL, reason: 'other' }],
    ['another portfolio', { ...KILL, portfolio: 'paper-2' }],
    ['all portfolios', { ...KILL, portfolio: '*' }],
  ])('%s is a conflict', async (_name, body) => {
    const { post, appended } = gateway();
    await post(KILL);
    expect(await post(body)).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_CONFLICT' } });
    expect(appended).toHaveLength(1);
  });
  test('for all portfolios, what is missing is appended', async () => {
    const { post, appended, projection } = gateway();
    const all = { ...KILL, portfolio: '*' };
    expect((await post(all)).body).toMatchObject({ controls: [{ portfolio: 'paper-1' }, { portfolio: 'paper-2' }] });
    expect(appended.map(({ key }) => key)).toEqual(['paper-1', 'paper-2']);
    expect((await post(all)).status).toBe(200);
    expect(projection.controls()).toHaveLength(2);
  });
});

test('a cash flow is a record of its own', async () => {
  const { post, appended } = gateway();
  await post({ type: 'CASH_FLOW', portfolio: 'paper-1', params: { amount: '-250.5', asset: 'USDT' }, reason: 'out' });
  expect(appended).toMatchObject([
    { type: 'CashFlow', value: { amount: decimal('-250.5'), asset: 'USDT', reason: 'out', actor: 'local' } },
  ]);
});

test('an instrument is named as the fold knows it', async () => {
  const { post, appended } = gateway();
  await post({ type: 'CLOSE', portfolio: 'paper-1', params: { instrument: 'btc/usdt:usdt' }, reason: 'out' });
  expect(appended).toMatchObject([{ value: { params: { instrument: 'BTC-USDT-PERP' } } }]);
});

describe('what is refused', () => {
  const problemOf = (answer: Answer): Problem => answer.body as Problem;
  test.each([
    ['no JSON', 'x', [['JSON_INVALID', undefined]]],
    ['a list', '[]', [['FIELD_INVALID', '']]],
    ['a key twice', '{"type":"KILL","type":"KILL"}', [['JSON_INVALID', undefined]]],
    [
      'nothing',
      {},
      [
        ['FIELD_INVALID', 'type'],
        ['FIELD_INVALID', 'portfolio'],
        ['FIELD_INVALID', 'reason'],
      ],
    ],
    ['an unknown type', { ...KILL, type: 'EXPLODE' }, [['FIELD_INVALID', 'type']]],
    ['a job’s own type', { ...KILL, type: 'PARAM_SNAPSHOT' }, [['FIELD_INVALID', 'type']]],
    [
      'unknown fields',
      '{"type":"KILL","portfolio":"paper-1","reason":"x","mode":"live","__proto__":1}',
      [
        ['FIELD_UNKNOWN', 'mode'],
        ['FIELD_UNKNOWN', '__proto__'],
      ],
    ],
    [
      'a parameter of another type',
      { ...KILL, params: { instrument: 'BTC-USDT-PERP' } },
      [['FIELD_UNKNOWN', 'params.instrument']],
    ],
    ['an unknown state', { ...KILL, params: { state: 'ACTIVE' } }, [['FIELD_INVALID', 'params.state']]],
    ['money as a number', { ...KILL, type: 'CLOSE', params: { quantity: 1 } }, [['MONEY_NOT_STRING', 'params.quantity']]],
    [
      'money with 13 digits',
      { ...KILL, type: 'CLOSE', params: { quantity: '0.0000000000001' } },
      [['FIELD_INVALID', 'params.quantity']],
    ],
    ['a time without zone', { ...KILL, expires_at: '2026-01-06T00:00:00' }, [['TIME_WITHOUT_ZONE', 'expires_at']]],
    ['no reason', { ...KILL, reason: '' }, [['FIELD_INVALID', 'reason']]],
    ['501 characters', { ...KILL, reason: 'x'.repeat(501) }, [['FIELD_INVALID', 'reason']]],
    ['hidden text', { ...KILL, reason: 'a\u200bb' }, [['TEXT_FORBIDDEN', 'reason']]],
    [
      'an instrument that is none',
      { ...KILL, type: 'CLOSE', params: { instrument: '€' } },
      [['SIGNAL_INSTRUMENT_INVALID', 'params.instrument']],
    ],
    [
      'a flow of nothing',
      { ...KILL, type: 'CASH_FLOW', params: {} },
      [
        ['FIELD_INVALID', 'params.amount'],
        ['FIELD_INVALID', 'params.asset'],
      ],
    ],
    ['a portfolio that is none', { ...KILL, portfolio: 'paper-9' }, [['PORTFOLIO_UNKNOWN', undefined]]],
  ])('%s', async (_name, body, expected) => {
    const { post, appended } = gateway();
    const answer = await post(body);
    expect(answer.status).toBe(400);
    const { code, errors } = problemOf(answer);
    expect(errors?.map((fault) => [fault.code, fault.field]) ?? [[code, undefined]]).toEqual(expected);
    expect(appended).toEqual([]);
  });
  test('a command without a key', async () => {
    const { ports } = gateway();
    expect(await controlHandlers(ports).post(bytes(KILL), undefined)).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_REQUIRED' },
    });
  });
  test('an unknown control is not found', () => {
    expect(gateway().get('nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
  test.each([
    ['RESUME', 403],
    ['CASH_FLOW', 403],
    ['KILL', 202],
    ['CLOSE', 202],
    ['RESTRICT', 202],
    ['ACK', 202],
  ])('in mode live %s answers %i', async (type, status) => {
    const live = exampleDeployment({ mode: 'live' });
    const params = type === 'CASH_FLOW' ? { amount: '1', asset: 'USDT' } : {};
    expect((await gateway(live).post({ type, portfolio: 'paper-1', params, reason: 'x' })).status).toBe(status);
  });
});
