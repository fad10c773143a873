// Tests of exact money: literals, rounding directions, steps, and the properties that hold for every pair.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as money from './money.ts';

const { decimal, parseDecimal } = money;

describe('parseDecimal', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['1', 1_000_000_000_000n],
    ['+1', 1_000_000_000_000n],
    ['007', 7_000_000_000_000n],
    ['43210.5', 43_210_500_000_000_000n],
    ['-0.000000000001', -1n],
    ['1e3', 1_000_000_000_000_000n],
    ['1.5E-3', 1_500_000_000n],
    ['10e-13', 1n],
    ['1.0000000000000', 1_000_000_000_000n],
    ['0e9999', 0n],
    ['1234567890123456.000000000001', 1_234_567_890_123_456_000_000_000_001n],
    ['99999999999999999999999999.999999999999', 10n ** 38n - 1n],
    ['1e25', 10n ** 37n],
  ])('%s is read exactly', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  it.each([
    ['', 'nothing'],
    ['.5', 'no digit before the point'],
    ['5.', 'no digit after the point'],
    ['1,5', 'a comma'],
    [' 1', 'a space'],
    ['0x10', 'hexadecimal'],
    ['NaN', 'no number'],
    ['Infinity', 'no number'],
    ['1e', 'an empty exponent'],
    ['--1', 'two signs'],
    ['0.0000000000001', '13 fractional digits'],
    ['1.5e-12', '13 fractional digits by exponent'],
    ['100000000000000000000000000', '39 digits at scale 12'],
    ['1e26', '39 digits by exponent'],
    ['1e99999', 'an absurd exponent'],
  ])('%s is refused: %s', (text) => {
    expect(parseDecimal(text)).toBeNull();
    expect(() => decimal(text)).toThrow(RangeError);
  });

  it('reads back every formatted decimal', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
        (x) => parseDecimal(money.formatDecimal(x)) === x,
      ),
    );
  });
});

describe('text', () => {
  it.each([
    ['0', '0'],
    ['-1.5', '-1.5'],
    ['100', '100'],
    ['0.000000000001', '0.000000000001'],
    ['-0.10', '-0.1'],
  ])('formatDecimal of %s is %s', (given, text) => {
    expect(money.formatDecimal(decimal(given))).toBe(text);
  });

  it.each([
    ['1.005', 2, '1.00'],
    ['1.015', 2, '1.02'],
    ['1.0050000001', 2, '1.01'],
    ['-1.005', 2, '-1.00'],
    ['-0.004', 2, '0.00'],
    ['2.5', 0, '2'],
    ['3.5', 0, '4'],
    ['-3.5', 0, '-4'],
    ['7', 12, '7.000000000000'],
    ['0.05', 1, '0.0'],
  ])('formatFixed of %s at %i places is %s', (given, places, text) => {
    expect(money.formatFixed(decimal(given), places)).toBe(text);
  });
});

