// The dead letters that a runtime writes itself: poison that no stage was given, and the record at which a stage stopped.
import { decode, schemaId } from '../../schemas/codec.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import { deadLetterId } from '../../schemas/ids.ts';
import { schemaIdIn } from '../../schemas/make-codec.ts';
import type { DeadLetter, ErrorClass } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { bytesOf, sourceText } from '../log/sqlite-row.ts';

const VALUE_LIMIT = 1_048_576;
const MESSAGE_LIMIT = 4_000;
const encoder = new TextEncoder();

export function letterFor(
  record: AnyEnvelope,
  stage: string,
  version: string,
  error_class: ErrorClass,
  message: string,
  now: Micros,
): DeadLetter {
  const bytes = safeBytes(record);
  const whole = bytes.length <= VALUE_LIMIT;
  return {
    dead_letter_id: deadLetterId({
      error_class,
      offset: record.offset,
      partition: record.partition,
      stage,
      topic: record.topic,
    }),
    version: 1,
    status: 'OPEN',
    stage,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: encoder.encode(record.key),
    value: whole ? bytes : bytes.subarray(0, VALUE_LIMIT),
    value_bytes: whole ? null : bytes.length,
    value_sha256: whole ? null : sha256Hex(bytes),
    headers: headersOf(record),
    error_class,
    reason_code: error_class,
    message: message.slice(0, MESSAGE_LIMIT),
    schema_id: schemaIdOf(record, bytes),
    stage_version: version,
    attempts: 0,
    retry_of: record.retry_of === '' ? null : record.retry_of,
    note: null,
    actor: null,
    failed_at: now,
    updated_at: now,
  };
}

/** Why bytes that reached us as Raw cannot be read. */
export function poisonOf(bytes: Uint8Array): { readonly error_class: ErrorClass; readonly message: string } {
  const decoded = decode(bytes);
  return 'error' in decoded
    ? { error_class: decoded.error, message: decoded.message }
    : { error_class: 'DECODE_FAILED', message: `a ${decoded.type} came as raw bytes` };
}

/** Empty where a stage has published what its schema cannot hold: the position still names the record. */
function safeBytes(record: AnyEnvelope): Uint8Array {
  try {
    return bytesOf(record);
  } catch {
    return new Uint8Array(0);
  }
}

function schemaIdOf(record: AnyEnvelope, bytes: Uint8Array): number | null {
  if (record.type !== 'Raw') return schemaId(record.type);
  const id = schemaIdIn(bytes);
  return id === null ? null : id | 0;
}

function headersOf(record: AnyEnvelope): Record<string, Uint8Array> {
  const headers: Record<string, Uint8Array> = {};
  const add = (name: string, value: string | null): void => {
    if (value !== null && value !== '') headers[name] = encoder.encode(value);
  };
  add('weir-source', sourceText(record.source));
  add('weir-id', record.id);
  add('weir-cause', record.cause);
  add('weir-trace', record.trace);
  add('weir-retry-of', record.retry_of);
  for (const [name, value] of Object.entries(record.headers ?? {})) add(name, value);
  return headers;
}
