// One record as a stage meets it: its place in the log, its headers and its decoded value.
import type { RecordName, RecordTypes } from '../schemas/records.generated.ts';
import type { Micros } from '../schemas/time.ts';
import type { TopicName } from './topics.ts';

/** The position a record was derived from (header `weir-source`). `index` counts the outputs of one input record. */
export interface SourcePosition {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

interface Placed {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
  /** Order of appends over all topics of a local log; the offset where the log has no such order (Kafka). */
  readonly sequence: number;
  readonly key: string;
  /** Header `weir-at`: when the runtime appended it. Never part of an id, a hash or a comparison. */
  readonly at: Micros;
  /** Header `weir-id`; '' where a record has none (Tick, Mark, market records). */
  readonly id: string;
  /** Header `weir-cause`; '' where there is none. */
  readonly cause: string;
  /** Header `weir-trace`: 32 hex, or ''. */
  readonly trace: string;
  readonly source: SourcePosition | null;
  /** Header `weir-retry-of`; '' for a first delivery. */
  readonly retry_of: string;
  /** All other headers (`weir-idempotency`, `weir-fingerprint`, `traceparent`, those of outside producers); null or absent if none. */
  readonly headers?: Readonly<Record<string, string>> | null;
}

export interface Envelope<T extends RecordName = RecordName> extends Placed {
  readonly type: T;
  readonly value: RecordTypes[T];
}

/** Bytes of an outside producer that are not framed Avro of a known schema. */
export interface RawEnvelope extends Placed {
  readonly type: 'Raw';
  readonly value: Uint8Array;
}

/** Narrow with `switch (envelope.type)`. */
export type AnyEnvelope = { [T in RecordName]: Envelope<T> }[RecordName] | RawEnvelope;
