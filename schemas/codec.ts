// The codec: records to and from bytes in Confluent's wire format, with the schemas of the lock.
import { type Codec, makeCodec } from './make-codec.ts';
import lockFile from './schema-ids.lock.json' with { type: 'json' };
import type { SchemaLock } from './schema-lock.ts';

export type { Decoded, DecodeError } from './make-codec.ts';

const codec = makeCodec(lockFile);

export const encode: Codec['encode'] = codec.encode;
export const decode: Codec['decode'] = codec.decode;
export const encodeBody: Codec['encodeBody'] = codec.encodeBody;
export const decodeBody: Codec['decodeBody'] = codec.decodeBody;
/** SHA-256 of the schema a record is written with. */
export const fingerprint: Codec['fingerprint'] = codec.fingerprint;
/** Id of the schema a record is written with. */
export const schemaId: Codec['schemaId'] = codec.schemaId;
/** Every schema version of every record, for the archive and the registry. */
export const schemaLock: SchemaLock = lockFile;
