// What a source hands to a runtime: records without a position, in the order in which they become visible.
import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type Draft, newDraft } from '../log/draft.ts';
import { partitionFor } from '../partition.ts';
import type { TopicName } from '../topics.ts';

interface Headed {
  readonly topic: TopicName;
  readonly key: string;
  readonly id?: string;
  readonly cause?: string;
  readonly trace?: string;
  readonly retry_of?: string;
  readonly headers?: Readonly<Record<string, string>> | null;
  /** Otherwise the key decides. */
  readonly partition?: number;
}

export interface TypedSourceRecord<T extends RecordName = RecordName> extends Headed {
  readonly type: T;
  readonly value: RecordTypes[T];
}

export interface RawSourceRecord extends Headed {
  readonly type: 'Raw';
  readonly value: Uint8Array;
}

export type SourceRecord = { [T in RecordName]: TypedSourceRecord<T> }[RecordName] | RawSourceRecord;

/** Records that become visible together: appended together, and only then do the stages run. */
export interface SourceEvent {
  readonly at: Micros;
  readonly records: readonly SourceRecord[];
}

/** On its way into a log at `at`; `partitions` of its topic: its key decides which, unless it names one. */
export function draftOfSource(record: SourceRecord, at: Micros, partitions: number): Draft {
  return newDraft(
    record.topic,
    record.partition ?? (partitions === 1 ? 0 : partitionFor(record.topic, record.key, partitions)),
    record.type,
    record.key,
    record.value,
    at,
    record.id ?? '',
    record.cause ?? '',
    record.trace ?? '',
    null,
    record.retry_of ?? '',
    record.headers ?? null,
  );
}
