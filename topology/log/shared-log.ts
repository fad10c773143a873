// The port of a log that several processes write: two owners of a partition may live, and a Claim says which one counts.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { TopicName } from '../topics.ts';
import type { Topology } from '../topology.ts';
import type { Claim } from './claims.ts';
import type { Draft } from './draft.ts';
import type { AppendResult } from './log.ts';

/** RECORD: has a value. CLAIM: has none and opens a claim. EMPTY: any other record without value (it deletes its key where a topic is compacted). */
export type EntryKind = 'RECORD' | 'CLAIM' | 'EMPTY';

/** A record as it lies in the log, before anybody has asked whether it counts. */
export interface LogEntry {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
  readonly kind: EntryKind;
  readonly key: string;
  /** Size of its value. */
  readonly bytes: number;
  /** Exactly as it lies there; null but for a RECORD. */
  readonly value: Uint8Array | null;
  /** Header `weir-at`, or when the broker took it. */
  readonly at: Micros;
  /** The claim it opens (CLAIM), or was written under; null for sources, outside producers and letters appended again. */
  readonly claim: Claim | null;
  /** Header `weir-source` as it came, '' if none: who looks for its own records need not decode the others. */
  readonly source: string;
  /** Decoded at the first call. Only of a RECORD. */
  record(): AnyEnvelope;
}

export type Outgoing =
  | { readonly kind: 'RECORD'; readonly draft: Draft; readonly claim: Claim | null }
  | { readonly kind: 'CLAIM'; readonly topic: TopicName; readonly partition: number; readonly claim: Claim }
  | { readonly kind: 'EMPTY'; readonly topic: TopicName; readonly partition: number; readonly key: string };

export interface SharedLog {
  readonly topology: Topology;
  /**
   * Resolved: the result named every partition, and every draft has its offset. Rejected with AppendFailedError: nothing is
   * known; parts may stand, or land later. RecordTooLargeError: nothing was sent.
   */
  append(batch: readonly Outgoing[]): Promise<AppendResult>;
  /**
   * At most `max` entries from `from` on that are at hand, in order; none says only that waitFor has to be asked. Throws
   * OffsetGoneError below the start, LogHoleError where offsets are missing or `from` lies beyond the end.
   */
  read(topic: TopicName, partition: number, from: number, max: number): Promise<readonly LogEntry[]>;
  /**
   * Resolves when there is something to read from `from` on, or a read would throw. Who has time says so: it may then be told
   * that much later, with more at once.
   */
  waitFor(topic: TopicName, partition: number, from: number, patience_ms?: number): Promise<void>;
  startOffset(topic: TopicName, partition: number): Promise<number>;
  endOffset(topic: TopicName, partition: number): Promise<number>;
  /** Changes when a topic is made anew. */
  incarnation(topic: TopicName): Promise<string>;
  close(): Promise<void>;
}

/** Which partitions of a stage's assigned topic this member has. */
export interface Assignment {
  /** Grows with every rebalance. */
  readonly generation: number;
  readonly partitions: readonly number[];
}

export interface Membership {
  /** Unlike that of every other member that ever was. '' before the first assignment. */
  memberId(): string;
  /** null while none is known: before the first, and while the group rebalances after this member was thrown out. */
  assignment(): Assignment | null;
  /** Called after every change of the assignment. */
  onChange(listener: () => void): void;
  /** Monotonic ms at which the last heartbeat that was answered had been sent. */
  answeredAt(): number;
  /** ms after which a member that is not heard of is taken for dead. */
  readonly session_ms: number;
  leave(): Promise<void>;
}

/** Time, as a runtime needs it; simulated in a simulation. */
export interface Timing {
  /** Wall clock in µs. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  /** Resolves after so many ms. */
  pause(ms: number): Promise<void>;
}
