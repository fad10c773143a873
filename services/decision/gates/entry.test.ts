// Tests of what an evaluation says besides its verdicts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromNumber } from '../../../schemas/money.ts';
import { inMillionths } from './entry.ts';

test('a figure in millionths is what its text reads as', () => {
  const same = (value: number): void => {
    expect(inMillionths(value)).toBe(fromNumber(Math.round(value * 1e6) / 1e6));
  };
  fc.assert(fc.property(fc.double(), same), { numRuns: 2_000 });
  fc.assert(fc.property(fc.double({ min: -2e9, max: 2e9 }), same), { numRuns: 2_000 });
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 15) - 9, max: 10 ** 15 + 9 }), (n) => same(n / 1e6)),
    { numRuns: 2_000 },
  );
});
