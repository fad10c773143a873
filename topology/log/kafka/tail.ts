// Follows partitions without a group: one fetch loop per broker fills a bounded buffer per partition, and stops where nobody reads on.
import type { TopicName } from '../../topics.ts';
import { holeBefore } from '../contiguous.ts';
import { LogClosedError, LogHoleError } from '../errors.ts';
import { firstAt } from '../first-at.ts';
import type { LogEntry } from '../shared-log.ts';
import type { Cluster } from './cluster.ts';
import { type Fetched, fetchFrom } from './fetch.ts';
import { type Patience, retrying } from './retrying.ts';

export interface Tail {
  follows(topic: TopicName, partition: number): boolean;
  /** Starts a buffer; `from` must not lie beyond the end. */
  begin(topic: TopicName, partition: number, from: number): void;
  /** null: lies before what the buffer holds; read it from the broker. */
  read(topic: TopicName, partition: number, from: number, max: number): readonly LogEntry[] | null;
  /** A partition for which all have patience is asked for that seldom, unless it falls behind. */
  waitFor(topic: TopicName, partition: number, from: number, patience_ms: number): Promise<void>;
  /** Records in all buffers. */
  buffered(): number;
  close(): Promise<void>;
}

export interface TailOptions extends Patience {
  readonly cluster: Cluster;
  readonly nameOf: (topic: TopicName) => string;
  readonly compacted: (topic: TopicName) => boolean;
  /** Records and bytes of a partition that may lie ahead of its readers; it is paused beyond them. */
  readonly ahead_records: number;
  readonly ahead_bytes: number;
  /** Behind the furthest reader others may follow at some distance without asking the broker. */
  readonly behind_records: number;
  /** Nothing can be read any more. */
  readonly failed: (error: Error) => void;
}

