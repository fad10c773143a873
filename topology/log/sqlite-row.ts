// A record as a row of the sqlite log, and back.
import { decode, encode } from '../../schemas/codec.ts';
import type { RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import type { AnyEnvelope, SourcePosition } from '../envelope.ts';
import type { TopicName } from '../topics.ts';
import { type Draft, newDraft, placed } from './draft.ts';

/** Framed Avro; bytes that came raw stay as they came. */
export function bytesOf(draft: { readonly type: RecordName | 'Raw'; readonly value: unknown }): Uint8Array {
  if (draft.type === 'Raw') return draft.value as Uint8Array;
  return encode(draft.type, draft.value as RecordTypes[RecordName]);
}

export function sourceText(source: SourcePosition | null): string | null {
  if (source === null) return null;
  return `${source.stage}/${source.topic}/${source.partition}/${source.offset}/${source.index}`;
}

/** Reads `stage/topic/partition/offset/index`; null for no header, or for one that is not of this form. */
export function parseSource(text: string | null): SourcePosition | null {
  if (text === null) return null;
  const [stage, topic, partition, offset, index] = text.split('/');
  if (stage === undefined || topic === undefined || partition === undefined || offset === undefined || index === undefined)
    return null;
  return { stage, topic, partition: Number(partition), offset: Number(offset), index: Number(index) };
}

export function headersText(headers: Draft['headers']): string | null {
  return headers === null ? null : JSON.stringify(headers);
}

/** Decodes a row; what cannot be decoded becomes Raw. Cells in the order of the columns. */
export function envelopeOf(row: readonly unknown[], topicName: ReadonlyMap<number, TopicName>): AnyEnvelope {
  const [seq, topic, part, off, key, at, id, cause, trace, source, retryOf, headers, value] = row;
  const bytes = value as Uint8Array;
  const decoded = decode(bytes);
  const name = topicName.get(Number(topic));
  if (name === undefined) throw new TypeError(`log: record ${seq} lies in topic ${topic}, which has no name`);
  const draft = newDraft(
    name,
    Number(part),
    'error' in decoded ? 'Raw' : decoded.type,
    String(key),
    'error' in decoded ? bytes : decoded.value,
    Number(at),
    String(id),
    String(cause),
    String(trace),
    parseSource(source as string | null),
    String(retryOf),
    headers === null ? null : JSON.parse(String(headers)),
  );
  draft.offset = Number(off);
  draft.sequence = Number(seq);
  return placed(draft);
}
