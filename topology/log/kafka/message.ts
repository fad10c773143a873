// A record as a Kafka message, and back: the value is framed Avro, everything else is headers.
import { decode } from '../../../schemas/codec.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { AnyEnvelope } from '../../envelope.ts';
import type { TopicName } from '../../topics.ts';
import { type Claim, claimText, parseClaim } from '../claims.ts';
import { type Draft, newDraft, placed } from '../draft.ts';
import type { EntryKind, LogEntry, Outgoing } from '../shared-log.ts';
import { bytesOf, parseSource, sourceText } from '../sqlite-row.ts';

export interface Message {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
  readonly partition: number;
}

type HeaderValue = Buffer | string | readonly (Buffer | string)[] | undefined;

/** What kafkajs decodes of a message. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

const OURS = ['weir-source', 'weir-id', 'weir-cause', 'weir-trace', 'weir-at', 'weir-claim', 'weir-retry-of'];

export function messageOf(outgoing: Outgoing): Message {
  switch (outgoing.kind) {
    case 'CLAIM':
      return { key: null, value: null, headers: { 'weir-claim': claimText(outgoing.claim) }, partition: outgoing.partition };
    case 'EMPTY':
      return { key: outgoing.key, value: null, headers: {}, partition: outgoing.partition };
    case 'RECORD': {
      const { draft } = outgoing;
      const bytes = bytesOf(draft);
      const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return {
        key: draft.key === '' ? null : draft.key,
        value,
        headers: headersOf(draft, outgoing.claim),
        partition: draft.partition,
      };
    }
  }
}

function headersOf(draft: Draft, claim: Claim | null): Record<string, string> {
  const headers: Record<string, string> = { ...(draft.headers ?? {}), 'weir-at': String(draft.at) };
  const source = sourceText(draft.source);
  if (source !== null) headers['weir-source'] = source;
  if (draft.id !== '') headers['weir-id'] = draft.id;
  if (draft.cause !== '') headers['weir-cause'] = draft.cause;
  if (draft.trace !== '') headers['weir-trace'] = draft.trace;
  if (draft.retry_of !== '') headers['weir-retry-of'] = draft.retry_of;
  if (claim !== null) headers['weir-claim'] = claimText(claim);
  return headers;
}

/** Copies what it keeps: kafkajs' values are slices of a whole fetch response. */
export function entryOf(topic: TopicName, partition: number, message: FetchedMessage): LogEntry {
  const headers = message.headers ?? {};
  const claim = parseClaim(headerText(headers['weir-claim']));
  const offset = Number(message.offset);
  const key = message.key === null ? '' : message.key.toString('utf8');
  const value = message.value === null ? null : Buffer.from(message.value);
  const kind: EntryKind = value !== null ? 'RECORD' : claim !== null ? 'CLAIM' : 'EMPTY';
  const texts = textsOf(headers);
  const told = Number(texts.get('weir-at') ?? Number.NaN);
  const at = Number.isSafeInteger(told) ? told : Number(message.timestamp) * 1_000;
  let decoded: AnyEnvelope | null = null;
  return {
    topic,
    partition,
    offset,
    kind,
    key,
    bytes: value?.length ?? 0,
    value,
    at,
    claim,
    source: texts.get('weir-source') ?? '',
    record() {
      if (value === null) throw new TypeError(`log: ${topic}/${partition} offset ${offset} has no value`);
      decoded ??= envelopeOf(topic, partition, offset, key, value, texts, at);
      return decoded;
    },
  };
}

function headerText(value: HeaderValue): string | null {
  const first: HeaderValue = Array.isArray(value) ? (value[0] as Buffer | string | undefined) : value;
  if (first === undefined) return null;
  return typeof first === 'string' ? first : Buffer.from(first as Buffer).toString('utf8');
}

function textsOf(headers: Readonly<Record<string, HeaderValue>>): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const text = headerText(value);
    if (text !== null) texts.set(name, text);
  }
  return texts;
}

function envelopeOf(
  topic: TopicName,
  partition: number,
  offset: number,
  key: string,
  value: Buffer,
  texts: ReadonlyMap<string, string>,
  at: Micros,
): AnyEnvelope {
  const decoded = decode(value);
  const others = [...texts].filter(([name]) => !OURS.includes(name));
  const draft = newDraft(
    topic,
    partition,
    'error' in decoded ? 'Raw' : decoded.type,
    key,
    'error' in decoded ? new Uint8Array(value) : decoded.value,
    at,
    texts.get('weir-id') ?? '',
    texts.get('weir-cause') ?? '',
    texts.get('weir-trace') ?? '',
    parseSource(texts.get('weir-source') ?? null),
    texts.get('weir-retry-of') ?? '',
    others.length === 0 ? null : Object.fromEntries(others),
  );
  draft.offset = offset;
  draft.sequence = offset;
  return placed(draft);
}
