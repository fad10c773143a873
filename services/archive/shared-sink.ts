// The sink on a shared log: a member of a group archives the partitions that it is given, each at its own pace, in offset order.
import { setTimeout as wait } from 'node:timers/promises';
import { type ClaimTable, countEntry } from '../../topology/log/claims.ts';
import { LogHoleError, messageOf, OffsetGoneError } from '../../topology/log/errors.ts';
import type { LogEntry, Membership, SharedLog } from '../../topology/log/shared-log.ts';
import { TOPICS, type TopicName } from '../../topology/topics.ts';
import { type ArchivedRecord, archivedEntry } from './archived-record.ts';
import { StoreRefusedError, whileAway } from './insert.ts';
import { openPart, type Part, type Storing, storeRecords, storeSchemas } from './part.ts';
import { type ArchivePosition, readPosition, writePositions } from './positions.ts';

export interface TakenPosition {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
}

export interface SharedSinkOptions extends Storing {
  readonly log: SharedLog;
  readonly membership: Pick<Membership, 'assignment' | 'onChange'>;
  readonly batch_rows: number;
  /** A batch waits so long for more after its first record. */
  readonly batch_ms: number;
  /** Batches on their way at once. */
  readonly parallel: number;
  /** Told after positions stand in the store; false: to be told again. */
  readonly commit: (positions: readonly TakenPosition[]) => Promise<boolean>;
  /** A partition stands: the others go on. */
  readonly on_stopped: (message: string) => void;
  /** The store has answered with something that only a person can judge: everything stands. */
  readonly on_refused: (message: string) => void;
  /** The log or the store was away for too long. */
  readonly on_failed: (error: unknown) => void;
}

export interface SharedSink {
  parts(): readonly { readonly topic: TopicName; readonly partition: number; readonly current: boolean }[];
  stopped(): readonly string[];
  /** '' while the store takes what it is given. */
  trouble(): string;
  /** Resolves when everything that stood in the log at the call is stored, as far as it is this member's. */
  drained(): Promise<void>;
  /** Finishes what is on its way, as far as that takes no longer than a moment, and writes its positions. */
  stop(): Promise<void>;
}

interface Followed extends Part {
  readonly key: string;
  readonly began: number;
  readonly incarnation: string;
  /** A place that everything is stored up to, and the claims in force there: both at once. */
  reached: { readonly next: number; readonly claims: ClaimTable };
  /** Position in the store; -1: none yet. */
  written: number;
  /** What of it this member has committed for those who ask for the lag; -1: nothing yet. */
  committed: number;
}

interface Collected {
  readonly records: readonly ArchivedRecord[];
  /** There may be more at hand. */
  readonly whole: boolean;
}

interface Running {
  ended: boolean;
  part: Followed | null;
  current: boolean;
  wake: (() => void) | null;
  done: Promise<void>;
}

const POSITIONS_MS = 1_000;
const REVOKED_MS = 5_000;
const CHUNK = 250;
/** A batch takes no more once it holds so much: decoded and as rows it is many times that. */
const BATCH_BYTES = 2 * 1_048_576;
const DRAIN_POLL_MS = 50;

/** What was compacted has no place in an archive, and nothing of it is stored. */
export const ARCHIVED: readonly TopicName[] = TOPICS.filter((topic) => !topic.compacted).map((topic) => topic.name);

/** A claim that nobody knows, in a partition that was not read from its start. */
class ClaimUnknown extends Error {
  override readonly name = 'ClaimUnknown';
}

