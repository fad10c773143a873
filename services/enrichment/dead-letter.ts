// The letter of a record on the signals topic that cannot be taken.
import { decode, encode } from '../../schemas/codec.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import { deadLetterId } from '../../schemas/ids.ts';
import { blankDeadLetter, type DeadLetter, type ErrorClass } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Known, Violation } from '../signals/violation.ts';

export type LetterCode = Violation['code'] | Known<'SIGNAL_ID_CONFLICT' | 'SIGNAL_REKEY_LOOP'>;

const MESSAGE_MAX = 4_000;
const VALUE_MAX = 1_048_576;
const UTF8 = new TextEncoder();

/** The record's bytes: as they came, or as its schema writes them. */
export function bytesOf(input: AnyEnvelope): Uint8Array {
  return input.type === 'Raw' ? input.value : encode(input.type, input.value);
}

export function deadLetterOf(
  input: AnyEnvelope,
  reason_code: LetterCode,
  message: string,
  stage_version: string,
  now: Micros,
): DeadLetter {
  const value = bytesOf(input);
  const error_class = classOf(reason_code, value);
  const whole = value.length <= VALUE_MAX;
  return {
    ...blankDeadLetter(),
    dead_letter_id: deadLetterId({
      error_class,
      offset: input.offset,
      partition: input.partition,
      stage: 'enrichment',
      topic: input.topic,
    }),
    version: 1,
    status: 'OPEN',
    stage: 'enrichment',
    topic: input.topic,
    partition: input.partition,
    offset: input.offset,
    key: UTF8.encode(input.key),
    value: whole ? value : value.subarray(0, VALUE_MAX),
    value_bytes: whole ? null : value.length,
    value_sha256: whole ? null : sha256Hex(value),
    headers: headersOf(input),
    error_class,
    reason_code,
    message: message.slice(0, MESSAGE_MAX).toWellFormed(),
    stage_version,
    attempts: 0,
    retry_of: input.retry_of === '' ? null : input.retry_of,
    failed_at: now,
    updated_at: now,
  };
}

/** What tells where the record came from and what led to it. */
function headersOf(input: AnyEnvelope): Record<string, Uint8Array> {
  const { source } = input;
  const from = source === null ? '' : `${source.stage}/${source.topic}/${source.partition}/${source.offset}/${source.index}`;
  const own = [
    ['weir-source', from],
    ['weir-id', input.id],
    ['weir-cause', input.cause],
    ['weir-trace', input.trace],
    ['weir-retry-of', input.retry_of],
  ] as const;
  const all = [...own.filter(([, text]) => text !== ''), ...Object.entries(input.headers ?? {})];
  return Object.fromEntries(all.map(([name, text]) => [name, UTF8.encode(text)]));
}

function classOf(code: LetterCode, value: Uint8Array): ErrorClass {
  if (code === 'SIGNAL_ENCODING_UNKNOWN' || code === 'SIGNAL_JSON_INVALID') {
    if (value[0] !== 0) return 'DECODE_FAILED';
    const decoded = decode(value);
    return 'error' in decoded ? decoded.error : 'SCHEMA_INVALID';
  }
  if (code === 'SIGNAL_TOO_LARGE') return 'RECORD_TOO_LARGE';
  return code === 'SIGNAL_ID_CONFLICT' ? 'ID_CONFLICT' : 'VALIDATION_FAILED';
}

/** One sentence per violation. */
export function describe(violations: readonly Violation[]): string {
  return violations.map(({ code, field, value, expected }) => `${code} ${field}: "${value}": expected ${expected}`).join('; ');
}
