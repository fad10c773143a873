// The first differing field is named by its path, and equal data is equal whatever holds it.
import { describe, expect, it } from 'vitest';
import { firstDifference } from './difference.ts';

describe('firstDifference', () => {
  it.each([
    ['numbers', { a: 1 }, { a: 1 }],
    ['zeros of both signs', { a: 0 }, { a: -0 }],
    ['no number', { a: Number.NaN }, { a: Number.NaN }],
    ['other order of fields', { a: 1, b: 2n }, { b: 2n, a: 1 }],
    ['bytes in other containers', { a: Uint8Array.of(1, 2) }, { a: Buffer.from([1, 2]) }],
    ['other prototypes', { a: { b: 1 } }, { a: Object.assign(Object.create(null), { b: 1 }) }],
  ])('%s: none', (_case, derived, stands) => {
    expect(firstDifference(derived, stands)).toBeNull();
  });

  it.each([
    [{ a: 1 }, { a: 2 }, 'a', '1', '2'],
    [{ a: 1n }, { a: 1 }, 'a', '"1n"', '1'],
    [{ gates: [{ observed: 1 }, { observed: 2 }] }, { gates: [{ observed: 1 }, { observed: 3 }] }, 'gates[1].observed', '2', '3'],
    [{ gates: [1, 2] }, { gates: [1] }, 'gates[1]', '2', 'nothing'],
    [{ a: null }, { a: 0 }, 'a', 'null', '0'],
    [{}, { a: 'x' }, 'a', 'nothing', '"x"'],
    [{ a: Uint8Array.of(1) }, { a: Uint8Array.of(2) }, 'a', '{"0":1}', '{"0":2}'],
  ])('%o against %o: %s', (derived, stands, field, shownDerived, shownStands) => {
    expect(firstDifference(derived, stands)).toEqual({ field, derived: shownDerived, stands: shownStands });
  });
});
