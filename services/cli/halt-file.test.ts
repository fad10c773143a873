// The kill switch where the owner does not answer, or the log cannot be had: a real owner, made to stand still by a signal.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import { DataDirectoryLockedError } from '../../topology/log/errors.ts';
import { exampleDeployment } from '../gateway/example.ts';
import { readHalts, writeHalt } from './halt-file.ts';
import { clientOf, ownerOf } from './owner-client.ts';
import type { OwnerEvent } from './owner-events.ts';
import { startAll } from './run-all.ts';
import { type Said, said } from './said.ts';
import { storedRecords } from './stored-records.ts';
import { type TradingOptions, trading } from './trading.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'weir-halt-'));
  folders.push(made);
  return made;
}

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

async function own(data: string) {
  const events: OwnerEvent[] = [];
  const log = (event: OwnerEvent) => void events.push(event);
  const owner = await startAll({ data, deployment: exampleDeployment(), market: null, archive: false, log });
  const stop = () => {
    owner.stop('test');
    return owner.ended;
  };
  return { events, stop, state: async () => stateIn(await clientOf(owner.socket).status()) };
}

function stateIn(status: Readonly<Record<string, unknown>>): unknown {
  const [portfolio] = status.portfolios as { state: string }[];
  return portfolio?.state;
}

/** A folder in which an owner ran. */
async function used(): Promise<string> {
  const data = folder();
  const owner = await own(data);
  expect(await owner.state()).toBe('ACTIVE');
  expect(await owner.stop()).toBe(0);
  return data;
}

function order(data: string, act: string, changes: Partial<TradingOptions> = {}): Promise<Said> {
  const options = { data, portfolio: '*', reason: 'smoke', code: [], ...changes } as unknown as TradingOptions;
  return said((given: TradingOptions, output) => trading(given, output, act), options, {});
}

const haltsIn = (data: string): string[] => readdirSync(data).filter((name) => name.startsWith('halt'));

function kills(data: string): unknown[] {
  return storedRecords(data, 'journal.v1').flatMap(({ envelope }) =>
    envelope.type === 'Control' && envelope.value.type === 'KILL' ? [envelope.value] : [],
  );
}

describe('a file in the folder of a running owner', () => {
  test.each([
    ['made by hand, and empty', (data: string) => writeFileSync(join(data, 'halt'), ''), 'HALTED'],
    [
      'of a portfolio that nobody has',
      (data: string) => void writeHalt(data, { portfolio: 'paper-9', state: 'HALTED', reason: 'typo', issued_at: 1 }),
      'HALTED',
    ],
    [
      'that asks for less',
      (data: string) => void writeHalt(data, { portfolio: 'paper-1', state: 'REDUCING', reason: 'calm', issued_at: 1 }),
      'REDUCING',
    ],
  ])('%s: it is taken', async (_name, make, state) => {
    const data = folder();
    const owner = await own(data);
    make(data);
    while ((await owner.state()) !== state) await wait(20);
    while (haltsIn(data).length > 0) await wait(20);
    expect(owner.events.filter(({ event }) => event.startsWith('halt'))).toHaveLength(1);
    expect(await owner.stop()).toBe(0);
    expect(kills(data)).toMatchObject([{ portfolio: 'paper-1', params: { state } }]);
  });

  test('what cannot be read halts all; a file that is being written is none yet', () => {
    const data = folder();
    writeFileSync(join(data, 'halt-5.json'), '{"portfolio":"paper-1","state":"ACTIVE","reason":"x","issued_at":5}');
    writeFileSync(join(data, 'halt-6.json.new'), '');
    writeFileSync(join(data, 'halted'), '');
    expect(readHalts(data)).toMatchObject([{ portfolio: '*', state: 'HALTED', reason: join(data, 'halt-5.json') }]);
  });
});

test('an owner that stands still: the order goes into a file after 2 s, and is followed as soon as it goes on', async () => {
  const data = folder();
  const program = fileURLToPath(new URL('../gateway/crash-owner.ts', import.meta.url));
  const child = spawn(process.execPath, [program, data, 'paper'], { stdio: 'ignore' });
  children.push(child);
  while ((await (await ownerOf(data))?.status().catch(() => null)) === undefined) await wait(20);
  child.kill('SIGSTOP');
  const { exit, lines } = await order(data, 'halt');
  expect(exit).toBe(0);
  expect(lines.join('\n')).toMatch(/does not answer.*it goes into a file[\s\S]*IN_A_FILE/);
  expect(haltsIn(data)).toHaveLength(1);
  child.kill('SIGCONT');
  while (stateIn((await (await ownerOf(data))?.status()) ?? {}) !== 'HALTED') await wait(20);
  while (haltsIn(data).length > 0) await wait(20);
});

test('a folder that another process has locked: the next owner is halted before it decides anything', async () => {
  const data = await used();
  const lock = lockDataDirectory(data);
  await expect(order(data, 'resume')).rejects.toThrow(DataDirectoryLockedError);
  expect(await order(data, 'halt', { portfolio: 'paper-9' })).toMatchObject({ exit: '2 USAGE' });
  expect((await order(data, 'halt')).lines.join('\n')).toContain('IN_A_FILE');
  lock.release();
  const owner = await own(data);
  expect(await owner.state()).toBe('HALTED');
  expect(owner.events.map(({ event }) => event).slice(0, 4)).toEqual(['starting', 'recovered', 'halt-file', 'listening']);
  expect(haltsIn(data)).toEqual([]);
  expect(await owner.stop()).toBe(0);
  expect(kills(data)).toMatchObject([{ reason: 'smoke', actor: 'local' }]);
});

test('a gateway that was named and is away is not halted by a file of this machine', async () => {
  const data = await used();
  expect(await order(data, 'halt', { gateway: 'http://127.0.0.1:1' })).toMatchObject({ exit: '69 OWNER_AWAY' });
  expect(haltsIn(data)).toEqual([]);
});

test('a folder without a log of a run in real time takes none', async () => {
  const data = folder();
  expect(await order(data, 'halt')).toMatchObject({ exit: expect.stringContaining('DATA_DIRECTORY_EMPTY') });
  expect(existsSync(join(data, 'halt'))).toBe(false);
});
