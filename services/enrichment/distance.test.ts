// Tests that distances in doubles are never told differently from exact ones.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFurther } from './distance.ts';

test('near the limit and far from it, small and large, the answer is the exact one', () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 38n });
  const bps = fc.integer({ min: 0, max: 20_000 });
  fc.assert(
    fc.property(amount, bps, fc.bigInt(-3n, 3n), fc.option(amount), (base, limit, off, chosen) => {
      const distance = chosen ?? (base * BigInt(limit)) / 10_000n + off;
      expect(isFurther(distance, limit, base)).toBe(distance * 10_000n > BigInt(limit) * base);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [150n, 1_500, 1_000n, false],
  [151n, 1_500, 1_000n, true],
  [0n, 0, 1n, false],
  [0n, 100, 0n, false],
])('%s lies further than %s bps of %s: %s', (distance, bps, base, further) => {
  expect(isFurther(distance, bps, base)).toBe(further);
});
