// kill -9 in the middle of a stream of signals: what was acknowledged is decided, once, and the journal alone explains all of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Decision, OrderCommand, OrderEvent } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Draft } from '../../topology/log/draft.ts';
import type { StoredRecord } from '../../topology/log/sqlite-reader.ts';
import { bytesOf, sourceText } from '../../topology/log/sqlite-row.ts';
import { take } from '../../topology/runtime/take.ts';
import { createTask } from '../../topology/runtime/task.ts';
import type { Stage } from '../../topology/stage.ts';
import type { TopicName } from '../../topology/topics.ts';
import { EMBEDDED } from '../../topology/topology.ts';
import { type OwnerClient, ownerOf } from '../cli/owner-client.ts';
import { startAll } from '../cli/run-all.ts';
import { storedRecords } from '../cli/stored-records.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';
import { CRASH_INSTRUMENTS, crashDeployment, signalText } from './example.ts';

const OWNER = fileURLToPath(new URL('./crash-owner.ts', import.meta.url));
const POLICY = `extends: paper
pacing: { global_s: 0, symbol_s: 0, per_hour: null, per_day: null, repeated: null }
cooldown: { win_s: 0, loss_s: 0, stop_s: 0 }
streak: { pauses: [], strategy: null }
entry: { duplicate_s: 0 }
order: { duplicate_s: 0 }
execution: { route: TAKER_ONLY, exit_route: TAKER_ONLY }
`;
const EVERY_MS = 20;
/** The fold writes these and nobody else does. */
const OUTPUTS: readonly TopicName[] = ['decisions.v1', 'orders.v1', 'positions.v1', 'trades.v1'];

const folder = mkdtempSync(join(tmpdir(), 'weir-crash-'));
const data = join(folder, 'data');
const policy = join(folder, 'policy.yaml');
writeFileSync(policy, POLICY);

const seed = Number(process.env.WEIR_TEST_CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
console.info(`crash test: WEIR_TEST_CRASH_SEED=${seed}`);
/** The generator of the C standard’s example: any spread of moments will do, but the seed has to give them again. */
let state = seed;
function chance(below: number): number {
  state = (Math.imul(1_103_515_245, state) + 12_345) & 0x7fffffff;
  return (state >>> 8) % below;
}

let child: ChildProcess | null = null;
const told: Record<string, unknown>[] = [];

async function start(): Promise<OwnerClient> {
  const started = spawn(process.execPath, [OWNER, data, policy, 'archive'], { stdio: ['ignore', 'inherit', 'pipe'] });
  child = started;
  const lines = createInterface({ input: started.stderr });
  const listening = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      const event = eventOf(line);
      told.push(event);
      if (event.event === 'listening') resolve();
    });
    started.once('exit', (code) => reject(new Error(`the owner ended with ${code}: ${JSON.stringify(told.slice(-5))}`)));
  });
  await listening;
  const client = await ownerOf(data);
  if (client === null) throw new Error('nobody owns the directory');
  return client;
}

function eventOf(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { text: line };
  }
}

async function end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | null> {
  const ending = child;
  if (ending === null || ending.exitCode !== null) return null;
  const exited = once(ending, 'exit');
  ending.kill(signal);
  const [code] = (await exited) as [number | null];
  child = null;
  return code;
}

interface Sent {
  readonly key: string;
  readonly text: string;
  signal_id: string | null;
}

const sent: Sent[] = [];

async function send(client: OwnerClient, signal: Sent): Promise<void> {
  const reply = await client.submitSignal(signal.text, signal.key);
  if (reply.status === 202 || reply.status === 200) signal.signal_id = String(reply.body.signal_id);
  else throw new Error(`signal ${signal.key}: ${reply.status} ${JSON.stringify(reply.body)}`);
}

/** An open loop: the next signal is sent when its time has come, whatever became of the ones before. */
async function stream(client: OwnerClient, milliseconds: number, enough: () => boolean = () => true): Promise<void> {
  const answers: Promise<void>[] = [];
  for (const end = performance.now() + milliseconds; performance.now() < end || !enough(); ) {
    const i = sent.length;
    const direction = Math.floor(i / CRASH_INSTRUMENTS.length) % 2 === 0 ? 'long' : 'close_long';
    const text = signalText(
      { instrument: CRASH_INSTRUMENTS[i % CRASH_INSTRUMENTS.length], direction, signal_type: `test_${i % 7}` },
      Date.now() * 1_000,
    );
    const signal: Sent = { key: `key-${i}`, text, signal_id: null };
    sent.push(signal);
    answers.push(send(client, signal).catch(() => undefined));
    await wait(EVERY_MS);
  }
  // Not waited for: some are on their way when the process is killed.
  void Promise.all(answers);
}

const stored = (topic: TopicName): StoredRecord[] => storedRecords(data, topic);

function valuesOf<T>(topic: TopicName, type: AnyEnvelope['type']): T[] {
  return stored(topic).flatMap(({ envelope }) => (envelope.type === type ? [envelope.value as T] : []));
}

