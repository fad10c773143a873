// Tests of the strict JSON reader.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonValue, readJson } from './json-reader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function plain(value: JsonValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  if ('literal' in value) return Number(value.literal);
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('numbers keep their literal text', () => {
  for (const literal of [
    '0',
    '-0',
    '1',
    '-12',
    '0.10',
    '43210.500000000001',
    '1e3',
    '1E+3',
    '12345678901234567890.123456789012',
  ]) {
    test(literal, () => expect(readJson(bytes(literal), 3)).toEqual({ value: { literal } }));
  }
});

describe('invalid', () => {
  const rows: readonly (readonly [string, string | Uint8Array, number, string])[] = [
    ['nothing', '', 0, 'a JSON value'],
    ['a bare word', 'NaN', 0, 'a JSON value'],
    ['infinity', '-Infinity', 0, 'a JSON value'],
    ['a leading zero', '01', 1, 'nothing after the value'],
    ['a leading plus', '+1', 0, 'a JSON value'],
    ['a bare point', '.5', 0, 'a JSON value'],
    ['a trailing point', '1.', 1, 'nothing after the value'],
    ['a hexadecimal number', '0x10', 1, 'nothing after the value'],
    ['two values', '1 2', 2, 'nothing after the value'],
    ['an open object', '{"a":1', 6, '"," or "}"'],
    ['an open array', '[1', 2, '"," or "]"'],
    ['a trailing comma', '{"a":1,}', 7, 'a key in double quotes'],
    ['a missing colon', '{"a" 1}', 5, '":" after the key'],
    ['single quotes', "{'a':1}", 1, 'a key in double quotes'],
    ['a comment', '{/**/}', 1, 'a key in double quotes'],
    ['an open string', '"a', 2, 'a closing quote'],
    ['a bare line feed in a string', '"a\nb"', 2, 'no bare control character in a string'],
    ['an unknown escape', '"\\x41"', 1, 'a JSON escape'],
    ['an escape named like an object member', '"\\constructor"', 1, 'a JSON escape'],
    ['a short escape', '"\\u12"', 1, 'a JSON escape'],
    ['half a surrogate pair', '"\\ud800"', 8, 'whole surrogate pairs'],
    ['a key twice', '{"a":1,"a":2}', 7, 'the key "a" once only'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}', 7, 'the key "a" once only'],
    ['a fourth level', '{"a":{"b":{"c":{}}}}', 15, 'at most 3 levels of nesting'],
    ['a fourth level of arrays', '[[[[]]]]', 3, 'at most 3 levels of nesting'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 0, 'valid UTF-8'],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), 0, 'valid UTF-8'],
  ];
  for (const [name, input, at, expected] of rows) {
    test(name, () => {
      expect(readJson(typeof input === 'string' ? bytes(input) : input, 3)).toEqual({ fault: { at, expected } });
    });
  }
});

test('three levels and a final line feed are valid', () => {
  expect(readJson(bytes('{"a":{"b":[1,true,null,"x"]}}\r\n'), 3)).toHaveProperty('value');
});

test('a key named __proto__ is an ordinary key', () => {
  const reading = readJson(bytes('{"__proto__":"x"}'), 3);
  expect('value' in reading && reading.value instanceof Map && reading.value.get('__proto__')).toBe('x');
});

test('reads every valid text as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      const reading = readJson(bytes(text), 100);
      expect('value' in reading && plain(reading.value)).toEqual(JSON.parse(text));
    }),
  );
});

test('accepts nothing that JSON.parse refuses', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '1',
    '-',
    '.',
    'e',
    '\\',
    'true',
    'null',
    ' ',
    '\n',
    'u0041',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      if ('value' in readJson(bytes(text), 100)) expect(() => JSON.parse(text)).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
      expect(readJson(input, 3)).toBeTypeOf('object');
    }),
  );
});