describe('rounding at scale 12', () => {
  it.each([
    // In units of 1e-12: the product is a·b/1e12.
    [1n, 500_000_000_000n, 0n, 0n, 1n],
    [3n, 500_000_000_000n, 2n, 1n, 2n],
    [-1n, 500_000_000_000n, 0n, -1n, 0n],
    [-3n, 500_000_000_000n, -2n, -2n, -1n],
    [1n, 500_000_000_001n, 1n, 0n, 1n],
    [7n, 1_000_000_000_000n, 7n, 7n, 7n],
  ])('%i × %i: half even %i, floor %i, ceil %i', (a, b, half, floor, ceil) => {
    expect([money.mul(a, b), money.mulFloor(a, b), money.mulCeil(a, b)]).toEqual([half, floor, ceil]);
  });

  it.each([
    ['1', '3', '0.333333333333', '0.333333333333', '0.333333333334'],
    ['2', '3', '0.666666666667', '0.666666666666', '0.666666666667'],
    ['-2', '3', '-0.666666666667', '-0.666666666667', '-0.666666666666'],
    ['2', '-3', '-0.666666666667', '-0.666666666667', '-0.666666666666'],
    ['-2', '-3', '0.666666666667', '0.666666666666', '0.666666666667'],
    ['0.000000000001', '2', '0', '0', '0.000000000001'],
    ['0.000000000003', '2', '0.000000000002', '0.000000000001', '0.000000000002'],
  ])('%s / %s: half even %s, floor %s, ceil %s', (a, b, half, floor, ceil) => {
    const [x, y] = [decimal(a), decimal(b)];
    expect([money.div(x, y), money.divFloor(x, y), money.divCeil(x, y)].map(money.formatDecimal)).toEqual([half, floor, ceil]);
  });

  it('mulDiv rounds once where mul and div would round twice', () => {
    expect(money.mulDiv(decimal('0.000000000001'), decimal('3'), decimal('2'))).toBe(2n);
    expect(money.mulDiv(decimal('1'), decimal('1'), decimal('3'))).toBe(333_333_333_333n);
  });

  it('a × b / c is that of the whole product, on both sides of 64 bits and at every tie', () => {
    const floorOf = (n: bigint, d: bigint): bigint => n / d - (n % d < 0n ? 1n : 0n);
    const evenOf = (n: bigint, d: bigint): bigint => {
      const floor = floorOf(n, d);
      const twice = 2n * (n - floor * d);
      return twice > d || (twice === d && floor % 2n !== 0n) ? floor + 1n : floor;
    };
    const size = fc.integer({ min: 0, max: 90 });
    const amount = fc.tuple(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), size).map(([x, shift]) => x >> BigInt(shift));
    const whole = amount.map((x) => (x < 0n ? -x : x) + 1n);
    const check = (a: bigint, b: bigint, c: bigint): boolean =>
      money.mulDiv(a, b, c) === evenOf(a * b, c) &&
      money.mulDiv(a, b, -c) === evenOf(-a * b, c) &&
      money.mulFloor(a, b) === floorOf(a * b, money.SCALE) &&
      money.mulCeil(a, b) === -floorOf(-a * b, money.SCALE) &&
      money.divFloor(a, c) === floorOf(a * money.SCALE, c) &&
      money.divCeil(a, c) === -floorOf(-a * money.SCALE, c);
    fc.assert(fc.property(amount, amount, whole, check), { numRuns: 2_000 });
    // Ties and their neighbours: (q + 1/2) × c, and one more and one less.
    fc.assert(
      fc.property(amount, whole, fc.integer({ min: -1, max: 1 }), (q, c, beside) =>
        check((2n * q + 1n) * c + BigInt(beside), 1n, 2n * c),
      ),
      { numRuns: 2_000 },
    );
  });

  it('divides by zero only with an exception', () => {
    expect(() => money.div(1n, 0n)).toThrow(RangeError);
  });

  it('floor ≤ half even ≤ ceil, at most one unit apart', () => {
    const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const [low, mid, high] = [money.mulFloor(a, b), money.mul(a, b), money.mulCeil(a, b)];
        return low <= mid && mid <= high && high - low <= 1n;
      }),
    );
  });
});

describe('steps', () => {
  it.each([
    ['50000.567', '0.01', '50000.56', '50000.57'],
    ['0.123456', '0.00001', '0.12345', '0.12346'],
    ['10', '5', '10', '10'],
    ['-0.7', '0.5', '-1', '-0.5'],
  ])('%s in steps of %s: floor %s, ceil %s', (x, step, floor, ceil) => {
    expect(money.formatDecimal(money.floorToStep(decimal(x), decimal(step)))).toBe(floor);
    expect(money.formatDecimal(money.ceilToStep(decimal(x), decimal(step)))).toBe(ceil);
  });
});

