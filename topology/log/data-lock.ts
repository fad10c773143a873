// One owner of a data directory: a lock file {pid, url}; the lock of a dead process is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryLockedError } from './errors.ts';

export interface DataLock {
  /** Publishes where the owner answers. */
  setUrl(url: string): void;
  release(): void;
}

export interface LockHolder {
  readonly pid: number;
  readonly url: string;
  /** When the process started, where the system says so: a pid used again is not the same process. */
  readonly started: string;
}

const NAME = 'weir.lock';
const held = new Set<string>();

/** Throws DataDirectoryLockedError while another living process (or this one already) holds the lock. */
export function lockDataDirectory(directory: string, url = ''): DataLock {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, NAME);
  if (held.has(path)) throw new DataDirectoryLockedError(directory, process.pid, url);
  for (let attempt = 0; ; attempt++) {
    if (putIfAbsent(path, contentOf(url))) break;
    const text = textOf(path);
    const holder = parseLock(text);
    if (holder !== null && (attempt >= 5 || isAlive(holder)))
      throw new DataDirectoryLockedError(directory, holder.pid, holder.url);
    takeAway(directory, path, text);
  }
  held.add(path);
  return {
    setUrl(next) {
      const temporary = `${path}.${process.pid}`;
      writeFileSync(temporary, contentOf(next));
      renameSync(temporary, path);
    },
    release() {
      if (!held.delete(path)) return;
      unlinkSync(path);
    },
  };
}

/** Who holds the directory; null if nobody does, or the file cannot be read as a lock. */
export function readLock(directory: string): LockHolder | null {
  return parseLock(textOf(join(directory, NAME)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function parseLock(text: string): LockHolder | null {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || !('pid' in read) || typeof read.pid !== 'number') return null;
    const url = 'url' in read && typeof read.url === 'string' ? read.url : '';
    const started = 'started' in read && typeof read.started === 'string' ? read.started : '';
    return { pid: read.pid, url, started };
  } catch {
    return null;
  }
}

/** The file appears with its whole content, so a lock that cannot be read is never one that is just being written. */
function putIfAbsent(path: string, content: string): boolean {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
}

/** False for a dead process, for this process (which knows that it holds nothing), and for another one under a reused pid. */
export function isAlive(holder: LockHolder): boolean {
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  return holder.started === '' || holder.started === startOf(holder.pid) || startOf(holder.pid) === '';
}

/** Moves the stale lock aside; if a faster process has put its own there meanwhile, puts that back. */
function takeAway(directory: string, path: string, stale: string): void {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = textOf(aside);
  if (moved !== stale) linkSync(aside, path);
  unlinkSync(aside);
  const holder = parseLock(moved);
  if (moved !== stale && holder !== null) throw new DataDirectoryLockedError(directory, holder.pid, holder.url);
}

function contentOf(url: string): string {
  return `${JSON.stringify({ pid: process.pid, url, started: startOf(process.pid) })}\n`;
}

/** Start time of a process in the kernel's words (field 22 of its stat, where there is one); '' elsewhere. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