interface Waiter {
  readonly from: number;
  readonly patience_ms: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Followed {
  readonly topic: TopicName;
  readonly name: string;
  readonly partition: number;
  entries: LogEntry[];
  bytes: number;
  /** First offset that the entries cover. */
  start: number;
  /** Offset to be fetched next. */
  next: number;
  /** Furthest place that anybody has read to. */
  read: number;
  waiters: Waiter[];
  /** Of who waited last. */
  patience_ms: number;
  /** When it was last asked for, and when somebody last waited for it who had no patience. */
  asked_at: number;
  urgent_at: number;
  /** There was more than the last answer held. */
  more: boolean;
  /** Thrown at whoever reads at or after `next`. */
  failure: Error | null;
  /** As the metadata had it; null: to be looked up. */
  leader: string | null;
}

/** Before the start, or after the end: the broker does not say which. */
export const OUTSIDE = 'it lies outside of the partition';

/** How long a fetch waits for data; a partition that is wanted meanwhile waits as long. */
const WAIT_MS = 100;
/** Entries that nobody needs any more go this many at once: one at a time would move the rest each time. */
const DROPPED_TOGETHER = 64;
/** So long after somebody waited without patience the partition is taken to be urgent. */
const URGENT_MS = 1_000;

export function createTail(options: TailOptions): Tail {
  const { cluster } = options;
  const partitions = new Map<string, Followed>();
  /** By the broker that they ask; '' asks who leads. */
  const loops = new Map<string, Promise<void>>();
  /** Wakes the loops that have nothing to ask for yet. */
  const resting = new Set<() => void>();
  let closed = false;

  function followed(topic: TopicName, partition: number, from: number): Followed {
    const key = `${topic}/${partition}`;
    let of = partitions.get(key);
    if (of === undefined) {
      const name = options.nameOf(topic);
      of = {
        ...{ topic, name, partition, entries: [], bytes: 0, start: from, next: from, read: from, waiters: [] },
        ...{ patience_ms: 0, asked_at: 0, urgent_at: performance.now(), more: false, failure: null, leader: null },
      };
      partitions.set(key, of);
    }
    return of;
  }

  /** Somebody reads on from a place that the buffer has not come to. */
  function rebase(of: Followed, from: number): void {
    of.entries = [];
    of.bytes = 0;
    of.start = from;
    of.next = from;
    of.read = from;
    of.failure = null;
  }

  function wanted(of: Followed): boolean {
    if (of.failure !== null) return false;
    if (of.waiters.length > 0) return true;
    return of.next - of.read < options.ahead_records && of.bytes < options.ahead_bytes;
  }

  /** When a wanted partition is to be asked for. */
  function dueAt(of: Followed): number {
    if (of.more || performance.now() < of.urgent_at + URGENT_MS) return 0;
    let patience_ms = of.waiters[0]?.patience_ms ?? of.patience_ms;
    for (const waiter of of.waiters) patience_ms = Math.min(patience_ms, waiter.patience_ms);
    return of.asked_at + patience_ms;
  }

  /** '' while nobody is known to lead. */
  function leaderOf(of: Followed): string {
    of.leader ??= leaderNow(of);
    return of.leader;
  }

  function leaderNow(of: Followed): string {
    try {
      const [node] = Object.keys(cluster.findLeaderForPartitions(of.name, [of.partition]));
      return node === undefined || node === '-1' ? '' : node;
    } catch {
      return '';
    }
  }

  async function refresh(): Promise<void> {
    try {
      await cluster.refreshMetadata();
    } finally {
      for (const of of partitions.values()) of.leader = null;
    }
  }

  function wake(of: Followed): void {
    if (closed || !wanted(of)) return;
    if (dueAt(of) <= performance.now()) {
      for (const resume of resting) resume();
      resting.clear();
    }
    start(leaderOf(of));
  }

  /** Until then, or until something is urgent. */
  async function rest(until: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, until - performance.now());
      resting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  function start(node: string): void {
    if (closed || loops.has(node)) return;
    const loop = (node === '' ? findLeaders() : follow(node))
      .catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        loops.delete(node);
        for (const of of partitions.values()) wake(of);
      });
    loops.set(node, loop);
  }

  /** Ends when every wanted partition has a leader. */
  async function findLeaders(): Promise<void> {
    await retrying({ settings: options.settings, closed: () => closed }, async () => {
      await refresh();
      for (const of of partitions.values())
        if (wanted(of) && leaderOf(of) === '') throw new Error(`${of.name}/${of.partition} has no leader`);
    });
  }

  /** Ends when nothing that this broker leads is wanted. */
  async function follow(nodeId: string): Promise<void> {
    for (;;) {
      const more = await retrying({ settings: options.settings, closed: () => closed }, () => fetchOnce(nodeId));
      if (!more || closed) return;
    }
  }

  /** False when nothing is to be fetched there. Throws what is worth another try. */
  async function fetchOnce(nodeId: string): Promise<boolean> {
    const all = [...partitions.values()].filter((of) => wanted(of) && leaderOf(of) === nodeId);
    if (all.length === 0) return false;
    const now = performance.now();
    const led = all.filter((of) => dueAt(of) <= now);
    if (led.length === 0) {
      await rest(Math.min(...all.map(dueAt)));
      return true;
    }
    for (const of of led) of.asked_at = now;
    led.sort((a, b) => (a.name < b.name ? -1 : 1));
    const places = led.map((of) => ({ topic: of.topic, name: of.name, partition: of.partition, from: of.next }));
    let stale = false;
    try {
      const broker = await cluster.findBroker({ nodeId });
      const answers = await fetchFrom(broker, places, WAIT_MS);
      for (const answer of answers) {
        const of = partitions.get(`${answer.topic}/${answer.partition}`);
        if (of !== undefined && answer.from === of.next) stale = !take(of, answer) || stale;
      }
    } catch (error) {
      if (!closed) await refresh().catch(() => {});
      throw error;
    }
    if (stale) {
      await refresh().catch(() => {});
      throw new Error('a leader has moved');
    }
    return true;
  }

  /** False: another broker has to be asked. */
  function take(of: Followed, answer: Fetched): boolean {
    if (answer.error === 1) {
      of.failure = new LogHoleError(of.topic, of.partition, of.next, OUTSIDE);
      settle(of);
      return true;
    }
    if (answer.error !== 0) return false;
    of.failure = answer.failure;
    of.more = false;
    const compacted = options.compacted(of.topic);
    for (const entry of answer.entries) {
      of.failure = holeBefore(of.topic, of.partition, of.next, entry.offset) ?? of.failure;
      if (entry.offset !== of.next && !compacted) break;
      of.entries.push(entry);
      of.bytes += entry.bytes;
      of.next = entry.offset + 1;
    }
    // Compaction leaves batches that hold nothing any more, also at the end.
    if (compacted) of.next = Math.max(of.next, answer.next);
    of.more = answer.entries.length > 0 && of.next < answer.high_watermark;
    trim(of);
    settle(of);
    return true;
  }

  function trim(of: Followed): void {
    const keep = of.read - options.behind_records;
    let drop = 0;
    while (drop < of.entries.length) {
      const entry = of.entries[drop];
      if (entry === undefined || entry.offset >= of.read) break;
      if (entry.offset >= keep && of.bytes < options.ahead_bytes / 2) break;
      drop += 1;
    }
    if (drop < DROPPED_TOGETHER && of.bytes < options.ahead_bytes) return;
    for (const entry of of.entries.splice(0, drop)) of.bytes -= entry.bytes;
    of.start = of.entries[0]?.offset ?? of.next;
  }

  function settle(of: Followed): void {
    const still: Waiter[] = [];
    for (const waiter of of.waiters) {
      if (of.failure !== null || of.next > waiter.from) waiter.resolve();
      else still.push(waiter);
    }
    of.waiters = still;
  }

  function fail(error: Error): void {
    if (closed) return;
    for (const of of partitions.values()) {
      for (const waiter of of.waiters) waiter.reject(error);
      of.waiters = [];
      of.failure = error;
    }
    options.failed(error);
  }

  return {
    follows: (topic, partition) => partitions.has(`${topic}/${partition}`),
    begin(topic, partition, from) {
      followed(topic, partition, from);
    },
    read(topic, partition, from, max) {
      if (closed) throw new LogClosedError('by its owner');
      const of = followed(topic, partition, from);
      if (from > of.next) rebase(of, from);
      if (from < of.start) return null;
      if (from >= of.next) {
        const { failure } = of;
        if (failure === null) {
          wake(of);
          return [];
        }
        // Who asks again after the place was mended shall find it mended.
        if (failure instanceof LogHoleError) partitions.delete(`${topic}/${partition}`);
        throw failure;
      }
      const at = firstAt(of.entries, from);
      const found = of.entries.slice(at, at + max);
      const last = found.at(-1);
      of.read = Math.max(of.read, last === undefined ? of.next : last.offset + 1);
      wake(of);
      return found;
    },
    waitFor(topic, partition, from, patience_ms) {
      if (closed) return Promise.reject(new LogClosedError('by its owner'));
      const of = followed(topic, partition, from);
      if (of.failure !== null || of.next > from) return Promise.resolve();
      return new Promise((resolve, reject) => {
        of.patience_ms = patience_ms;
        if (patience_ms === 0) of.urgent_at = performance.now();
        of.waiters.push({ from, patience_ms, resolve, reject });
        wake(of);
      });
    },
    buffered() {
      let sum = 0;
      for (const of of partitions.values()) sum += of.entries.length;
      return sum;
    },
    async close() {
      closed = true;
      for (const of of partitions.values()) {
        for (const waiter of of.waiters) waiter.reject(new LogClosedError('by its owner'));
        of.waiters = [];
      }
      for (const resume of resting) resume();
      await Promise.all(loops.values());
    },
  };
}
