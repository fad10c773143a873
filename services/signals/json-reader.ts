// A strict JSON reader that keeps numbers as their literal text: no float ever touches a price.

/** A number as it stands in the text. */
export interface NumberLiteral {
  readonly literal: string;
}
export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = null | boolean | string | NumberLiteral | JsonObject | readonly JsonValue[];

export interface JsonFault {
  /** Position in the text, in UTF-16 units. */
  readonly at: number;
  readonly expected: string;
}
export type JsonReading = { readonly value: JsonValue } | { readonly fault: JsonFault };

interface Cursor {
  readonly text: string;
  readonly depth_max: number;
  at: number;
  fault: JsonFault | null;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: { readonly [mark: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Refuses what JSON refuses and also duplicate keys, nesting beyond `depth_max` containers, and half surrogate pairs. */
export function readJson(bytes: Uint8Array, depth_max: number): JsonReading {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { fault: { at: 0, expected: 'valid UTF-8' } };
  }
  const cursor: Cursor = { text, depth_max, at: 0, fault: null };
  skipSpace(cursor);
  const value = readValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.fault !== null) return { fault: cursor.fault };
  if (value === undefined || cursor.at < text.length) return { fault: { at: cursor.at, expected: 'nothing after the value' } };
  return { value };
}

function fail(cursor: Cursor, expected: string): undefined {
  cursor.fault ??= { at: cursor.at, expected };
  return undefined;
}

function skipSpace(cursor: Cursor): void {
  let code = cursor.text.charCodeAt(cursor.at);
  while (code === 32 || code === 10 || code === 13 || code === 9) code = cursor.text.charCodeAt(++cursor.at);
}

/** Moves past the mark if it stands here. */
function take(cursor: Cursor, mark: string): boolean {
  if (!cursor.text.startsWith(mark, cursor.at)) return false;
  cursor.at += mark.length;
  return true;
}

function readValue(cursor: Cursor, depth: number): JsonValue | undefined {
  const mark = cursor.text[cursor.at];
  if (mark === '"') return readString(cursor);
  if (mark === '{' || mark === '[') {
    if (depth === cursor.depth_max) return fail(cursor, `at most ${cursor.depth_max} levels of nesting`);
    cursor.at += 1;
    return mark === '{' ? readObject(cursor, depth + 1) : readArray(cursor, depth + 1);
  }
  if (take(cursor, 'true')) return true;
  if (take(cursor, 'false')) return false;
  if (take(cursor, 'null')) return null;
  NUMBER.lastIndex = cursor.at;
  const literal = NUMBER.exec(cursor.text)?.[0];
  if (literal === undefined) return fail(cursor, 'a JSON value');
  cursor.at += literal.length;
  return { literal };
}

function readObject(cursor: Cursor, depth: number): JsonObject | undefined {
  const members = new Map<string, JsonValue>();
  skipSpace(cursor);
  if (take(cursor, '}')) return members;
  for (;;) {
    skipSpace(cursor);
    if (cursor.text[cursor.at] !== '"') return fail(cursor, 'a key in double quotes');
    const start = cursor.at;
    const key = readString(cursor);
    if (key === undefined) return undefined;
    if (members.has(key)) {
      cursor.at = start;
      return fail(cursor, `the key ${JSON.stringify(key.slice(0, 40))} once only`);
    }
    skipSpace(cursor);
    if (!take(cursor, ':')) return fail(cursor, '":" after the key');
    skipSpace(cursor);
    const value = readValue(cursor, depth);
    if (value === undefined) return undefined;
    members.set(key, value);
    skipSpace(cursor);
    if (take(cursor, '}')) return members;
    if (!take(cursor, ',')) return fail(cursor, '"," or "}"');
  }
}

function readArray(cursor: Cursor, depth: number): readonly JsonValue[] | undefined {
  const items: JsonValue[] = [];
  skipSpace(cursor);
  if (take(cursor, ']')) return items;
  for (;;) {
    skipSpace(cursor);
    const value = readValue(cursor, depth);
    if (value === undefined) return undefined;
    items.push(value);
    skipSpace(cursor);
    if (take(cursor, ']')) return items;
    if (!take(cursor, ',')) return fail(cursor, '"," or "]"');
  }
}

function readString(cursor: Cursor): string | undefined {
  const { text } = cursor;
  cursor.at += 1;
  let out = '';
  let from = cursor.at;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (Number.isNaN(code)) return fail(cursor, 'a closing quote');
    if (code < 32) return fail(cursor, 'no bare control character in a string');
    if (code === 34) break;
    if (code !== 92) {
      cursor.at += 1;
      continue;
    }
    out += text.slice(from, cursor.at);
    const piece = readEscape(cursor);
    if (piece === undefined) return undefined;
    out += piece;
    from = cursor.at;
  }
  out += text.slice(from, cursor.at);
  cursor.at += 1;
  return out.isWellFormed() ? out : fail(cursor, 'whole surrogate pairs');
}

function readEscape(cursor: Cursor): string | undefined {
  const mark = cursor.text[cursor.at + 1] ?? '';
  const simple = Object.hasOwn(ESCAPES, mark) ? ESCAPES[mark] : undefined;
  if (simple !== undefined) {
    cursor.at += 2;
    return simple;
  }
  const hex = cursor.text.slice(cursor.at + 2, cursor.at + 6);
  if (mark !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) return fail(cursor, 'a JSON escape');
  cursor.at += 6;
  return String.fromCharCode(Number.parseInt(hex, 16));
}
