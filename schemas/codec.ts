// The codec: records to and from bytes in Confluent's wire format, with the schemas of the lock.
import { type Codec, type Decoded, type DecodeError, makeCodec, schemaIdIn } from './make-codec.ts';
import lockFile from './schema-ids.lock.json' with { type: 'json' };
import type { SchemaLock, SchemaVersion } from './schema-lock.ts';

export type { Decoded, DecodeError };

/** What is known, at once, of ids that the lock does not have. */
export interface OtherSchemas {
  /** null: nothing. */
  decode(id: number, bytes: Uint8Array): Decoded | DecodeError | null;
  schemaOf(id: number): SchemaVersion | null;
}

/** Every schema version of every record, for the archive and the registry. */
export const schemaLock: SchemaLock = lockFile;

const NO_OTHERS: OtherSchemas = { decode: () => null, schemaOf: () => null };
let codec = makeCodec(lockFile);
let others = NO_OTHERS;

/** One process speaks one registry's ids: said once, before its first record. */
export function speak(lock: SchemaLock, known: OtherSchemas = NO_OTHERS): void {
  codec = makeCodec(lock);
  others = known;
}

export const encode: Codec['encode'] = (type, value) => codec.encode(type, value);
export const encodeBody: Codec['encodeBody'] = (type, value) => codec.encodeBody(type, value);
export const decodeBody: Codec['decodeBody'] = (type, bytes) => codec.decodeBody(type, bytes);
export function decode(bytes: Uint8Array): Decoded | DecodeError {
  const decoded = codec.decode(bytes);
  if (!('error' in decoded) || decoded.error !== 'SCHEMA_UNKNOWN') return decoded;
  return others.decode(schemaIdIn(bytes) ?? 0, bytes) ?? decoded;
}
/** SHA-256 of the schema a record is written with. */
export const fingerprint: Codec['fingerprint'] = (type) => codec.fingerprint(type);
/** Id of the schema a record is written with. */
export const schemaId: Codec['schemaId'] = (type) => codec.schemaId(type);
/** The schema that an id stands for; null if it is not known. */
export function schemaOf(id: number): SchemaVersion | null {
  return codec.schemaOf(id) ?? others.schemaOf(id);
}
