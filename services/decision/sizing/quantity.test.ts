// From size to order: worst price, bump, quantity on the step.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal as d, formatDecimal, mulCeil } from '../../../schemas/money.ts';
import { type SizeInput, sizeOf, worstPrice } from './quantity.ts';

const base: SizeInput = {
  requested: d('204'),
  need: d('5.404769039771'),
  headroom: d('1000'),
  max_bump: 2,
  worst_price: d('43210.5'),
  step: d('0.0001'),
};

describe('quantity', () => {
  test.each<[name: string, change: Partial<SizeInput>, quantity: string, notional: string, bumped: boolean, enough: boolean]>([
    ['204 at 43210.5, step .0001', {}, '0.0047', '203.08935', false, true],
    ['a cap that binds', { headroom: d('90') }, '0.002', '86.421', false, true],
    [
      '5 at 333.33 is one step short of the need and is lifted',
      { requested: d('5.41'), worst_price: d('333.33') },
      '0.0163',
      '5.433279',
      false,
      true,
    ],
    [
      'not lifted where a cap forbids the step',
      { requested: d('5.41'), headroom: d('5.42'), worst_price: d('333.33') },
      '0.0162',
      '5.399946',
      false,
      false,
    ],
    [
      'below the need, within twice the size: raised to it',
      { requested: d('2.71'), worst_price: d('1') },
      '5.4048',
      '5.4048',
      true,
      true,
    ],
    ['below the need, more than twice the size: stays', { requested: d('2.7'), worst_price: d('1') }, '2.7', '2.7', false, false],
    ['never raised above a cap', { requested: d('4'), headroom: d('5.4'), worst_price: d('1') }, '4', '4', false, false],
  ])('%s', (_, change, quantity, notional, bumped, enough) => {
    const sized = sizeOf({ ...base, ...change });
    expect([formatDecimal(sized.quantity), formatDecimal(sized.notional), sized.bumped, sized.enough]).toEqual([
      quantity,
      notional,
      bumped,
      enough,
    ]);
  });

  test('never above the requested size, but for a lift to the need; never above a cap; always on the step', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 16n });
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        fc.bigInt({ min: 1n, max: 10n ** 14n }),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        (requested, need, headroom, worst_price, step) => {
          const sized = sizeOf({ requested, need, headroom, max_bump: 2, worst_price, step });
          expect(sized.quantity % step).toBe(0n);
          const lifted = sized.enough && sized.notional > requested;
          if (lifted) expect(requested < need || sized.notional - mulCeil(step, worst_price) <= need).toBe(true);
          expect(sized.notional <= headroom + 1n).toBe(true);
          expect(sized.enough).toBe(sized.notional >= need);
        },
      ),
    );
  });
});

describe('worst price', () => {
  test.each([
    [true, '100.05', '100', 20, 100, '0.01', '100.25'],
    [true, '100.05', '100', 300, 100, '0.01', '101'],
    [false, '99.95', '100', 20, 100, '0.01', '99.76'],
    [false, '99.95', '100', 300, 100, '0.01', '99'],
    [true, '100', '100', 20, 60, '0', '100.2'],
  ])('buy %s touch %s mid %s slippage %i collar %i tick %s → %s', (buy, touch, mid, slippage, collar, tick, expected) => {
    expect(formatDecimal(worstPrice(buy, d(touch), d(mid), slippage, collar, d(tick)))).toBe(expected);
  });
});
