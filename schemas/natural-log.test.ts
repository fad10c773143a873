// Tests of the project's own logarithm and exponential against known values, their ends, and each other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from './exponential.ts';
import { ln, powerOfTwo } from './natural-log.ts';

const near = (a: number, b: number): boolean => a === b || Math.abs(a - b) <= 1e-14 * Math.abs(b);

describe('ln', () => {
  it.each([
    [1, 0],
    [2, Math.LN2],
    [10, Math.LN10],
    [0.5, -Math.LN2],
    [1 + 1e-10, 9.999999999500001e-11],
    [5e-324, -744.4400719213812],
    [Number.MAX_VALUE, 709.782712893384],
    [0, Number.NEGATIVE_INFINITY],
    [-0, Number.NEGATIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('ln %d = %d', (x, y) => {
    // 1 + 1e-10 is not exact: its own rounding is within the looser bound.
    expect(ln(x) === y || Math.abs(ln(x) - y) <= Math.max(1e-14 * Math.abs(y), x > 1 && x < 1.001 ? 1e-17 : 0)).toBe(true);
  });
  it.each([-1, Number.NaN])('ln %d is NaN', (x) => {
    expect(ln(x)).toBeNaN();
  });
  it('is within 1e-14 of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true }), (x) => near(ln(x), Math.log(x))),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.9, max: 1.1, noNaN: true }), (x) => near(ln(x), Math.log(x))),
      { numRuns: 2000 },
    );
  });
  it('grows', () => {
    fc.assert(fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => ln(x) <= ln(x * 1.0000001)));
  });
});

describe('exp', () => {
  it.each([
    [0, 1],
    [1, Math.E],
    [-1, 1 / Math.E],
    [709.78, 1.7928227943945155e308],
    [-745, 5e-324],
    [710, Number.POSITIVE_INFINITY],
    [-746, 0],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, 0],
  ])('exp %d = %d', (x, y) => {
    expect(near(exp(x), y)).toBe(true);
  });
  it('exp NaN is NaN', () => {
    expect(exp(Number.NaN)).toBeNaN();
  });
  it('is within 1e-14 of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => near(exp(x), Math.exp(x))),
      { numRuns: 2000 },
    );
  });
  it('undoes ln', () => {
    fc.assert(fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (x) => Math.abs(exp(ln(x)) - x) <= 4e-15 * x));
  });
});

describe('powerOfTwo', () => {
  it.each([
    [0, 1],
    [10, 1024],
    [-1, 0.5],
    [1023, 8.98846567431158e307],
    [-1023, 1.1125369292536007e-308],
  ])('2^%i', (k, y) => {
    expect(powerOfTwo(k)).toBe(y);
  });
});
