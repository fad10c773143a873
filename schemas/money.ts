// Exact money: bigint decimals at scale 12, flavoured by unit, with every rounding named in the function.
/** A decimal at scale 12: 1 is 1_000_000_000_000n. */
export type Decimal = bigint;
/** Flavours: a plain bigint result fits each of them, a Price does not fit a Quantity. */
export type Price = bigint & { readonly __unit?: 'price' };
export type Quantity = bigint & { readonly __unit?: 'quantity' };
export type Money = bigint & { readonly __unit?: 'money' };

export const SCALE = 1_000_000_000_000n;
const FRACTION_DIGITS = 12;
const PRECISION = 38;
const LIMIT = 10n ** BigInt(PRECISION);
const BPS = 10_000n;
const BITS_52 = 2 ** 52;
const POWERS = Array.from({ length: PRECISION + 1 }, (_, i) => 10n ** BigInt(i));
const SMALL_POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

function power(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** n / d to the nearest integer, ties to the even one; d must not be 0. */
function halfEven(n: bigint, d: bigint): bigint {
  if (d < 0n) return halfEven(-n, -d);
  const q = n / d;
  const whole = q * d;
  if (whole === n) return q;
  const rest = n - whole;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  if (twice < d || (twice === d && (q & 1n) === 0n)) return q;
  return n < 0n ? q - 1n : q + 1n;
}

function floorDivide(n: bigint, d: bigint): bigint {
  const q = n / d;
  return n < 0n !== d < 0n && q * d !== n ? q - 1n : q;
}

function ceilDivide(n: bigint, d: bigint): bigint {
  return -floorDivide(-n, d);
}

const BITS_62 = 2 ** 62;
const ERROR = 2 ** -49;

/**
 * A whole number q next to a × b / c, at which a × b − q × c is less than c and exact in 64 bits; null where that is not sure.
 * Products at scale 24 do not fit 64 bits, and wider bigints leave compiled code at every step; their low words do not.
 */
function besideQuotient(a: bigint, b: bigint, c: bigint): bigint | null {
  if (!isWord(a) || !isWord(b) || !isWord(c)) return null;
  const divisor = nearestOfWord(c);
  // Off by five roundings of at most 2 ** -53 each, and half a unit.
  const near = Math.round((nearestOfWord(a) * nearestOfWord(b)) / divisor);
  const size = Math.abs(near);
  if (!(divisor > 0 && size < BITS_62 && (size * ERROR + 1) * divisor < BITS_62)) return null;
  const q = wholeNumber(near);
  return q + BigInt.asIntN(64, a * b - q * c) / BigInt.asIntN(64, c);
}

/** a × b / c to the nearest integer, ties to the even one. */
function halfEvenProduct(a: bigint, b: bigint, c: bigint): bigint {
  const q = besideQuotient(a, b, c);
  if (q === null) return halfEven(a * b, c);
  const rest = BigInt.asIntN(64, a * b - q * c);
  if (rest === 0n) return q;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  if (twice < c || (twice === c && (q & 1n) === 0n)) return q;
  return rest < 0n ? q - 1n : q + 1n;
}

/** a × b / c, rounded down. */
function floorProduct(a: bigint, b: bigint, c: bigint): bigint {
  const q = besideQuotient(a, b, c);
  if (q === null) return floorDivide(a * b, c);
  return BigInt.asIntN(64, a * b - q * c) < 0n ? q - 1n : q;
}

/** a × b / c, rounded up. */
function ceilProduct(a: bigint, b: bigint, c: bigint): bigint {
  return -floorProduct(-a, b, c);
}

const EXPONENT_FORM = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** The exact value of a decimal literal; null if it is no number, needs more than 12 fractional digits or more than 38 digits. */
export function parseDecimal(text: string): Decimal | null {
  // Plain digits of the usual size are read in small integers: no regular expression, no substring.
  const length = text.length;
  const first = text.charCodeAt(0);
  const negative = first === 45;
  let at = negative || first === 43 ? 1 : 0;
  const start = at;
  let whole = 0;
  let code = text.charCodeAt(at);
  while (code >= 48 && code <= 57) {
    whole = whole * 10 + (code - 48);
    code = text.charCodeAt(++at);
  }
  if (at === start || at - start > 15) return parseLong(text);
  let fraction = 0;
  if (at < length) {
    if (code !== 46) return parseLong(text);
    const point = at;
    code = text.charCodeAt(++at);
    while (code >= 48 && code <= 57) {
      fraction = fraction * 10 + (code - 48);
      code = text.charCodeAt(++at);
    }
    const digits = at - point - 1;
    if (at < length || digits === 0 || digits > FRACTION_DIGITS) return parseLong(text);
    fraction *= SMALL_POWERS[FRACTION_DIGITS - digits] ?? 1;
  }
  const value = BigInt(whole) * SCALE + BigInt(fraction);
  return negative ? -value : value;
}

function parseLong(text: string): Decimal | null {
  const match = EXPONENT_FORM.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  const significant = digits.replace(/0+$/, '');
  // The power of ten of the last significant digit, counted at scale 12.
  const shift = Number(exponent) - fraction.length + (digits.length - significant.length) + FRACTION_DIGITS;
  if (shift < 0 || significant.length + shift > PRECISION) return null;
  const value = BigInt(significant) * power(shift);
  return sign === '-' ? -value : value;
}

/** As parseDecimal, for constants and tests: throws where that returns null. */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === null) throw new RangeError(`decimal: "${text}": expected at most 12 fractional and 38 digits in all`);
  return value;
}

