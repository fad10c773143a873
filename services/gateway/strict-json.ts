// A request body as plain values: read by the strict reader, so that duplicate keys and broken text are refused.
import { type JsonValue, readJson } from '../signals/json-reader.ts';
import type { Answer } from './answer.ts';
import { problem } from './problem.ts';

const DEPTH_MAX = 16;
const STRING_MAX = 4_096;

export type Plain = null | boolean | string | number | Plain[] | { [key: string]: Plain };

/** The body, or the answer that refuses it. Numbers become doubles: money is text in every body read this way. */
export function readBody(bytes: Uint8Array): { readonly value: Plain } | { readonly refused: Answer } {
  const reading = readJson(bytes, DEPTH_MAX);
  if ('fault' in reading) {
    const { at, expected } = reading.fault;
    return { refused: problem('JSON_INVALID', `body at character ${at}: expected ${expected}`) };
  }
  if (hasLongText(reading.value)) return { refused: problem('JSON_INVALID', `a text is longer than ${STRING_MAX} characters`) };
  return { value: plain(reading.value) };
}

function hasLongText(value: JsonValue): boolean {
  if (typeof value === 'string') return value.length > STRING_MAX;
  if (value instanceof Map) return [...value.values()].some(hasLongText);
  return Array.isArray(value) && value.some(hasLongText);
}

function plain(value: JsonValue): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]));
  if (isList(value)) return value.map(plain);
  return 'literal' in value ? Number(value.literal) : null;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
