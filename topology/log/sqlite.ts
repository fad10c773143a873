// The sqlite log: one file, one writing process, survives kill -9; other processes may read it.

import type { AnyEnvelope } from '../envelope.ts';
import { TOPICS, type TopicName, topicOf } from '../topics.ts';
import { EMBEDDED, type Topology } from '../topology.ts';
import { appendResultOf } from './append-result.ts';
import { type Draft, placed } from './draft.ts';
import { FencedError, LogClosedError, LogFullError, messageOf, OffsetGoneError } from './errors.ts';
import type { AppendResult, Hold, LocalLog, Owner, Wanted } from './log.ts';
import { type Durability, namedError, openSqliteFile } from './sqlite-file.ts';
import { bytesOf, envelopeOf, headersText, sourceText } from './sqlite-row.ts';
import { createTail } from './tail.ts';
import { createWaiters } from './waiters.ts';

export interface SqliteOptions {
  readonly path: string;
  readonly topology?: Topology;
  /**
   * power (default): every instant is a commit and an fsync. process: instants share commits and the last ones may be lost
   * with the machine, never a part of one: for virtual time.
   */
  readonly durability?: Durability;
  /** Records after which instants that share a commit are committed (durability `process`). */
  readonly commit_records?: number;
  /** Page limit of the file; what does not fit is refused with LogFullError. */
  readonly max_pages?: number;
}

export interface SqliteLog extends LocalLog {
  readonly driver: 'sqlite';
  /** Commits so far: how well appends share them. */
  commits(): number;
}

interface Waiting {
  readonly batch: readonly Draft[];
  readonly owner: Owner | undefined;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows fetched at once by readMerged, which filters before it decodes. */
const CHUNK = 512;

export function openSqliteLog(options: SqliteOptions): SqliteLog {
  const topology = options.topology ?? EMBEDDED;
  const durability = options.durability ?? 'power';
  const commitRecords = options.commit_records ?? 4_096;
  const file = openSqliteFile(options.path, durability, false, options.max_pages);
  const { database } = file;
  const waiters = createWaiters();
  const tail = createTail();
  const ends = new Map<TopicName, number[]>();
  const holds = new Set<{ readonly topic: TopicName; readonly partition: number; from: number }>();
  let sequence = 0;
  let inTransaction = false;
  let uncommitted: Draft[] = [];
  let marks: { readonly owners: readonly Owner[]; at: number }[] = [];
  let queue: Waiting[] = [];
  let commits = 0;
  let closed = '';

  const upsertOwner = database.prepare(
    'INSERT INTO owners (stage, part, number, taken) VALUES (?, ?, 1, 0) ON CONFLICT (stage, part) DO UPDATE SET number = number + 1 RETURNING number',
  );
  const ownerRow = database.prepare('SELECT number, taken FROM owners WHERE stage = ? AND part = ?');
  const setTaken = database.prepare('UPDATE owners SET taken = ? WHERE stage = ? AND part = ? AND number = ?');
  const versionRow = database.prepare('PRAGMA data_version');
  let seenVersion = dataVersion();
  loadEnds();

  function loadEnds(): void {
    for (const topic of TOPICS) {
      const row: number[] = [];
      for (let p = 0; p < topology.partitions[topic.name]; p++) row.push(endOnDisk(topic.name, p));
      ends.set(topic.name, row);
    }
    sequence = Number(database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM records').get()?.seq);
    const kept = database.prepare('SELECT off FROM ends WHERE topic = 0 AND part = 0').get();
    sequence = Math.max(sequence, Number(kept?.off ?? 0));
  }

  function idOf(topic: TopicName): number {
    return file.topicId.get(topic) ?? -1;
  }

  function endOnDisk(topic: TopicName, partition: number): number {
    const row = file.end.get(idOf(topic), partition) as unknown as readonly unknown[];
    return Number(row[0]);
  }

  function endNow(topic: TopicName, partition: number): number {
    const end = ends.get(topic)?.[partition];
    if (end === undefined) {
      throw new RangeError(`log: ${topic} has no partition ${partition} (it has ${topology.partitions[topic]})`);
    }
    return end;
  }

  function begin(): void {
    if (closed !== '') throw new LogClosedError(closed);
    if (inTransaction) return;
    database.exec('BEGIN IMMEDIATE');
    inTransaction = true;
    const version = dataVersion();
    if (version === seenVersion) return;
    seenVersion = version;
    tail.clear();
    loadEnds();
  }

  /** Changes when another connection has written: an owner before us that does not know it yet, or an operator's tool. */
  function dataVersion(): number {
    return Number(versionRow.get()?.data_version);
  }

  function checkOwner(owner: Owner | undefined): void {
    if (owner === undefined) return;
    const newest = Number(ownerRow.get(owner.stage, owner.partition)?.number ?? 0);
    if (owner.number !== newest) throw new FencedError(owner.stage, owner.partition, owner.number, newest);
  }

  /** Everything that can be refused is refused before the first row is written. */
  function insert(batch: readonly Draft[], owner: Owner | undefined): void {
    checkOwner(owner);
    const bytes: Uint8Array[] = [];
    for (const draft of batch) {
      endNow(draft.topic, draft.partition);
      bytes.push(bytesOf(draft));
    }
    for (let i = 0; i < batch.length; i++) {
      const draft = batch[i];
      const value = bytes[i];
      if (draft === undefined || value === undefined) continue;
      const row = ends.get(draft.topic);
      if (row === undefined) continue;
      const offset = row[draft.partition] ?? 0;
      sequence += 1;
      draft.offset = offset;
      draft.sequence = sequence;
      file.insert.run(
        sequence,
        idOf(draft.topic),
        draft.partition,
        offset,
        draft.key,
        draft.at,
        draft.id,
        draft.cause,
        draft.trace,
        sourceText(draft.source),
        draft.retry_of,
        headersText(draft.headers),
        value,
      );
      row[draft.partition] = offset + 1;
      uncommitted.push(draft);
    }
  }

  function commit(): void {
    if (!inTransaction) return;
    try {
      for (const mark of marks)
        for (const owner of mark.owners) setTaken.run(mark.at, owner.stage, owner.partition, owner.number);
      database.exec('COMMIT');
    } catch (error) {
      discard();
      throw namedError(options.path, error);
    }
    inTransaction = false;
    commits += 1;
    marks = [];
    const durable = uncommitted;
    uncommitted = [];
    for (const draft of durable) tail.add(placed(draft));
    waiters.notify(waiters.needed() ? durable.map(placed) : [], endNow);
  }

  function discard(): void {
    uncommitted = [];
    marks = [];
    if (!inTransaction) return;
    inTransaction = false;
    try {
      database.exec('ROLLBACK');
    } catch {
      // A failed statement may have rolled back already.
    }
    tail.clear();
    loadEnds();
  }

  function writing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const named = namedError(options.path, error);
      if (named instanceof LogFullError) discard();
      throw named;
    }
  }

