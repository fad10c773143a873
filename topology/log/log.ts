// The port of a log: what stages and their runtimes need, whichever driver holds the records.
import type { AnyEnvelope } from '../envelope.ts';
import type { TopicName } from '../topics.ts';
import type { Topology } from '../topology.ts';
import type { Draft } from './draft.ts';

/** Who appends. From the moment `open` returns, appends of an earlier owner of the same stage and partition are refused. */
export interface Owner {
  readonly stage: string;
  readonly partition: number;
  readonly number: number;
}

export interface AppendedTo {
  readonly topic: TopicName;
  readonly partition: number;
  /** Offset of the batch's first record in this partition; the others follow without a gap. */
  readonly offset: number;
  readonly count: number;
}

/** An append has succeeded only when its result names every partition sent. */
export type AppendResult = readonly AppendedTo[];

export interface Log {
  readonly driver: 'memory' | 'sqlite' | 'kafka';
  readonly topology: Topology;
  /**
   * Appends the batch and fills in each draft's offset and sequence. Local logs: all or nothing. Rejects with FencedError,
   * LogFullError or LogClosedError. Resolved means: it survives what the driver's durability promises.
   */
  append(batch: readonly Draft[], owner?: Owner): Promise<AppendResult>;
  /** At most `max` records of a partition from `from` on, in order; empty at the end. Throws OffsetGoneError below the start. */
  read(topic: TopicName, partition: number, from: number, max: number): Promise<readonly AnyEnvelope[]>;
  startOffset(topic: TopicName, partition: number): Promise<number>;
  /** Offset that the next record will get. */
  endOffset(topic: TopicName, partition: number): Promise<number>;
  /** Resolves when the partition has a record at or after `from`; rejects with LogClosedError when the log closes. */
  waitFor(topic: TopicName, partition: number, from: number): Promise<void>;
  /** Makes the caller the owner of the stage's partition. */
  open(stage: string, partition: number): Promise<Owner>;
  /** Changes when a topic is made anew: offsets of another incarnation mean nothing. */
  incarnation(topic: TopicName): Promise<string>;
  /** Removes every record of a compacted topic that has one of these keys. */
  forget(topic: TopicName, partition: number, keys: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

/** Called with records in sequence order, once they are durable (as far as the driver promises). */
export type Listener = (records: readonly AnyEnvelope[]) => void;

/** Below this a holder no longer needs the partition's records. */
export interface Hold {
  release(offset: number): void;
  close(): void;
}

/** Which records of the merged order a reader wants; the others are not decoded. */
export type Wanted = (topic: TopicName, partition: number) => boolean;

/** A log in this process: everything is synchronous underneath, and all records have one order, their sequence. */
export interface LocalLog extends Log {
  readonly driver: 'memory' | 'sqlite';
  /** As append, at once: for the virtual runtime. On sqlite it joins the open instant (see endInstant). */
  appendNow(batch: readonly Draft[], owner?: Owner): void;
  /** What was appended at once since the last call is one instant: a crash loses it whole or not at all. */
  endInstant(): void;
  /** Takes back what has not been committed, the open instant with it: what a crash would do. */
  discard(): void;
  /** Joins the open instant: these owners have taken every input up to this sequence, and what they derived from it stands. */
  markTaken(owners: readonly Owner[], sequence: number): void;
  /** The last mark of the stage's partition, by whichever owner; 0 if none. */
  takenBy(stage: string, partition: number): number;
  /** Makes everything appended so far durable. */
  flush(): void;
  readNow(topic: TopicName, partition: number, from: number, max: number): readonly AnyEnvelope[];
  /** At most `max` wanted records with a sequence above `after`, in sequence order. */
  readMerged(after: number, max: number, wanted: Wanted): readonly AnyEnvelope[];
  startNow(topic: TopicName, partition: number): number;
  endNow(topic: TopicName, partition: number): number;
  /** Sequence of the newest record; 0 in an empty log. */
  lastSequence(): number;
  openNow(stage: string, partition: number): Owner;
  incarnationNow(topic: TopicName): string;
  forgetNow(topic: TopicName, partition: number, keys: ReadonlySet<string>): void;
  /** Removes the records of a partition below an offset, as far as nobody holds them. */
  trimNow(topic: TopicName, partition: number, before: number): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void;
  /** Says that records from `from` on are still needed; a log that forgets keeps what somebody holds. */
  hold(topic: TopicName, partition: number, from: number): Hold;
}
