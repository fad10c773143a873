// The project's own exponential function, from + − × ÷ and constants only, so that every engine computes the same bits.
import { LN2_HIGH, LN2_LOW, powerOfTwo } from './natural-log.ts';

const LOG2_E = Math.LOG2E;

/** e to the power x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  // x = k ln 2 + r with |r| ≤ ½ ln 2, then e^x = 2^k × e^r by the power series, summed from its small end.
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 15; n >= 1; n -= 1) sum = 1 + (sum * r) / n;
  return scale(sum, k);
}

/** value × 2^k, in two steps at the ends of the range so that only the last one rounds. */
function scale(value: number, k: number): number {
  if (k > 1000) return value * powerOfTwo(1000) * powerOfTwo(k - 1000);
  if (k < -1000) return value * powerOfTwo(-1000) * powerOfTwo(k + 1000);
  return value * powerOfTwo(k);
}