  function appendNow(batch: readonly Draft[], owner?: Owner): void {
    begin();
    writing(() => insert(batch, owner));
  }

  function endInstant(): void {
    if (durability === 'power' || uncommitted.length >= commitRecords) commit();
  }

  /** One commit for all appends that wait; a refused one does not touch the others. */
  function commitWaiting(): void {
    const group = queue;
    queue = [];
    const done: Waiting[] = [];
    try {
      if (inTransaction) commit();
      begin();
      for (const waiting of group) {
        try {
          insert(waiting.batch, waiting.owner);
          done.push(waiting);
        } catch (error) {
          if (namedError(options.path, error) instanceof LogFullError) throw error;
          waiting.reject(error);
        }
      }
      commit();
    } catch (error) {
      const named = namedError(options.path, error);
      discard();
      for (const waiting of group) waiting.reject(named);
      return;
    }
    for (const waiting of done) waiting.resolve(appendResultOf(waiting.batch));
  }

  function startNow(topic: TopicName, partition: number): number {
    const row = file.start.get(idOf(topic), partition) as unknown as readonly unknown[];
    const first = row[0];
    return first === null || first === undefined ? endNow(topic, partition) : Number(first);
  }

  function readNow(topic: TopicName, partition: number, from: number, max: number): readonly AnyEnvelope[] {
    if (from >= endNow(topic, partition)) return [];
    const cached = tail.read(topic, partition, from, max);
    if (cached !== null) return cached;
    const rows = file.readPartition.all(idOf(topic), partition, from, max) as unknown as readonly (readonly unknown[])[];
    const found = rows.map((row) => envelopeOf(row, file.topicName));
    if (found[0]?.offset !== from && !topicOf(topic).compacted) {
      throw new OffsetGoneError(topic, partition, from, startNow(topic, partition));
    }
    return found;
  }

