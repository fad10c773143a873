// A record on its way into a log: the envelope before it has an offset. The log fills in its place, so one object serves for both.
import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope, SourcePosition } from '../envelope.ts';
import type { TopicName } from '../topics.ts';

export type RecordValue = RecordTypes[RecordName] | Uint8Array;

export interface Draft {
  readonly topic: TopicName;
  readonly partition: number;
  /** Set by the log when the append has succeeded; -1 before. */
  offset: number;
  sequence: number;
  readonly key: string;
  readonly at: Micros;
  readonly id: string;
  readonly cause: string;
  readonly trace: string;
  readonly source: SourcePosition | null;
  readonly retry_of: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly type: RecordName | 'Raw';
  readonly value: RecordValue;
}

/** All drafts are made here, so that all envelopes have one shape. */
export function newDraft(
  topic: TopicName,
  partition: number,
  type: RecordName | 'Raw',
  key: string,
  value: RecordValue,
  at: Micros,
  id: string,
  cause: string,
  trace: string,
  source: SourcePosition | null,
  retry_of: string,
  headers: Readonly<Record<string, string>> | null,
): Draft {
  return { topic, partition, offset: -1, sequence: -1, key, at, id, cause, trace, source, retry_of, headers, type, value };
}

/** The same object, read as the envelope it has become. */
export function placed(draft: Draft): AnyEnvelope {
  return draft as AnyEnvelope;
}

/** The same record on its way again, or to another offset. */
export function copyOf(of: Draft | AnyEnvelope): Draft {
  const { topic, partition, type, key, value, at, id, cause, trace, source, retry_of, headers } = of;
  return newDraft(topic, partition, type, key, value, at, id, cause, trace, source, retry_of, headers ?? null);
}
