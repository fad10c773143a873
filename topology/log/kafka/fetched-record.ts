// A record as it came from a broker: read from the bytes of its batch only as far as somebody asks.
import { decode } from '../../../schemas/codec.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { AnyEnvelope } from '../../envelope.ts';
import type { TopicName } from '../../topics.ts';
import { type Claim, parseClaim } from '../claims.ts';
import { newDraft, placed } from '../draft.ts';
import type { EntryKind, LogEntry } from '../shared-log.ts';
import { parseSource } from '../sqlite-row.ts';
import { byteReader } from './byte-reader.ts';

/** Where the parts of a record lie in the bytes; a length of -1 stands for none. */
export interface RecordParts {
  readonly bytes: Buffer;
  readonly key_at: number;
  readonly key_length: number;
  readonly value_at: number;
  readonly value_length: number;
  readonly headers_at: number;
  /** ms, of the producer or of the broker. */
  readonly timestamp: number;
  /** A marker of the broker's own. */
  readonly control: boolean;
}

const CLAIM = Buffer.from('weir-claim');
const SOURCE = Buffer.from('weir-source');
const AT = Buffer.from('weir-at');

const reader = byteReader(Buffer.alloc(0));

/** Claims are few and come with every record: each text is taken apart once. */
const claims = new Map<string, Claim | null>();
const CLAIMS_MAX = 1_000;

function claimOf(text: string): Claim | null {
  const known = claims.get(text);
  if (known !== undefined) return known;
  if (claims.size === CLAIMS_MAX) claims.clear();
  const claim = parseClaim(text);
  claims.set(text, claim);
  return claim;
}

/** Stages of one process take the same record within a moment of each other; kept for longer it would only burden the collector. */
const DECODED_KEPT = 16;

/** A class, for thousands a second are made and most are asked for one header only. */
export class FetchedRecord implements LogEntry {
  static readonly #decoded: FetchedRecord[] = [];
  static #oldest = 0;
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
  readonly kind: EntryKind;
  readonly bytes: number;
  readonly #parts: RecordParts;
  #claim: Claim | null | undefined;
  #record: AnyEnvelope | null = null;

  constructor(topic: TopicName, partition: number, offset: number, parts: RecordParts) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.#parts = parts;
    this.bytes = Math.max(0, parts.value_length);
    if (parts.control) this.kind = 'EMPTY';
    else if (parts.value_length >= 0) this.kind = 'RECORD';
    else this.kind = this.claim === null ? 'EMPTY' : 'CLAIM';
  }

  get key(): string {
    const { bytes, key_at, key_length } = this.#parts;
    return key_length <= 0 ? '' : bytes.toString('utf8', key_at, key_at + key_length);
  }

  get value(): Uint8Array | null {
    const { bytes, value_at, value_length } = this.#parts;
    return this.kind === 'RECORD' ? bytes.subarray(value_at, value_at + value_length) : null;
  }

  get at(): Micros {
    return this.#at(this.#header(AT));
  }

  get claim(): Claim | null {
    if (this.#claim === undefined) {
      const text = this.#header(CLAIM);
      this.#claim = text === null ? null : claimOf(text);
    }
    return this.#claim;
  }

  get source(): string {
    return this.#header(SOURCE) ?? '';
  }

  record(): AnyEnvelope {
    if (this.#record !== null) return this.#record;
    const record = this.#decode();
    const forgotten = FetchedRecord.#decoded[FetchedRecord.#oldest];
    if (forgotten !== undefined) forgotten.#record = null;
    FetchedRecord.#decoded[FetchedRecord.#oldest] = this;
    FetchedRecord.#oldest = (FetchedRecord.#oldest + 1) % DECODED_KEPT;
    this.#record = record;
    return record;
  }

  #at(text: string | null): Micros {
    const at = Number(text ?? Number.NaN);
    return Number.isSafeInteger(at) ? at : this.#parts.timestamp * 1_000;
  }

  /** Text of the first header of that name; null if there is none. */
  #header(name: Buffer): string | null {
    const { bytes, headers_at } = this.#parts;
    reader.from(bytes, headers_at);
    for (let left = reader.varint(); left > 0; left--) {
      const length = reader.varint();
      const named = length === name.length && bytes.compare(name, 0, length, reader.at, reader.at + length) === 0;
      reader.at += length;
      const size = reader.varint();
      if (named && size >= 0) return bytes.toString('utf8', reader.at, reader.at + size);
      reader.at += Math.max(0, size);
    }
    return null;
  }

  #headers(): ReadonlyMap<string, string> {
    const { bytes, headers_at } = this.#parts;
    reader.from(bytes, headers_at);
    const texts = new Map<string, string>();
    for (let left = reader.varint(); left > 0; left--) {
      const name = reader.text(reader.varint());
      const size = reader.varint();
      if (size < 0) continue;
      const text = reader.text(size);
      if (!texts.has(name)) texts.set(name, text);
    }
    return texts;
  }

  #decode(): AnyEnvelope {
    const { topic, partition, offset, value } = this;
    if (value === null) throw new TypeError(`log: ${topic}/${partition} offset ${offset} has no value`);
    const decoded = decode(value);
    const texts = this.#headers();
    let others: Record<string, string> | null = null;
    for (const [name, text] of texts) {
      if (OURS.has(name)) continue;
      others ??= {};
      others[name] = text;
    }
    const draft = newDraft(
      topic,
      partition,
      'error' in decoded ? 'Raw' : decoded.type,
      this.key,
      'error' in decoded ? new Uint8Array(value) : decoded.value,
      this.#at(texts.get('weir-at') ?? null),
      texts.get('weir-id') ?? '',
      texts.get('weir-cause') ?? '',
      texts.get('weir-trace') ?? '',
      parseSource(texts.get('weir-source') ?? null),
      texts.get('weir-retry-of') ?? '',
      others,
    );
    draft.offset = offset;
    draft.sequence = offset;
    return placed(draft);
  }
}

const OURS: ReadonlySet<string> = new Set([
  'weir-source',
  'weir-id',
  'weir-cause',
  'weir-trace',
  'weir-at',
  'weir-claim',
  'weir-retry-of',
]);
