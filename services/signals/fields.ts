// The field checks of a signal: each reads one field, or says what is wrong with it.
import { type Decimal, parseDecimal } from '../../schemas/money.ts';
import { type Micros, parseTime } from '../../schemas/time.ts';
import type { JsonObject, JsonValue, NumberLiteral } from './json-reader.ts';
import { type SignalCode, type Violation, violation } from './violation.ts';

/** The fields of one record and the faults found in them so far. */
export interface Form {
  readonly fields: JsonObject;
  readonly violations: Violation[];
}

/** 2015-01-01 and 2100-01-01: seconds or milliseconds sent as microseconds fall outside. */
export const EARLIEST: Micros = 1_420_070_400_000_000;
export const LATEST: Micros = 4_102_444_800_000_000;
const INTEGER = /^-?\d+$/;
const NAME_MAX = 40;
const VISIBLE_MAX = 255;
export const EVIDENCE_KEYS_MAX = 64;
export const EVIDENCE_VALUE_MAX = 200;

/** 1 to 40 of a-z, 0-9 and _. */
export function isName(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const named = (unit >= LOWER_A && unit <= LOWER_Z) || (unit >= DIGIT_0 && unit <= DIGIT_9) || unit === UNDERSCORE;
    if (!named) return false;
  }
  return text.length >= 1 && text.length <= NAME_MAX;
}

/** 1 to 255 visible ASCII characters. */
export function isVisible(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit <= SPACE || unit > TILDE) return false;
  }
  return text.length >= 1 && text.length <= VISIBLE_MAX;
}

const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const UNDERSCORE = 0x5f;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;
const TILDE = 0x7e;

export function show(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (isLiteral(value)) return value.literal;
  if (value instanceof Map) return '{…}';
  return Array.isArray(value) ? '[…]' : String(value);
}

export function refuse(form: Form, code: SignalCode, field: string, expected: string): null {
  form.violations.push(violation(code, field, show(form.fields.get(field) ?? null), expected));
  return null;
}

function isLiteral(value: JsonValue): value is NumberLiteral {
  return typeof value === 'object' && value !== null && 'literal' in value;
}

function isMap(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}

/** The field's value; null and absence are the same. */
function given(form: Form, field: string, required: boolean): JsonValue {
  const value = form.fields.get(field) ?? null;
  if (value === null && required) refuse(form, 'SIGNAL_FIELD_MISSING', field, 'a value');
  return value;
}

/** Text of 1 to `max` code points. */
export function readText(form: Form, field: string, min: number, max: number, required: boolean): string | null {
  const value = given(form, field, required);
  if (value === null) return null;
  if (typeof value !== 'string') return refuse(form, 'SIGNAL_FIELD_INVALID', field, 'text');
  const length = codePoints(value);
  if (length < min || length > max) return refuse(form, 'SIGNAL_FIELD_INVALID', field, `${min} to ${max} characters`);
  return value.isWellFormed() ? value : refuse(form, 'SIGNAL_FIELD_INVALID', field, 'well-formed Unicode');
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

type Check = (text: string) => boolean;

function readChecked(form: Form, field: string, required: boolean, check: Check, expected: string): string | null {
  const value = given(form, field, required);
  if (value === null) return null;
  return typeof value === 'string' && check(value) ? value : refuse(form, 'SIGNAL_FIELD_INVALID', field, expected);
}

export function readName(form: Form, field: string, required: boolean): string | null {
  return readChecked(form, field, required, isName, '1 to 40 of a-z, 0-9 and _');
}

export function readVisible(form: Form, field: string): string | null {
  return readChecked(form, field, false, isVisible, '1 to 255 visible ASCII characters');
}

export function readOneOf<T extends string>(form: Form, field: string, choices: readonly T[]): T | null {
  const value = given(form, field, true);
  if (value === null) return null;
  return (
    choices.find((choice) => choice === value) ?? refuse(form, 'SIGNAL_FIELD_INVALID', field, `one of ${choices.join(', ')}`)
  );
}

export function readTime(form: Form, field: string, required: boolean): Micros | null {
  const value = given(form, field, required);
  if (value === null) return null;
  let at: number | null;
  if (typeof value === 'string') at = parseTime(value);
  else if (isLiteral(value)) at = INTEGER.test(value.literal) ? Number(value.literal) : null;
  else return refuse(form, 'SIGNAL_FIELD_INVALID', field, 'a time');
  if (at === null) return refuse(form, 'SIGNAL_TIME_INVALID', field, 'ISO-8601 with a zone, or whole microseconds');
  if (at < EARLIEST || at >= LATEST) return refuse(form, 'SIGNAL_TIME_INVALID', field, 'a time from 2015 up to 2100');
  return at;
}

/** A decimal above zero, from its literal text. */
export function readPositive(form: Form, field: string): Decimal | null {
  const value = given(form, field, false);
  if (value === null) return null;
  const text = typeof value === 'string' ? value : isLiteral(value) ? value.literal : null;
  if (text === null) return refuse(form, 'SIGNAL_FIELD_INVALID', field, 'a decimal, as a string or a number');
  const read = parseDecimal(text);
  if (read === null) return refuse(form, 'SIGNAL_DECIMAL_INVALID', field, 'at most 12 fractional and 38 digits in all');
  return read > 0n ? read : refuse(form, 'SIGNAL_DECIMAL_INVALID', field, 'more than 0');
}

export function readInteger(form: Form, field: string, min: number, max: number): number | null {
  const value = given(form, field, false);
  if (value === null) return null;
  const read = isLiteral(value) && INTEGER.test(value.literal) ? Number(value.literal) : Number.NaN;
  return read >= min && read <= max ? read : refuse(form, 'SIGNAL_FIELD_INVALID', field, `a whole number from ${min} to ${max}`);
}

export function readDouble(form: Form, field: string, min: number, max: number): number | null {
  const value = given(form, field, false);
  if (value === null) return null;
  const read = isLiteral(value) ? Number(value.literal) : Number.NaN;
  if (Number.isFinite(read) && read >= min && read <= max) return read === 0 ? 0 : read;
  return refuse(
    form,
    'SIGNAL_FIELD_INVALID',
    field,
    max === Number.MAX_VALUE ? 'a finite number' : `a number from ${min} to ${max}`,
  );
}

/** Values may be text, number or boolean, all kept as text. */
export function readMap(form: Form, field: string): { readonly [key: string]: string } {
  const value = given(form, field, false);
  if (value === null) return {};
  if (!isMap(value)) {
    refuse(form, 'SIGNAL_FIELD_INVALID', field, 'an object');
    return {};
  }
  if (value.size > EVIDENCE_KEYS_MAX) refuse(form, 'SIGNAL_FIELD_INVALID', field, `at most ${EVIDENCE_KEYS_MAX} keys`);
  const entries: [string, string][] = [];
  for (const [key, item] of value) {
    const plain = typeof item === 'string' || typeof item === 'boolean' || isLiteral(item);
    const text = show(item);
    const expected = !isName(key)
      ? 'a key of 1 to 40 of a-z, 0-9 and _'
      : !plain
        ? 'text, a number or true or false'
        : codePoints(text) > EVIDENCE_VALUE_MAX || !text.isWellFormed()
          ? `at most ${EVIDENCE_VALUE_MAX} characters of well-formed Unicode`
          : null;
    if (expected === null) entries.push([key, text]);
    else form.violations.push(violation('SIGNAL_FIELD_INVALID', `${field}.${key}`.slice(0, 100), text, expected));
  }
  return Object.fromEntries(entries);
}
