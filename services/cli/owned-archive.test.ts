// The archive beside its owner: it may start late, and its trouble ends when it answers again.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import type { ToArchive } from '../archive/messages.ts';
import { archiveSettings } from '../deployment/archive-settings.ts';
import { pathsOf } from '../deployment/data-directory.ts';
import { exampleDeployment } from '../gateway/example.ts';
import { type OwnedArchive, ownArchive } from './owned-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-owned-'));
const paths = pathsOf(folder);
const log = openSqliteLog({ path: paths.log });
const settings = archiveSettings(paths, exampleDeployment());
const away: unknown[] = [];

function own(): OwnedArchive {
  return ownArchive({
    settings,
    log: () => undefined,
    letter: async () => undefined,
    away: (error) => away.push(error),
  });
}

async function until(archive: OwnedArchive, state: string): Promise<void> {
  while (archive.state() !== state) await wait(20);
}

afterAll(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('while another process still holds the engine', () => {
  test('it is in trouble, then runs when that one has gone', async () => {
    const first = own();
    expect([first.state(), first.reads()]).toEqual(['starting', null]);
    await until(first, 'running');
    const second = own();
    await until(second, 'troubled');
    expect(second.detail()).toMatch(/^the archive did not start: .*Failed to create connection for path/);
    expect(second.reads()).toBeNull();
    await first.stop();
    await until(second, 'running');
    expect(await second.reads()?.select('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(second.detail()).toBe('');
    await second.stop();
    expect(away).toEqual([]);
  });

  test('it can be stopped between two attempts', async () => {
    const first = own();
    await until(first, 'running');
    const second = own();
    await until(second, 'troubled');
    await second.stop();
    expect(second.reads()).toBeNull();
    await first.stop();
  });
});

const ENDLESS = 'SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(cityHash64(number))';

test('a read is given up after 5 s', async () => {
  const archive = own();
  await until(archive, 'running');
  await expect(archive.reads()?.select(ENDLESS)).rejects.toMatchObject({ code: 'CLICKHOUSE_159', message: /maximum: 5000 ms/ });
  expect(await archive.reads()?.select('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  await archive.stop();
});

test('when its owner is gone it lets go of the engine at once, whatever the engine was doing', async () => {
  const child = fork(fileURLToPath(new URL('../archive/child.ts', import.meta.url)), [], { serialization: 'advanced' });
  const ended = once(child, 'exit');
  const say = (message: ToArchive) => child.send(message);
  say({ type: 'start', settings });
  await once(child, 'message');
  say({ type: 'select', id: 1, statement: ENDLESS });
  await wait(200);
  child.disconnect();
  // Before the 5 s after which the engine itself gives the statement up.
  expect(await Promise.race([ended.then(() => 'ended'), wait(4_000, 'still there')])).toBe('ended');
  const next = own();
  await until(next, 'running');
  await next.stop();
  expect(away).toEqual([]);
});
