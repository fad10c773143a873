// The choice among strategies: golden probabilities and draws, and what must hold for any arms.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArmValue, banditDraw, bestProbabilities, pick, withFloor } from './choice.ts';

const arm = (alpha: number, beta: number, weight = 1): ArmValue => ({ alpha, beta, weight });

describe('probability of being the best arm', () => {
  test.each<[name: string, arms: ArmValue[], expected: number[]]>([
    ['Beta(2,1) v Beta(1,1)', [arm(2, 1), arm(1, 1)], [0.6666665, 0.3333335]],
    ['flat, weights 2 and 1', [arm(1, 1, 2), arm(1, 1, 1)], [0.75, 0.25]],
    ['three equal', [arm(1, 1), arm(1, 1), arm(1, 1)], [1 / 3, 1 / 3, 1 / 3]],
    ['Beta(3,2) v Beta(1,1)', [arm(3, 2), arm(1, 1)], [0.6, 0.4]],
  ])('%s', (_, arms, expected) => {
    for (const [i, p] of bestProbabilities(arms).entries()) expect(p).toBeCloseTo(expected[i] ?? Number.NaN, 6);
  });

  test.each<[arms: ArmValue[], expected: number[]]>([
    [
      [arm(12, 10), arm(3, 6), arm(8, 4, 1.15)],
      [0.113034246, 0.016455057, 0.870510697],
    ],
    [
      [arm(8, 4), arm(4, 4)],
      [0.779788839, 1 - 0.779788839],
    ],
  ])('agrees with the integral it approximates', (arms, expected) => {
    for (const [i, p] of bestProbabilities(arms).entries()) expect(Math.abs(p - (expected[i] ?? Number.NaN))).toBeLessThan(1e-4);
  });

  test('three arms with a floor, and the draws of two decisions', () => {
    const arms = [arm(12, 8, 2.075), arm(6, 6, 2.44375), arm(1, 1, 2)];
    const p = withFloor(bestProbabilities(arms), 0.02);
    expect(p.map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0.348755, 0.347567, 0.303678]);
    const zeros = banditDraw('0'.repeat(64));
    const efs = banditDraw('f'.repeat(64));
    expect([zeros, efs]).toEqual([0.7576421477915152, 0.2743340753029756]);
    expect([pick(p, zeros), pick(p, efs)]).toEqual([2, 0]);
  });

  test('thousands of trades stay finite', () => {
    const p = bestProbabilities([arm(3_001, 7_001), arm(3_101, 6_901)]);
    expect(p.every(Number.isFinite)).toBe(true);
    expect(p[1]).toBeGreaterThan(0.9);
  });

  const anyArm = fc.record({
    alpha: fc.integer({ min: 1, max: 400 }),
    beta: fc.integer({ min: 1, max: 400 }),
    weight: fc.double({ min: 0.5, max: 4, noNaN: true }),
  });

  test('probabilities are positive with a floor and sum to 1; the order of the arms does not matter', () => {
    fc.assert(
      fc.property(
        fc.array(anyArm, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        (arms, floor) => {
          const p = withFloor(bestProbabilities(arms), floor);
          expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-9);
          const least = Math.min(floor, 0.5 / arms.length) * 0.999999;
          if (arms.length > 1) for (const x of p) expect(x).toBeGreaterThanOrEqual(least);
          const reversed = withFloor(bestProbabilities([...arms].reverse()), floor).reverse();
          for (const [i, x] of p.entries()) expect(Math.abs(x - (reversed[i] ?? Number.NaN))).toBeLessThan(1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('an arm with more wins is not less likely the best', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (a, b) => {
        const before = bestProbabilities([a, b])[0] ?? 0;
        const after = bestProbabilities([{ ...a, alpha: a.alpha + 1 }, b])[0] ?? 0;
        expect(after).toBeGreaterThanOrEqual(before - 1e-6);
      }),
      { numRuns: 30 },
    );
  });
});

test('the floor never takes more than half, and one arm has it all', () => {
  expect(withFloor([1], 0.05)).toEqual([1]);
  expect(withFloor([1, 0], 0.5)).toEqual([0.75, 0.25]);
});

test('a draw past the last cumulative probability takes the last arm', () => {
  expect(pick([0.3, 0.3, 0.3999999], 0.99999999)).toBe(2);
});