export async function startSharedSink(options: SharedSinkOptions): Promise<SharedSink> {
  const { log, membership, store } = options;
  const running = new Map<string, Running>();
  const stopped = new Map<string, string>();
  let trouble = '';
  let refused = '';
  let stopping = false;
  let free = options.parallel;
  const queue: (() => void)[] = [];
  const ending = new AbortController();
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve(), { once: true }));
  const storing: Storing = {
    ...options,
    insert: {
      ...options.insert,
      async sleep(seconds, error) {
        trouble = `ClickHouse is away: ${messageOf(error)}`;
        await Promise.race([options.insert.sleep(seconds, error), ended]);
        // Whoever stops does not wait for it.
        if (ending.signal.aborted) throw error;
      },
    },
  };
  await whileAway(() => storeSchemas(store, options.now()), storing.insert);

  /** As many at once as the store shall have; the others' records wait in the buffers of the log. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  async function open(topic: TopicName, partition: number, key: string): Promise<Followed> {
    const incarnation = await log.incarnation(topic);
    const start = await log.startOffset(topic, partition);
    const known = await readPosition(store, topic, partition);
    if (known !== null && known.incarnation !== incarnation)
      throw new LogHoleError(
        topic,
        partition,
        known.next,
        `the topic was made anew: give the archive another clickhouse.database`,
      );
    const next = known?.next ?? start;
    const part = await openPart(store, topic, partition, next);
    const reached = { next, claims: new Map(known?.claims ?? []) };
    return { ...part, key, began: known?.began ?? start, incarnation, reached, written: known?.next ?? -1, committed: -1 };
  }

  function counts(part: Followed, claims: ClaimTable, entry: LogEntry): boolean {
    const counting = countEntry(claims, entry);
    if (counting === 'unknown' && part.began > 0) {
      const { id = '', slot = '' } = entry.claim ?? {};
      const at = `${part.key} offset ${entry.offset}`;
      throw new ClaimUnknown(`${at}: written under claim ${id} of ${slot}, whose Claim lies before the start of the partition`);
    }
    return counting === 'counts';
  }

  /** What is at hand, up to a whole batch; `claims` moves along. */
  async function collect(part: Followed, claims: ClaimTable): Promise<Collected> {
    const found: ArchivedRecord[] = [];
    let bytes = 0;
    for (let from = part.next; found.length < options.batch_rows && bytes < BATCH_BYTES; ) {
      const entries = await log.read(part.topic, part.partition, from, Math.min(CHUNK, options.batch_rows - found.length));
      const last = entries.at(-1);
      if (last === undefined) return { records: found, whole: false };
      for (const entry of entries) {
        found.push(archivedEntry(entry, counts(part, claims, entry)));
        bytes += entry.bytes;
      }
      from = last.offset + 1;
    }
    return { records: found, whole: true };
  }

  /** Stores all of them, in several batches where they lie too far apart. */
  async function storeAll(part: Followed, read: readonly ArchivedRecord[]): Promise<void> {
    for (let rest = read; rest.length > 0; ) {
      const taken = await storeRecords(part, rest, storing);
      trouble = '';
      rest = rest.slice(taken);
    }
  }

  function arrival(run: Running, part: Followed): Promise<void> {
    return new Promise((resolve, reject) => {
      run.wake = resolve;
      log.waitFor(part.topic, part.partition, part.next).then(resolve, reject);
    });
  }

  async function follow(topic: TopicName, partition: number, key: string, run: Running): Promise<void> {
    const part = await inTurn(() => whileAway(() => open(topic, partition, key), storing.insert));
    trouble = '';
    run.part = part;
    let whole = false;
    while (!run.ended && refused === '') {
      if (!whole) {
        run.current = part.next >= (await log.endOffset(topic, partition));
        if (run.ended) return;
        await arrival(run, part);
        if (run.ended) return;
        await pause(run, options.batch_ms);
      }
      whole = await inTurn(async () => {
        if (run.ended) return false;
        const claims = new Map(part.reached.claims);
        const collected = await collect(part, claims);
        await storeAll(part, collected.records);
        part.reached = { next: part.next, claims };
        return collected.whole;
      });
    }
  }

  function pause(run: Running, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      run.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function fell(key: string, error: unknown): void {
    if (error instanceof StoreRefusedError) {
      if (refused === '') {
        refused = error.message;
        options.on_refused(refused);
      }
    } else if (error instanceof LogHoleError || error instanceof OffsetGoneError || error instanceof ClaimUnknown) {
      const message = `archive: ${key} stands: ${error.message}`;
      stopped.set(key, message);
      options.on_stopped(message);
    } else if (!stopping) {
      options.on_failed(error);
    }
  }

  function begin(topic: TopicName, partition: number, key: string): void {
    const run: Running = { ended: false, part: null, current: false, wake: null, done: Promise.resolve() };
    running.set(key, run);
    run.done = follow(topic, partition, key, run)
      .catch((error: unknown) => {
        if (!run.ended || error instanceof StoreRefusedError) fell(key, error);
      })
      .finally(() => {
        if (run.ended && running.get(key) === run) running.delete(key);
      });
  }

  /** Waits a moment for what is on its way; what comes later is stored twice, and read once. */
  async function end(runs: readonly Running[]): Promise<void> {
    for (const run of runs) {
      run.ended = true;
      run.wake?.();
    }
    await Promise.race([Promise.all(runs.map((run) => run.done)), wait(REVOKED_MS, undefined, { ref: false })]);
    await writeMoved(runs);
  }

  function assign(): void {
    if (stopping) return;
    const assigned = membership.assignment()?.partitions ?? [];
    const wanted = new Set<string>();
    for (const topic of ARCHIVED) {
      for (const partition of assigned) {
        if (partition >= log.topology.partitions[topic]) continue;
        const key = `${topic}/${partition}`;
        wanted.add(key);
        if (!running.has(key) && !stopped.has(key)) begin(topic, partition, key);
      }
    }
    const revoked = [...running].filter(([key, run]) => !wanted.has(key) && !run.ended);
    void end(revoked.map(([, run]) => run)).then(() => {
      for (const [key, run] of revoked) if (running.get(key) === run) running.delete(key);
      // Given back to us meanwhile.
      if (revoked.length > 0) assign();
    }, options.on_failed);
  }

  let writing: Promise<void> = Promise.resolve();

  /** One after the other, so that commits never go back. */
  function writeMoved(runs: readonly Running[]): Promise<void> {
    writing = writing.then(async () => {
      const moved = runs.flatMap(({ part }) => (part !== null && part.reached.next > part.written ? [part] : []));
      const positions = moved.map((part): ArchivePosition => ({ ...part, ...part.reached }));
      if (refused !== '') return;
      if (positions.length > 0) {
        await writePositions(store, positions, options.now(), storing.insert);
        trouble = '';
        moved.forEach((part, i) => {
          part.written = positions[i]?.next ?? part.written;
        });
      }
      await commitWritten(runs);
    });
    return writing;
  }

  /** Also what a member that died has written, and what was committed while the group was changing. */
  async function commitWritten(runs: readonly Running[]): Promise<void> {
    const lacking = runs.flatMap(({ part }) => (part !== null && part.committed < part.written ? [part] : []));
    const positions = lacking.map(({ topic, partition, written }) => ({ topic, partition, offset: written }));
    if (positions.length === 0 || !(await options.commit(positions))) return;
    lacking.forEach((part, i) => {
      part.committed = positions[i]?.offset ?? part.committed;
    });
  }

  async function keepPositions(): Promise<void> {
    while (!stopping) {
      await wait(POSITIONS_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      if (!stopping) await writeMoved([...running.values()]);
    }
  }

  const keeping = keepPositions().catch((error: unknown) => fell('positions', error));
  membership.onChange(assign);
  assign();

  return {
    parts: () =>
      [...running.values()].flatMap(({ part, current }) =>
        part === null ? [] : [{ topic: part.topic, partition: part.partition, current }],
      ),
    stopped: () => [...stopped.values()],
    trouble: () => (refused === '' ? trouble : refused),
    async drained() {
      const ends = new Map<string, number>();
      for (const topic of ARCHIVED)
        for (const partition of membership.assignment()?.partitions ?? [])
          if (partition < log.topology.partitions[topic])
            ends.set(`${topic}/${partition}`, await log.endOffset(topic, partition));
      const behind = ([key, target]: [string, number]): boolean => {
        if (stopped.has(key)) return false;
        const run = running.get(key);
        return run !== undefined && (run.part === null || run.part.next < target);
      };
      while (!stopping && refused === '' && [...ends].some(behind)) await wait(DRAIN_POLL_MS);
    },
    async stop() {
      stopping = true;
      ending.abort();
      await keeping;
      await end([...running.values()]).catch((error: unknown) => fell('positions', error));
    },
  };
}