/** True when the value fits decimal(38, 12). */
export function fits(x: Decimal): boolean {
  return x < LIMIT && x > -LIMIT;
}

/** Shortest exact text: no exponent, no trailing zeros. */
export function formatDecimal(x: Decimal): string {
  const size = x < 0n ? -x : x;
  const whole = size / SCALE;
  const rest = size - whole * SCALE;
  const sign = x < 0n ? '-' : '';
  if (rest === 0n) return `${sign}${whole}`;
  let digits = rest.toString().padStart(FRACTION_DIGITS, '0');
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 48) end -= 1;
  digits = digits.slice(0, end);
  return `${sign}${whole}.${digits}`;
}

/** Text with exactly `places` (0–12) fractional digits, rounded half even. */
export function formatFixed(x: Decimal, places: number): string {
  const unit = power(FRACTION_DIGITS - places);
  const rounded = halfEven(x, unit);
  const size = rounded < 0n ? -rounded : rounded;
  const sign = rounded < 0n ? '-' : '';
  const digits = size.toString().padStart(places + 1, '0');
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** a × b, half even at scale 12. */
export function mul(a: Decimal, b: Decimal): Decimal {
  return halfEvenProduct(a, b, SCALE);
}
/** a / b, half even at scale 12. */
export function div(a: Decimal, b: Decimal): Decimal {
  return halfEvenProduct(a, SCALE, b);
}
export function mulFloor(a: Decimal, b: Decimal): Decimal {
  return floorProduct(a, b, SCALE);
}
export function mulCeil(a: Decimal, b: Decimal): Decimal {
  return ceilProduct(a, b, SCALE);
}
export function divFloor(a: Decimal, b: Decimal): Decimal {
  return floorProduct(a, SCALE, b);
}
export function divCeil(a: Decimal, b: Decimal): Decimal {
  return ceilProduct(a, SCALE, b);
}
/** a × b / c with one rounding, half even. */
export function mulDiv(a: Decimal, b: Decimal, c: Decimal): Decimal {
  return halfEvenProduct(a, b, c);
}

/** The largest multiple of step (> 0) that is ≤ x. */
export function floorToStep(x: Decimal, step: Decimal): Decimal {
  return floorDivide(x, step) * step;
}
/** The smallest multiple of step (> 0) that is ≥ x. */
export function ceilToStep(x: Decimal, step: Decimal): Decimal {
  return ceilDivide(x, step) * step;
}

export function abs(x: Decimal): Decimal {
  return x < 0n ? -x : x;
}
export function min(a: Decimal, b: Decimal): Decimal {
  return a < b ? a : b;
}
export function max(a: Decimal, b: Decimal): Decimal {
  return a > b ? a : b;
}
export function sign(x: Decimal): -1 | 0 | 1 {
  return x > 0n ? 1 : x < 0n ? -1 : 0;
}

/** amount × bps / 10 000, half even; bps must be an integer. */
export function bpsOf(amount: Decimal, bps: number | bigint): Decimal {
  return halfEvenProduct(amount, BigInt(bps), BPS);
}
export function bpsFloor(amount: Decimal, bps: number | bigint): Decimal {
  return floorProduct(amount, BigInt(bps), BPS);
}
export function bpsCeil(amount: Decimal, bps: number | bigint): Decimal {
  return ceilProduct(amount, BigInt(bps), BPS);
}
/** part / whole in whole basis points, half even: for display and records; limits compare by cross-multiplying. */
export function ratioBps(part: Decimal, whole: Decimal): number {
  const n = nearest(part) * 10_000;
  const d = nearest(whole);
  // Whole numbers of 52 bits are divided exactly without a bigint; unit prices and their changes are such.
  if (d > 0 && d <= BITS_52 && n <= BITS_52 && n >= -BITS_52) {
    let q = Math.floor(n / d);
    let rest = n - q * d;
    if (rest < 0) {
      q -= 1;
      rest += d;
    } else if (rest >= d) {
      q += 1;
      rest -= d;
    }
    return 2 * rest > d || (2 * rest === d && q % 2 !== 0) ? q + 1 : q;
  }
  return Number(halfEvenProduct(part, BPS, whole));
}

/** Far more than what rounding to doubles adds up to. */
const DOUBT = 1e-12;

/**
 * How part × 10 000 compares with bps (a whole number) × whole, exactly: below 0, 0, or above. Products of money have more than
 * 64 bits and cost ten times a double, which says the same wherever the two are not all but equal.
 */
export function compareBps(part: Decimal, bps: number, whole: Decimal): number {
  const reached = nearest(part) * 10_000;
  const limit = nearest(whole) * bps;
  const apart = reached - limit;
  if (Math.abs(apart) > DOUBT * (Math.abs(reached) + Math.abs(limit))) return apart;
  return sign(part * BPS - BigInt(bps) * whole);
}

const WORDS = new DataView(new ArrayBuffer(8));

/** True of what fits 64 bits. */
function isWord(x: bigint): boolean {
  return BigInt.asIntN(64, x) === x;
}

function nearestOfWord(x: bigint): number {
  WORDS.setBigInt64(0, x);
  return WORDS.getInt32(0) * 4_294_967_296 + WORDS.getUint32(4);
}

/** Number(x), which leaves compiled code for every bigint; one of 64 bits is read as its two halves instead. */
export function nearest(x: bigint): number {
  return isWord(x) ? nearestOfWord(x) : Number(x);
}

/** BigInt(x) of a whole number below 2 ** 62, by its two halves. */
function wholeNumber(x: number): bigint {
  const high = Math.floor(x / 4_294_967_296);
  WORDS.setInt32(0, high);
  WORDS.setUint32(4, x - high * 4_294_967_296);
  return WORDS.getBigInt64(0);
}

/** The nearest double, for features and ratios only, never back into money. */
export function toNumber(x: Decimal): number {
  return nearest(x) / 1e12;
}
/** The decimal that a double's shortest text spells; null where that text does not fit. */
export function fromNumber(x: number): Decimal | null {
  return parseDecimal(String(x));
}
const MILLIONTH = SCALE / 1_000_000n;
/** fromNumber of a double rounded to 6 decimals. Of at most 15 digits no others spell it: they need not be written to be read. */
export function inMillionths(x: number): Decimal | null {
  const millionths = Math.round(x * 1e6);
  return Math.abs(millionths) < 1e15 ? BigInt(millionths) * MILLIONTH : fromNumber(millionths / 1e6);
}
/** The nearest decimal at scale 12 to a double, a tie going up; for measured figures that must enter a product. NaN and infinities are null. */
export function roundNumber(x: number): Decimal | null {
  return parseDecimal(x.toFixed(12));
}
