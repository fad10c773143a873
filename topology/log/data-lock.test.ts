// One owner of a data directory.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockDataDirectory, readLock } from './data-lock.ts';
import { DataDirectoryLockedError } from './errors.ts';
import { inFolder } from './in-folder.ts';

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

it('the lock names process and address, and is gone after release', () =>
  inFolder((folder) => {
    const lock = lockDataDirectory(folder);
    lock.setUrl('http://127.0.0.1:8080');
    expect(readLock(folder)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:8080' });
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  }));

it('a second owner is refused with the address of the first', () =>
  inFolder(async (folder) => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(join(folder, 'weir.lock'), JSON.stringify({ pid: other.pid, url: 'http://127.0.0.1:9' }));
    expect(() => lockDataDirectory(folder)).toThrow(DataDirectoryLockedError);
    expect(() => lockDataDirectory(folder)).toThrow(`owned by process ${other.pid} at http://127.0.0.1:9`);
    other.kill('SIGKILL');
    await new Promise((resolve) => other.on('exit', resolve));
    lockDataDirectory(folder).release();
  }));

it('the same process cannot own a directory twice', () =>
  inFolder((folder) => {
    const lock = lockDataDirectory(folder);
    expect(() => lockDataDirectory(folder)).toThrow(DataDirectoryLockedError);
    lock.release();
  }));

it.each([
  ['of a dead process', () => JSON.stringify({ pid: deadPid(), url: '' })],
  [
    'of our own pid in an earlier life (a container starts again as the same pid)',
    () => JSON.stringify({ pid: process.pid, url: '' }),
  ],
  ['of a living pid that started at another time', () => JSON.stringify({ pid: process.ppid, url: '', started: '1' })],
  ['that was cut while it was written', () => '{"pi'],
  ['that is empty', () => ''],
])('a lock %s is taken over', (_case, content) =>
  inFolder((folder) => {
    writeFileSync(join(folder, 'weir.lock'), content());
    const lock = lockDataDirectory(folder);
    expect(JSON.parse(readFileSync(join(folder, 'weir.lock'), 'utf8')).pid).toBe(process.pid);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  }),
);
