// The project's own natural logarithm, from + − × ÷ and constants only, so that every engine computes the same bits.
// ln 2 in two parts: the first has 33 significant bits, so that an exponent times it is exact.
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;

const SQRT_2 = Math.SQRT2;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18_014_398_509_481_984;
/** (n, 2^n) for n = 1, 2, 4 … 512, largest first; each is the exact square of the one before. */
const POWERS = squares();

function squares(): readonly (readonly [number, number])[] {
  const list: [number, number][] = [];
  let power = 2;
  for (let n = 1; n <= 512; n *= 2) {
    list.unshift([n, power]);
    power *= power;
  }
  return list;
}

/** 2^k, exact, for −1023 ≤ k ≤ 1023. */
export function powerOfTwo(k: number): number {
  let rest = k < 0 ? -k : k;
  let value = 1;
  for (const [n, power] of POWERS) {
    if (rest >= n) {
      value *= power;
      rest -= n;
    }
  }
  return k < 0 ? 1 / value : value;
}

/** ln x; NaN below 0 and for NaN, −Infinity at 0. */
export function ln(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  // x = m × 2^e with m in [√½, √2): scaling by powers of two is exact.
  let m = x;
  let e = 0;
  if (m < SMALLEST_NORMAL) {
    m *= TWO_TO_54;
    e -= 54;
  }
  for (const [n, power] of POWERS) {
    while (m >= power) {
      m /= power;
      e += n;
    }
    while (m <= 1 / power) {
      m *= power;
      e -= n;
    }
  }
  if (m >= SQRT_2) {
    m /= 2;
    e += 1;
  } else if (m < SQRT_2 / 2) {
    m *= 2;
    e -= 1;
  }
  // ln m = 2 artanh s, s = (m − 1)/(m + 1), |s| < 0.172: what the series s + s³/3 + … + s²⁵/25 leaves out is below 2^−60 of it.
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 0;
  for (let k = 25; k >= 3; k -= 2) sum = (sum + 1 / k) * z;
  return e * LN2_HIGH + (2 * s + 2 * s * sum + e * LN2_LOW);
}
