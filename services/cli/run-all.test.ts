// The owner's process in this one: real log, real stages, real socket, the synthetic market on the wall clock.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../schemas/codec.ts';
import { decimal } from '../../schemas/money.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { TopicName } from '../../topology/topics.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import { exampleDeployment, signalText } from '../gateway/example.ts';
import { wallClock } from '../market/live/clock.ts';
import { CommandError } from './exit-codes.ts';
import { clientOf, type OwnerClient, ownerOf } from './owner-client.ts';
import type { OwnerEvent } from './owner-events.ts';
import { type Owner, type RunAllOptions, startAll } from './run-all.ts';
import { storedRecords } from './stored-records.ts';

const folders: string[] = [];
const running = new Set<Owner>();

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'weir-owner-'));
  folders.push(made);
  return made;
}

async function start(
  data: string,
  changes: Partial<RunAllOptions> = {},
): Promise<{ owner: Owner; client: OwnerClient; events: OwnerEvent[] }> {
  const events: OwnerEvent[] = [];
  const owner = await startAll({
    data,
    deployment: exampleDeployment(),
    market: null,
    archive: false,
    log: (event) => events.push(event),
    ...changes,
  });
  running.add(owner);
  return { owner, client: clientOf(owner.socket), events };
}

async function stop(owner: Owner): Promise<number> {
  running.delete(owner);
  owner.stop('test');
  return owner.ended;
}

function records(data: string, topic: TopicName): AnyEnvelope[] {
  return storedRecords(data, topic).map(({ envelope }) => envelope);
}

const decisionsOn = (data: string, subject: unknown) =>
  records(data, 'decisions.v1').flatMap((r) => (r.type === 'Decision' && r.value.subject_id === subject ? [r.value] : []));

async function refusalOf(promise: Promise<unknown>): Promise<CommandError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CommandError) return error;
  throw new Error(`expected a CommandError, got ${String(error)}`);
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await wait(20);
}

const now = (): string => signalText({}, wallClock());

afterEach(async () => {
  for (const owner of running) await stop(owner);
});
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

describe('signals', () => {
  test('a signal is decided once, however often it is sent, and after a restart as well', async () => {
    const data = folder();
    const first = await start(data);
    const text = now();
    const accepted = await first.client.submitSignal(text, 'k');
    expect(accepted).toMatchObject({ status: 202, replayed: false, body: { status: 'ACCEPTED', event_id: 'k' } });
    const { signal_id } = accepted.body;
    expect(await first.client.submitSignal(text, 'k')).toMatchObject({
      status: 200,
      replayed: true,
      body: { signal_id, status: 'DECIDED' },
    });
    await stop(first.owner);
    const second = await start(data);
    expect(await second.client.submitSignal(text, 'k')).toMatchObject({
      status: 200,
      replayed: true,
      body: { signal_id, status: 'DECIDED' },
    });
    expect((await second.client.submitSignal(now().replace('long', 'short'), 'k')).status).toBe(409);
    await stop(second.owner);
    expect(decisionsOn(data, signal_id)).toHaveLength(1);
    expect(records(data, 'signals.v1')).toHaveLength(1);
  });

  test('on a warm market it becomes an order, and the order a position', async () => {
    const data = folder();
    const { owner, client } = await start(data, { market: { seed: 7, scenario: 'calm' } });
    await until(async () => !((await client.status()).issues as string[]).includes('MARKET_STALE'));
    await until(() => records(data, 'market.v1').some((r) => r.type === 'Quote'));
    const { body } = await client.submitSignal(now());
    expect(decisionsOn(data, body.signal_id)).toMatchObject([{ action: 'EXECUTE', reason_code: 'ENTRY_APPROVED' }]);
    expect(await stop(owner)).toBe(0);
    expect(records(data, 'orders.v1')).toMatchObject([{ value: { action: 'PLACE', instrument: 'BTC-USDT-PERP' } }]);
    const quotes = records(data, 'market.v1').flatMap((r) => (r.type === 'Quote' ? [r.value] : []));
    expect(quotes.every(({ flags }) => !flags.includes('DERIVED'))).toBe(true);
  });

  test('what is invalid is told with everything that is wrong, and is not in the log', async () => {
    const data = folder();
    const { client } = await start(data);
    const reply = await client.submitSignal({ instrument: '€', direction: 'up' });
    expect(reply.status).toBe(400);
    expect((reply.body.errors as { field: string }[]).map(({ field }) => field)).toEqual([
      'instrument',
      'direction',
      'source',
      'event_time',
      'signal_type',
    ]);
    expect((await client.validateSignal(now())).body).toMatchObject({ valid: true });
    expect(records(data, 'signals.v1')).toEqual([]);
  });
});