  function readMerged(after: number, max: number, wanted: Wanted): readonly AnyEnvelope[] {
    const found: AnyEnvelope[] = [];
    const read = TOPICS.filter(({ name }) => ends.get(name)?.some((_, partition) => wanted(name, partition)));
    const topics = read.map(({ name }) => idOf(name));
    if (topics.length === 0) return found;
    const statement = file.readMerged(topics);
    let from = after;
    while (found.length < max) {
      const rows = statement.all(from, CHUNK) as unknown as readonly (readonly unknown[])[];
      for (const row of rows) {
        if (found.length >= max) break;
        from = Number(row[0]);
        const topic = file.topicName.get(Number(row[1]));
        if (topic !== undefined && wanted(topic, Number(row[2]))) found.push(envelopeOf(row, file.topicName));
      }
      if (rows.length < CHUNK) break;
    }
    return found;
  }

  function openNow(stage: string, partition: number): Owner {
    const row = upsertOwner.get(stage, partition);
    return { stage, partition, number: Number(row?.number) };
  }

  /** Ends are kept apart, so that an offset is never given twice. */
  function removing(topic: TopicName, partition: number, remove: () => void): void {
    if (inTransaction && durability === 'power') commit();
    begin();
    writing(() => {
      file.keepEnd.run(idOf(topic), partition, endNow(topic, partition));
      file.keepEnd.run(0, 0, sequence);
      remove();
    });
    tail.clear();
    if (durability === 'power') commit();
  }

  function forgetNow(topic: TopicName, partition: number, keys: ReadonlySet<string>): void {
    removing(topic, partition, () => {
      for (const key of keys) file.forget.run(idOf(topic), partition, key);
    });
  }

  function trimNow(topic: TopicName, partition: number, before: number): void {
    let below = before;
    for (const hold of holds) if (hold.topic === topic && hold.partition === partition) below = Math.min(below, hold.from);
    if (below <= startNow(topic, partition)) return;
    removing(topic, partition, () => {
      file.trim.run(idOf(topic), partition, below);
    });
  }

  function incarnationNow(topic: TopicName): string {
    return String(database.prepare('SELECT incarnation FROM topics WHERE name = ?').get(topic)?.incarnation);
  }

  return {
    driver: 'sqlite',
    topology,
    appendNow,
    endInstant,
    flush: commit,
    discard,
    markTaken(owners, at) {
      begin();
      const last = marks.at(-1);
      if (last?.owners === owners) last.at = at;
      else marks.push({ owners, at });
    },
    takenBy: (stage, partition) => Number(ownerRow.get(stage, partition)?.taken ?? 0),
    readNow,
    readMerged,
    startNow,
    endNow,
    lastSequence: () => sequence,
    openNow,
    incarnationNow,
    forgetNow,
    subscribe: waiters.subscribe,
    trimNow,
    hold(topic, partition, from): Hold {
      const held = { topic, partition, from };
      holds.add(held);
      return {
        release(offset) {
          held.from = Math.max(held.from, offset);
        },
        close() {
          holds.delete(held);
        },
      };
    },
    commits: () => commits,
    append(batch, owner) {
      if (closed !== '') return Promise.reject(new LogClosedError(closed));
      return new Promise((resolve, reject) => {
        queue.push({ batch, owner, resolve, reject });
        if (queue.length === 1) setImmediate(commitWaiting);
      });
    },
    async read(topic, partition, from, max) {
      return readNow(topic, partition, from, max);
    },
    async startOffset(topic, partition) {
      return startNow(topic, partition);
    },
    async endOffset(topic, partition) {
      return endNow(topic, partition);
    },
    async waitFor(topic, partition, from) {
      if (closed !== '') throw new LogClosedError(closed);
      if (endNow(topic, partition) <= from) await waiters.wait(topic, partition, from);
    },
    async open(stage, partition) {
      return openNow(stage, partition);
    },
    async incarnation(topic) {
      return incarnationNow(topic);
    },
    async forget(topic, partition, keys) {
      forgetNow(topic, partition, keys);
    },
    async close() {
      if (closed !== '') return;
      if (queue.length > 0) commitWaiting();
      let failure: unknown = null;
      try {
        commit();
      } catch (error) {
        failure = error;
      }
      closed = 'by its owner';
      waiters.close(closed);
      database.close();
      if (failure !== null) throw new LogClosedError(messageOf(failure));
    },
  };
}