const isFilled = (): boolean => valuesOf<OrderEvent>('journal.v1', 'OrderEvent').some(({ type }) => type === 'FILL');

const repeated = (ids: readonly string[]): string[] => ids.filter((id, i) => ids.indexOf(id) !== i);

afterAll(async () => {
  await end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('three processes, two of them killed', () => {
  let graceful: number | null = null;
  let refused = '';
  let archived = { rows: 0, ids: 0 };

  test('signals go in at 50 a second while they are killed and started again', async () => {
    for (let round = 0; round < 2; round++) {
      const client = await start();
      while (!stored('market.v1').some(({ envelope }) => envelope.type === 'Quote')) await wait(20);
      await stream(client, 1_000 + chance(1_000), isFilled);
      await end('SIGKILL');
    }
    const last = await start();
    refused = await startAll({ data, deployment: crashDeployment(policy), market: null, archive: false }).then(String, String);
    for (const signal of sent) await send(last, signal);
    await stream(last, 500);
    while (sent.some(({ signal_id }) => signal_id === null)) await wait(20);
    for (let behind = true; behind; behind = archived.ids < stored('decisions.v1').length) {
      const statement = 'SELECT count() AS n, uniqExact(decision_id) AS ids FROM weir.decisions FINAL';
      const [row] = await last.sql(statement).catch(() => []);
      archived = { rows: Number(row?.n ?? 0), ids: Number(row?.ids ?? 0) };
      await wait(50);
    }
    graceful = await end('SIGTERM');
  }, 240_000);

  test('the last one stopped gracefully, and no stage ever stood', () => {
    expect(graceful).toBe(0);
    expect(told.filter(({ event }) => event === 'partition-stopped' || event === 'log-failed')).toEqual([]);
    expect(told.filter(({ event }) => event === 'listening')).toHaveLength(3);
    expect(valuesOf('dead-letters.v1', 'DeadLetter')).toEqual([]);
  });

  test('while it ran another process could not own the directory, and was told whom to ask', () => {
    expect(refused).toContain(`is owned by process ${String(told.at(-1)?.pid)} at unix:${join(data, 'weir.sock')}`);
  });

  test('every acknowledged signal is decided exactly once', () => {
    const all = valuesOf<Decision>('decisions.v1', 'Decision');
    expect(repeated(all.map(({ decision_id }) => decision_id))).toEqual([]);
    const decisions = all.filter(({ subject_type }) => subject_type === 'signal');
    const acknowledged = sent.map(({ signal_id }) => signal_id ?? '');
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(repeated(acknowledged)).toEqual([]);
    expect(decisions.map(({ subject_id }) => subject_id).sort()).toEqual(acknowledged.toSorted());
  });

  test('no order is doubled, and no fill', () => {
    const placed = valuesOf<OrderCommand>('orders.v1', 'OrderCommand').filter(({ action }) => action === 'PLACE');
    expect(placed.length).toBeGreaterThan(2);
    expect(repeated(placed.map(({ order_id }) => order_id ?? ''))).toEqual([]);
    const events = valuesOf<OrderEvent>('journal.v1', 'OrderEvent');
    const fills = events.filter(({ type }) => type === 'FILL');
    expect(fills.length).toBeGreaterThan(2);
    expect(repeated(fills.map(({ fill_id }) => fill_id ?? ''))).toEqual([]);
    expect(repeated(events.filter(({ type }) => type === 'SUBMITTING').map(({ order_id }) => order_id ?? ''))).toEqual([]);
  });

  test('a fresh fold of the journal gives every byte that was published', () => {
    const task = createTask(decisionStageOf(crashDeployment(policy)) as Stage<unknown>, 0, EMBEDDED, false);
    const out: Draft[] = [];
    for (const { envelope } of stored('journal.v1')) take(task, envelope, envelope.at, out);
    for (const topic of OUTPUTS) {
      const derived = out.filter((draft) => draft.topic === topic);
      const standing = stored(topic);
      expect(derived.map(printed)).toEqual(standing.map(({ envelope }) => printed(envelope)));
      derived.forEach((draft, i) => {
        expect(Buffer.from(bytesOf(draft)).equals(Buffer.from(standing[i]?.bytes ?? []))).toBe(true);
      });
    }
    expect(out.filter(({ topic }) => topic === 'decisions.v1').length).toBeGreaterThan(sent.length);
  });

  test('the archive has each decision once, although its process died with its owner', () => {
    expect(archived.ids).toBeGreaterThan(sent.length);
    expect(archived.rows).toBe(archived.ids);
  });
});

test('Ctrl-C ends gracefully, and says so to the shell', async () => {
  await start();
  expect(await end('SIGINT')).toBe(130);
  expect(told.at(-1)).toMatchObject({ event: 'stopped', exit: 130 });
}, 120_000);

function printed({ id, cause, trace, key, source }: Draft | AnyEnvelope): string {
  return [id, cause, trace, key, sourceText(source)].join(' ');
}
