// The smallest useful size: golden rows of both statements of the rule, and that what is left can be sold.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../schemas/money.ts';
import { needOf } from './need.ts';

describe('need', () => {
  test.each([
    ['10', 100, 600, 60, '10.809538079542'],
    ['5', 100, 600, 60, '5.404769039771'],
    ['10', 100, 300, 10, '10.422793927949'],
    ['10', 200, 300, 60, '10.578937542783'],
    ['10', 200, 1_000, 60, '11.40174379611'],
    ['10', 200, 1_500, 60, '12.072434607646'],
    ['5', 200, 200, 10, '5.209290923577'],
  ])('min %s, buffer %i, stop %i, fee %i → %s', (min, buffer, stop, fee, expected) => {
    expect(formatDecimal(needOf(decimal(min), buffer, stop, fee) ?? 0n)).toBe(expected);
  });

  test('a short whose target takes everything can be closed at no size', () => {
    expect(needOf(decimal('5'), 100, 10_000, 60)).toBeNull();
  });

  test('after the stop and the fee at least the minimum and its buffer are left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 2_500 }),
        fc.integer({ min: 0, max: 200 }),
        (min, stop, fee) => {
          const need = needOf(decimal(String(min)), 100, stop, fee) ?? 0n;
          const left = need * BigInt(10_000 - stop) * BigInt(10_000 - fee);
          const wanted = decimal(String(min)) * 10_100n * 10_000n;
          expect(left).toBeGreaterThanOrEqual(wanted);
          expect((need - 1n) * BigInt(10_000 - stop) * BigInt(10_000 - fee)).toBeLessThan(wanted);
        },
      ),
    );
  });
});
