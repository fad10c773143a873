// Two hops under test: signals go in open loop, and a tail reader notes when what follows from each of them can be read.
import { newDraft } from '../../topology/log/draft.ts';
import { type KafkaLog, openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import type { KafkaSettings } from '../../topology/log/kafka/settings.ts';
import type { LogEntry, Outgoing } from '../../topology/log/shared-log.ts';
import { parseSource } from '../../topology/log/sqlite-row.ts';
import { partitionFor } from '../../topology/partition.ts';
import type { TopicName } from '../../topology/topics.ts';
import type { Topology } from '../../topology/topology.ts';
import { wallClock } from '../market/live/clock.ts';
import type { BenchSignal } from './bench-signal.ts';
import type { Passage } from './passage.ts';

export interface Pipe {
  readonly log: KafkaLog;
  /** Sends `count` signals at `rate` a second, and waits until each is decided, at most `patience_ms` after the last. */
  offer(rate: number, count: number, patience_ms: number): Promise<Passage>;
  /** Some of the newest entries read of a topic. */
  samples(topic: HopTopic): readonly LogEntry[];
  close(): Promise<void>;
}

export interface PipeOptions {
  readonly settings: KafkaSettings;
  readonly topology: Topology;
  /** The n-th signal ever sent. */
  readonly signal: (n: number) => BenchSignal;
}

/** What each hop reads and writes. */
const HOPS = [
  { from: 'signals.v1', topic: 'journal.v1' },
  { from: 'journal.v1', topic: 'decisions.v1' },
] as const satisfies readonly { readonly from: TopicName; readonly topic: TopicName }[];
export type HopTopic = (typeof HOPS)[number]['topic'];

export const PIPE_TOPICS: readonly TopicName[] = ['signals.v1', 'journal.v1', 'decisions.v1'];

const BEAT_MS = 1;
const LOOK_MS = 5;
/** What is left of an overloaded round counts as lost for good when nothing more of it has come for so long. */
const STALLED_MS = 10_000;
const SAMPLES_MAX = 400;
const SAMPLED_EACH = 16;

/** What came out of a hop in the round under way. */
interface Arrivals {
  /** Place of the record it was derived from → when it was read. */
  readonly at: Map<string, number>;
  /** Its own place → that place. */
  readonly from: Map<string, string>;
  doubled: number;
}

const place = (at: { readonly partition: number; readonly offset: number }): string => `${at.partition}/${at.offset}`;
const noArrivals = (): Arrivals => ({ at: new Map(), from: new Map(), doubled: 0 });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function openPipe(options: PipeOptions): Promise<Pipe> {
  const { settings, topology } = options;
  const log = await openKafkaLog({ settings, topology, topics: PIPE_TOPICS });
  const arrivals: Record<HopTopic, Arrivals> = { 'journal.v1': noArrivals(), 'decisions.v1': noArrivals() };
  const kept: Record<HopTopic, LogEntry[]> = { 'journal.v1': [], 'decisions.v1': [] };
  let sent = 0;
  /** Signals of the last round. */
  let offered = 0;
  let closed = false;

  function note(hop: (typeof HOPS)[number], entry: LogEntry, now: number): void {
    const source = entry.kind === 'RECORD' && entry.source !== '' ? parseSource(entry.source) : null;
    if (source === null || source.topic !== hop.from) return;
    const of = arrivals[hop.topic];
    const from = place(source);
    if (of.at.has(from)) {
      of.doubled += 1;
      return;
    }
    of.at.set(from, now);
    of.from.set(place(entry), from);
    if (of.at.size % SAMPLED_EACH !== 0) return;
    if (kept[hop.topic].push(entry) > SAMPLES_MAX) kept[hop.topic].shift();
  }

  async function follow(hop: (typeof HOPS)[number], partition: number): Promise<void> {
    let next = await log.endOffset(hop.topic, partition);
    while (!closed) {
      const entries = await log.read(hop.topic, partition, next, 1_000);
      const now = performance.now();
      for (const entry of entries) note(hop, entry, now);
      next = (entries.at(-1)?.offset ?? next - 1) + 1;
      if (entries.length === 0) await log.waitFor(hop.topic, partition, next);
    }
  }

  const following = HOPS.flatMap((hop) =>
    Array.from({ length: topology.partitions[hop.topic] }, (_, partition) => follow(hop, partition)),
  ).map((running) =>
    running.catch((error: unknown) => {
      if (!closed) throw error;
    }),
  );

  /** The next round must not meet what is left of the last. */
  async function settled(): Promise<void> {
    const { at } = arrivals['decisions.v1'];
    for (let known = -1, moved = performance.now(); at.size < offered && performance.now() < moved + STALLED_MS; ) {
      if (at.size > known) moved = performance.now();
      known = at.size;
      await pause(LOOK_MS);
    }
  }

  function outgoing(): Outgoing & { readonly kind: 'RECORD' } {
    const { key, value } = options.signal(sent);
    sent += 1;
    const partition = partitionFor('signals.v1', key, topology.partitions['signals.v1']);
    return {
      kind: 'RECORD',
      draft: newDraft('signals.v1', partition, 'Raw', key, value, wallClock(), '', '', '', null, '', null),
      claim: null,
    };
  }

  return {
    log,
    samples: (topic) => kept[topic],
    async offer(rate, count, patience_ms) {
      await settled();
      offered = count;
      arrivals['journal.v1'] = noArrivals();
      arrivals['decisions.v1'] = noArrivals();
      const due = new Float64Array(count);
      const places: (() => string)[] = [];
      const appends: Promise<unknown>[] = [];
      const begun = performance.now();
      while (places.length < count) {
        const until = Math.min(count, Math.floor(((performance.now() - begun) * rate) / 1_000) + 1);
        const some = Array.from({ length: until - places.length }, outgoing);
        for (const { draft } of some) {
          due[places.length] = begun + (places.length * 1_000) / rate;
          places.push(() => place(draft));
        }
        if (some.length > 0) appends.push(log.append(some));
        await pause(BEAT_MS);
      }
      const backlog = count - arrivals['decisions.v1'].at.size;
      const last = performance.now();
      await Promise.all(appends);
      const all = (): boolean => HOPS.every(({ topic }) => arrivals[topic].at.size >= count);
      while (!all() && performance.now() < last + patience_ms) await pause(LOOK_MS);
      return passageOf(
        rate,
        due,
        places.map((of) => of()),
        backlog,
      );
    },
    async close() {
      closed = true;
      await log.close();
      await Promise.all(following);
    },
  };

  function passageOf(rate: number, due: Float64Array, places: readonly string[], backlog: number): Passage {
    const { 'journal.v1': enriched, 'decisions.v1': decided } = arrivals;
    const decidedAt = new Map<string, number>();
    for (const [from, at] of decided.at) {
      const signal = enriched.from.get(from);
      if (signal !== undefined) decidedAt.set(signal, at);
    }
    return {
      rate,
      due,
      enriched: Float64Array.from(places, (of) => enriched.at.get(of) ?? Number.NaN),
      decided: Float64Array.from(places, (of) => decidedAt.get(of) ?? Number.NaN),
      backlog,
      doubled: enriched.doubled + decided.doubled,
    };
  }
}
