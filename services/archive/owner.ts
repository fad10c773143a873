// The owner's side of the archive: starts its process, asks it queries, waits until it has caught up, stops it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type QueryParam, StoreError } from '../../clickhouse/client.ts';
import type { ArchiveSettings, FromArchive, ToArchive } from './messages.ts';

export type ArchiveRow = Record<string, unknown>;

export interface Archive {
  query(name: string, statement: string, params?: Readonly<Record<string, QueryParam>>): Promise<ArchiveRow[]>;
  /** Reads only; for statements that people write. */
  select(statement: string): Promise<ArchiveRow[]>;
  /** Resolves when everything that stands in the log at some moment after the call is archived. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

/** Where a record lies whose row the store refused, and why. */
export interface RefusedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
}

export interface ArchiveOwner {
  /** Appends the dead letter of a refused record; resolves when it is acknowledged. */
  readonly letter: (refused: RefusedRecord) => Promise<void>;
  /** The archive stands still, or was started again: for logs and status. */
  readonly trouble: (message: string) => void;
}

interface Waiting {
  readonly resolve: (rows: ArchiveRow[]) => void;
  readonly reject: (error: Error) => void;
}

const THREADS = '16';
const RESTART_MS = 1_000;

/** Starts the archive's process. If it dies it is started again: the pipeline goes on without it. */
export async function startArchive(settings: ArchiveSettings, owner: ArchiveOwner): Promise<Archive> {
  const waiting = new Map<number, Waiting>();
  let ids = 0;
  let stopping = false;
  let child = launch();
  try {
    await ready(child);
  } catch (error) {
    // Whoever asked knows, and tries again or does not: no other process of ours may hold the engine meanwhile.
    stopping = true;
    throw error;
  }

  function launch(): ChildProcess {
    /** Why it ends, if it could say so. */
    let failing = '';
    const started = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [], {
      env: { ...process.env, UV_THREADPOOL_SIZE: THREADS },
      serialization: 'advanced',
    });
    started.on('message', (message: FromArchive) => {
      if (message.type === 'failing') failing = message.reason;
      else void heard(message);
    });
    started.on('exit', (code, signal) => void gone(failing || `exit ${code ?? signal}`));
    started.send({ type: 'start', settings } satisfies ToArchive);
    return started;
  }

  async function ready(started: ChildProcess): Promise<void> {
    for (;;) {
      const [message, signal] = (await Promise.race([once(started, 'message'), once(started, 'exit')])) as
        | [FromArchive, undefined]
        | [number | null, NodeJS.Signals | null];
      if (typeof message !== 'object' || message === null)
        throw new Error(`the archive did not start: exit ${message ?? signal}`);
      if (message.type === 'failing') throw new Error(`the archive did not start: ${message.reason}`);
      if (message.type === 'ready') return;
    }
  }

  function send(message: ToArchive): void {
    if (child.connected) child.send(message);
  }

  async function heard(message: Exclude<FromArchive, { type: 'failing' }>): Promise<void> {
    switch (message.type) {
      case 'ready':
        return;
      case 'rows':
        return settle(message.id, (w) => w.resolve(message.rows));
      case 'failed':
        return settle(message.id, (w) => w.reject(new StoreError(message.code, message.message)));
      case 'drained':
        return settle(message.id, (w) => w.resolve([]));
      case 'letter':
        await owner.letter(message);
        return send({ type: 'letter-stored', id: message.id });
      case 'refused':
        return owner.trouble(message.message);
    }
  }

  function settle(id: number, how: (waiting: Waiting) => void): void {
    const found = waiting.get(id);
    waiting.delete(id);
    if (found !== undefined) how(found);
  }

  async function gone(why: string): Promise<void> {
    for (const [id] of waiting) settle(id, (w) => w.reject(new Error(`the archive has stopped: ${why}`)));
    if (stopping) return;
    owner.trouble(`the archive has stopped: ${why}; it is started again`);
    await wait(RESTART_MS);
    if (!stopping) child = launch();
  }

  function ask(message: (id: number) => ToArchive): Promise<ArchiveRow[]> {
    const id = ++ids;
    return new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error('the archive is not running'));
      waiting.set(id, { resolve, reject });
      send(message(id));
    });
  }

  return {
    query: (name, statement, params = {}) => ask((id) => ({ type: 'query', id, name, statement, params })),
    select: (statement) => ask((id) => ({ type: 'select', id, statement })),
    drained: async () => {
      await ask((id) => ({ type: 'drain', id }));
    },
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || !child.connected) return;
      send({ type: 'stop' });
      await once(child, 'exit');
    },
  };
}
