// Tests of canonical JSON against the examples of RFC 8785.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';

describe('canonicalJson', () => {
  it.each<[string, CanonicalValue, string]>([
    ['sorted keys', { b: 1, a: 'x' }, '{"a":"x","b":1}'],
    [
      'keys by UTF-16 code unit',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    ],
    [
      'numbers',
      [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    ['text', '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
    ['literals', [null, true, false], '[null,true,false]'],
    ['nesting', { a: [{ c: 1, b: {} }, []] }, '{"a":[{"b":{},"c":1},[]]}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['a bigint', { a: 1n }, '$.a'],
    ['NaN', [Number.NaN], '$[0]'],
    ['an infinity', Number.POSITIVE_INFINITY, '$'],
    ['undefined', { a: { b: undefined } }, '$.a.b'],
    ['a lone surrogate', { a: '\ud800' }, '$.a'],
  ])('%s has no form and is named', (_, value, path) => {
    expect(() => canonicalJson(value as unknown as CanonicalValue)).toThrow(`canonical JSON: ${path}:`);
  });

  it('is JSON, and the same for any order of keys', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean())),
        (object) => {
          const text = canonicalJson(object);
          expect(JSON.parse(text)).toEqual(object);
          expect(canonicalJson(Object.fromEntries(Object.entries(object).reverse()))).toBe(text);
        },
      ),
    );
  });
});