describe('basis points', () => {
  it.each([
    ['10000', 300, '300', '300', '300'],
    ['0.000000000001', 5000, '0', '0', '0.000000000001'],
    ['0.000000000003', 5000, '0.000000000002', '0.000000000001', '0.000000000002'],
    ['-0.000000000003', 5000, '-0.000000000002', '-0.000000000002', '-0.000000000001'],
  ])('%s × %i bps: half even %s, floor %s, ceil %s', (amount, bps, half, floor, ceil) => {
    const x = decimal(amount);
    expect([money.bpsOf(x, bps), money.bpsFloor(x, bps), money.bpsCeil(x, BigInt(bps))].map(money.formatDecimal)).toEqual([
      half,
      floor,
      ceil,
    ]);
  });

  it('refuses a fraction of a basis point', () => {
    expect(() => money.bpsOf(1n, 0.5)).toThrow(RangeError);
  });

  it('ratioBps rounds half even', () => {
    expect(money.ratioBps(decimal('1.5'), decimal('10000'))).toBe(2);
    expect(money.ratioBps(decimal('2.5'), decimal('10000'))).toBe(2);
    expect(money.ratioBps(decimal('-150'), decimal('10000'))).toBe(-150);
  });

  it.each([
    [150n, 1_500, 1_000n, 0],
    [151n, 1_500, 1_000n, 1],
    [149n, 1_500, 1_000n, -1],
    [0n, 0, 1n, 0],
    [0n, 100, 0n, 0],
  ])('compareBps of %s, %s bps and %s', (part, bps, whole, expected) => {
    expect(Math.sign(money.compareBps(part, bps, whole))).toBe(expected);
  });

  it('compareBps says near equality and far from it what exact products say', () => {
    const amount = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n });
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: -100, max: 20_000 }),
        fc.bigInt(-3n, 3n),
        fc.option(amount),
        (whole, bps, off, far) => {
          const part = far ?? (whole * BigInt(bps)) / 10_000n + off;
          expect(Math.sign(money.compareBps(part, bps, whole))).toBe(money.sign(part * 10_000n - BigInt(bps) * whole));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('small ones', () => {
  it('abs, min, max, sign, fits', () => {
    expect([money.abs(-2n), money.min(1n, 2n), money.max(1n, 2n)]).toEqual([2n, 1n, 2n]);
    expect([money.sign(-2n), money.sign(0n), money.sign(2n)]).toEqual([-1, 0, 1]);
    expect([money.fits(10n ** 38n - 1n), money.fits(10n ** 38n), money.fits(-(10n ** 38n))]).toEqual([true, false, false]);
  });

  it('a ratio in basis points is the quotient of integers, ties to even, however large they are', () => {
    const byIntegers = (part: bigint, whole: bigint): number => {
      const n = part * 10_000n;
      const floor = n / whole - (n % whole < 0n ? 1n : 0n);
      const twice = 2n * (n - floor * whole);
      return Number(twice > whole || (twice === whole && floor % 2n !== 0n) ? floor + 1n : floor);
    };
    const size = fc.integer({ min: 0, max: 80 });
    const whole = fc.tuple(fc.bigInt({ min: 1n, max: 2n ** 80n }), size).map(([x, shift]) => (x >> BigInt(shift)) + 1n);
    const part = fc.tuple(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), size).map(([x, shift]) => x >> BigInt(shift));
    fc.assert(
      fc.property(part, whole, (a, b) => {
        expect(money.ratioBps(a, b)).toBe(byIntegers(a, b));
      }),
      { numRuns: 2_000 },
    );
    for (const [a, b] of [
      [1n, 20_000n],
      [3n, 20_000n],
      [-1n, 20_000n],
      [-3n, 20_000n],
      [0n, 7n],
    ] as const)
      expect(money.ratioBps(a, b)).toBe(byIntegers(a, b));
    expect(() => money.ratioBps(1n, 0n)).toThrow(RangeError);
  });

  it('the nearest double is that of Number, on both sides of 64 bits', () => {
    const edges = [0n, 1n, -1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n];
    for (const x of edges) expect(money.nearest(x)).toBe(Number(x));
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.integer({ min: 0, max: 69 }), (x, shift) => {
        expect(money.nearest(x >> BigInt(shift))).toBe(Number(x >> BigInt(shift)));
      }),
    );
  });

  it('goes to and from doubles by their shortest text', () => {
    expect(money.toNumber(decimal('43210.5'))).toBe(43210.5);
    expect(money.fromNumber(0.0001)).toBe(decimal('0.0001'));
    expect(money.fromNumber(1e21)).toBe(decimal('1e21'));
    expect(money.fromNumber(0.1 + 0.2)).toBeNull();
    expect(money.fromNumber(Number.NaN)).toBeNull();
    expect(money.roundNumber(0.1 + 0.2)).toBe(decimal('0.3'));
    expect(money.roundNumber(Number.NaN)).toBeNull();
  });
});

describe('millionths', () => {
  it('are what their text reads as', () => {
    const same = (value: number): void => {
      expect(money.inMillionths(value)).toBe(money.fromNumber(Math.round(value * 1e6) / 1e6));
    };
    fc.assert(fc.property(fc.double(), same), { numRuns: 2_000 });
    fc.assert(fc.property(fc.double({ min: -2e9, max: 2e9 }), same), { numRuns: 2_000 });
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 15) - 9, max: 10 ** 15 + 9 }), (n) => same(n / 1e6)),
      { numRuns: 2_000 },
    );
  });
});

describe('flavours', () => {
  it('take plain results and keep units apart', () => {
    const price: money.Price = money.mul(1n, 2n);
    // @ts-expect-error a Price is no Quantity
    const quantity: money.Quantity = price;
    // @ts-expect-error a Price is no Money
    const amount: money.Money = price;
    const plain: money.Decimal = price;
    expect([quantity, amount, plain]).toEqual([price, price, price]);
  });
});
