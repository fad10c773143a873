// Makes a codec from a lock of schemas: Confluent's wire format (0x00, schema id, Avro body), every version readable.
import type avro from 'avsc';
import { avroType } from './avro-types.ts';
import type { RecordName, RecordTypes } from './records.generated.ts';
import type { LockedRecord, SchemaLock, SchemaVersion } from './schema-lock.ts';

const HEADER_BYTES = 5;

interface Writer extends SchemaVersion {
  readonly type: avro.Type;
}
interface Reader {
  readonly record: RecordName;
  readonly version: SchemaVersion;
  readonly type: avro.Type;
  /** From an older writer's schema; undefined for the current one. */
  readonly resolver: ReturnType<avro.Type['createResolver']> | undefined;
}

export interface Codec {
  /** The framed bytes of a record; throws where the value does not fit its schema (a bug of the caller). */
  encode<T extends RecordName>(type: T, value: RecordTypes[T]): Uint8Array;
  decode(bytes: Uint8Array): Decoded | DecodeError;
  encodeBody<T extends RecordName>(type: T, value: RecordTypes[T]): Uint8Array;
  decodeBody<T extends RecordName>(type: T, bytes: Uint8Array): RecordTypes[T] | DecodeError;
  fingerprint(type: RecordName): string;
  schemaId(type: RecordName): number;
  /** The schema that an id stands for; null if the lock has none. */
  schemaOf(id: number): SchemaVersion | null;
}
export type Decoded = { [T in RecordName]: { readonly type: T; readonly value: RecordTypes[T] } }[RecordName];
export interface DecodeError {
  readonly error: 'DECODE_FAILED' | 'SCHEMA_UNKNOWN';
  readonly message: string;
}

/** A codec over a lock: the last version of each record is written, every version is read. */
export function makeCodec(lock: SchemaLock): Codec {
  const writers = new Map<RecordName, Writer>();
  const readers = new Map<number, Reader>();
  for (const [name, record] of Object.entries(lock)) addRecord(name as RecordName, record, writers, readers);
  let buffer = Buffer.allocUnsafeSlow(65_536);

  function writer(type: RecordName): Writer {
    const found = writers.get(type);
    if (found === undefined) throw new RangeError(`record ${type} has no schema in the lock`);
    return found;
  }
  /** Writes the body after the header's place; returns where it ends. */
  function write(type: avro.Type, value: unknown): number {
    const end = type.encode(value, buffer, HEADER_BYTES);
    if (end >= 0) return end;
    buffer = Buffer.allocUnsafeSlow((buffer.length - end) * 2);
    return type.encode(value, buffer, HEADER_BYTES);
  }
  function read(reader: Pick<Reader, 'type' | 'resolver'>, bytes: Uint8Array, from: number): unknown {
    const view = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { value, offset } = reader.type.decode(view, from, reader.resolver);
    if (offset < 0) throw new RangeError('the body ends too early');
    if (offset !== view.length) throw new RangeError(`${view.length - offset} bytes follow the body`);
    return value;
  }

  return {
    encode(type, value) {
      const { id, type: schema } = writer(type);
      const end = write(schema, value);
      buffer[0] = 0;
      buffer.writeUInt32BE(id, 1);
      return Buffer.from(buffer.subarray(0, end));
    },
    decode(bytes) {
      const id = schemaIdIn(bytes);
      if (id === null) return failed('the first byte is not 0x00 or the frame is under 5 bytes');
      const reader = readers.get(id);
      if (reader === undefined) return { error: 'SCHEMA_UNKNOWN', message: `schema id ${id} is not in the lock` };
      try {
        return { type: reader.record, value: read(reader, bytes, HEADER_BYTES) } as Decoded;
      } catch (error) {
        return failed(`${reader.record}: ${text(error)}`);
      }
    },
    encodeBody(type, value) {
      return Buffer.from(buffer.subarray(HEADER_BYTES, write(writer(type).type, value)));
    },
    decodeBody<T extends RecordName>(type: T, bytes: Uint8Array) {
      try {
        return read({ type: writer(type).type, resolver: undefined }, bytes, 0) as RecordTypes[T];
      } catch (error) {
        return failed(`${type}: ${text(error)}`);
      }
    },
    fingerprint: (type) => writer(type).fingerprint,
    schemaId: (type) => writer(type).id,
    schemaOf: (id) => readers.get(id)?.version ?? null,
  };
}

/** The schema id of framed bytes; null if they are not framed. */
export function schemaIdIn(bytes: Uint8Array): number | null {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0) return null;
  return (((bytes[1] ?? 0) << 24) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0)) >>> 0;
}

function addRecord(name: RecordName, record: LockedRecord, writers: Map<RecordName, Writer>, readers: Map<number, Reader>): void {
  const current = record.versions.at(-1);
  if (current === undefined) return;
  const type = avroType(JSON.parse(current.schema));
  writers.set(name, { ...current, type });
  for (const version of record.versions) {
    const resolver = version === current ? undefined : type.createResolver(avroType(JSON.parse(version.schema)));
    readers.set(version.id, { record: name, version, type, resolver });
  }
}

function failed(message: string): DecodeError {
  return { error: 'DECODE_FAILED', message };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