describe('controls', () => {
  const stateOf = async (client: OwnerClient): Promise<unknown> =>
    ((await client.status()).portfolios as { state: string }[]).map(({ state }) => state).join();

  test('halt, reduce and resume change the state, survive a restart, and are refused where they must be', async () => {
    const data = folder();
    const first = await start(data);
    expect(await stateOf(first.client)).toBe('ACTIVE');
    const kill = (state: string) => ({ type: 'KILL', portfolio: 'paper-1', reason: 'test', params: { state } });
    expect(await first.client.control(kill('REDUCING'))).toMatchObject([{ status: 'APPLIED', reason_code: 'KILL_SWITCH' }]);
    expect(await stateOf(first.client)).toBe('REDUCING');
    expect(await first.client.control({ ...kill('HALTED'), portfolio: '*' }, 'halt')).toMatchObject([{ status: 'APPLIED' }]);
    expect(await stateOf(first.client)).toBe('HALTED');
    expect((await first.client.status()).issues).toContain('TRADING_HALTED');
    const { body } = await first.client.submitSignal(now());
    await stop(first.owner);
    const [refused] = decisionsOn(data, body.signal_id);
    expect(refused?.action).toBe('BLOCK');
    expect(refused?.gates.map(({ reason_code }) => reason_code)).toContain('KILL_SWITCH');

    const second = await start(data);
    expect(await stateOf(second.client)).toBe('HALTED');
    // The same command again is the same command.
    expect(await second.client.control({ ...kill('HALTED'), portfolio: '*' }, 'halt')).toMatchObject([{ status: 'APPLIED' }]);
    const resume = { type: 'RESUME', portfolio: 'paper-1', reason: 'over' };
    expect(await second.client.control({ ...resume, params: { codes: ['DATA_SILENCE'] } })).toMatchObject([
      { status: 'REFUSED', reason_code: 'CONTROL_INVALID' },
    ]);
    expect(await second.client.control(resume)).toMatchObject([{ status: 'APPLIED' }]);
    expect(await stateOf(second.client)).toBe('ACTIVE');
    await stop(second.owner);
    const kills = records(data, 'journal.v1').filter((r) => r.type === 'Control' && r.value.type === 'KILL');
    expect(kills).toHaveLength(2);
  });

  test('cash that is put in is booked once', async () => {
    const { client } = await start(folder());
    const flow = { type: 'CASH_FLOW', portfolio: 'paper-1', reason: 'more', params: { amount: '500', asset: 'USDT' } };
    expect(await client.control(flow, 'cash')).toMatchObject([{ status: 'APPLIED' }]);
    await client.control(flow, 'cash');
    const [portfolio] = (await client.status()).portfolios as { equity: { cash: string } }[];
    expect(portfolio?.equity.cash).toBe('10500');
  });

  test('what the gateway refuses is an error of the command with its code', async () => {
    const { client } = await start(folder());
    const error = await refusalOf(client.control({ type: 'KILL', portfolio: 'nobody', reason: 'x' }));
    expect([error.exit, error.code]).toEqual([2, 'PORTFOLIO_UNKNOWN']);
  });
});

describe('one owner', () => {
  test('a second one is refused with the address of the first, and changes nothing', async () => {
    const data = folder();
    const { owner, client } = await start(data);
    const error = await refusalOf(start(data));
    expect([error.exit, error.code]).toEqual([78, 'DATA_DIRECTORY_LOCKED']);
    expect((await client.status()).mode).toBe('paper');
    expect(await stop(owner)).toBe(0);
  });
  test('whoever asks for the owner gets its client, and null after it has gone', async () => {
    const data = folder();
    expect(await ownerOf(data)).toBeNull();
    const { owner } = await start(data);
    expect((await (await ownerOf(data))?.status())?.run_id).toBe('paper');
    await stop(owner);
    expect(await ownerOf(data)).toBeNull();
    expect(existsSync(owner.socket)).toBe(false);
    expect((await refusalOf(clientOf(owner.socket).status())).code).toBe('OWNER_AWAY');
  });
  test('a directory whose path is too long for a socket has one all the same', async () => {
    const data = join(folder(), 'x'.repeat(90));
    const { owner, client } = await start(data);
    expect(owner.socket.length).toBeLessThan(104);
    expect((await client.status()).mode).toBe('paper');
    expect(await (await ownerOf(data))?.status()).toMatchObject({ run_id: 'paper' });
  });
  test.each([
    ['another run', { deployment: exampleDeployment({ run_id: 'other' }) }, 'DATA_DIRECTORY_OTHER_RUN'],
    ['another market', { market: { seed: 8, scenario: 'calm' } as const }, 'MARKET_CHANGED'],
  ])('%s in the same directory is refused, and the lock is free again', async (_name, changes, code) => {
    const data = folder();
    const first = await start(data, { market: { seed: 7, scenario: 'calm' } });
    await stop(first.owner);
    const error = await refusalOf(start(data, changes));
    expect([error.exit, error.code]).toEqual([78, code]);
    const again = await start(data, { market: { seed: 7, scenario: 'calm' } });
    expect(await stop(again.owner)).toBe(0);
  });
});

describe('stopping and failing', () => {
  test('a graceful stop leaves final snapshots, from which the next start goes on', async () => {
    const data = folder();
    const first = await start(data);
    await first.client.submitSignal(now());
    expect(await stop(first.owner)).toBe(0);
    expect(first.events.map(({ event }) => event)).toEqual(['starting', 'recovered', 'listening', 'stopping', 'stopped']);
    const stages = records(data, 'snapshots.v1').flatMap((r) => (r.type === 'Snapshot' ? [r.value.stage] : []));
    expect([...new Set(stages)].sort()).toEqual(['decision', 'enrichment', 'execution', 'learning', 'monitor', 'strategy']);
    const signals = records(data, 'signals.v1').length;
    const second = await start(data);
    await stop(second.owner);
    expect(records(data, 'signals.v1')).toHaveLength(signals);
    const first_cash = records(data, 'journal.v1').filter((r) => r.type === 'CashFlow');
    expect(first_cash).toHaveLength(1);
  });

  test('a stage that has stopped is named, the others go on, and the end is a failure', async () => {
    const data = folder();
    const before = await start(data);
    await before.client.submitSignal(now(), 'k');
    await stop(before.owner);
    tamper(data);
    const { owner, client, events } = await start(data);
    expect(events).toContainEqual(expect.objectContaining({ event: 'partition-stopped', stage: 'decision', reason: 'DIVERGED' }));
    const status = await client.status();
    expect(status.issues).toContain('PARTITION_STOPPED');
    const decision = (status.stages as { stage: string; stopped_partitions: unknown[] }[]).find(
      ({ stage }) => stage === 'decision',
    );
    expect(decision?.stopped_partitions).toMatchObject([{ partition: 0, reason: 'DIVERGED' }]);
    expect(await stop(owner)).toBe(1);
  });

  test('a policy that is not the one in force is told, and not put in force', async () => {
    const data = folder();
    const first = await start(data);
    await stop(first.owner);
    const policy = loadPolicy('conservative');
    const portfolios = [{ portfolio: 'paper-1', ordinal: 0, cash: decimal('10000'), policy }];
    const { client, events } = await start(data, { deployment: exampleDeployment({ portfolios }) });
    expect(events).toContainEqual(expect.objectContaining({ event: 'policy-differs', configured: policy.policy_hash }));
    const [portfolio] = (await client.status()).portfolios as { profile: string }[];
    expect(portfolio?.profile).toBe('paper');
  });
});

/** Another reason in the newest decision than the one that the journal gives: what a changed fold would have written. */
function tamper(data: string): void {
  const newest = records(data, 'decisions.v1').at(-1);
  if (newest?.type !== 'Decision') throw new Error('no decision');
  const database = new DatabaseSync(join(data, 'log.sqlite'));
  const topic = (name: TopicName) => database.prepare('SELECT id FROM topics WHERE name = ?').get(name)?.id ?? null;
  database.prepare('DELETE FROM records WHERE topic = ?').run(topic('snapshots.v1'));
  const bytes = encode('Decision', { ...newest.value, reason_code: 'SIGNAL_STALE' });
  const update = database.prepare('UPDATE records SET value = ? WHERE topic = ? AND off = ?');
  update.run(bytes, topic('decisions.v1'), newest.offset);
  database.close();
}

describe('with its archive', () => {
  let data = '';
  let started: { owner: Owner; client: OwnerClient };
  beforeAll(async () => {
    data = folder();
    started = await start(data, { archive: true });
    running.delete(started.owner);
    await until(async () => ((await started.client.status()).archive as { state: string }).state === 'running');
  }, 60_000);
  afterAll(() => stop(started.owner));

  test('what was decided can be queried and selected', async () => {
    const { client } = started;
    const { body } = await client.submitSignal(now());
    const statement = `SELECT reason_code FROM weir.v_decisions WHERE subject_id = '${String(body.signal_id)}'`;
    await until(async () => (await client.sql(statement)).length > 0);
    expect((await client.query('decisions', {})).length).toBeGreaterThan(0);
  });
  test.each([
    ['DROP TABLE weir.decisions'],
    ['INSERT INTO weir.decisions VALUES (1)'],
    ['ALTER TABLE weir.decisions DELETE WHERE 1'],
    ['CREATE TABLE weir.x (a Int8) ENGINE = Memory'],
    ['SELECT nothing FROM nowhere'],
  ])('%s is refused', async (statement) => {
    const error = await refusalOf(started.client.sql(statement));
    expect(error.exit).toBe(2);
    expect(error.code).toMatch(/^CLICKHOUSE_\d+$/);
    expect(Number((await started.client.sql('SELECT count() AS n FROM weir.decisions'))[0]?.n)).toBeGreaterThan(0);
  });
  test.each([
    ['nothing', {}, 'QUERY_UNKNOWN'],
    ['decisions', { nothing: '1' }, 'QUERY_PARAM_INVALID'],
  ])('query %s %o is refused', async (name, params, code) => {
    const error = await refusalOf(started.client.query(name, params as Record<string, string>));
    expect([error.exit, error.code]).toEqual([2, code]);
  });
});
