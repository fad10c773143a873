// The standard normal distribution and its inverse, within 1e-9, by the project's own exp and ln.
import { exp } from '../../schemas/exponential.ts';
import { ln } from '../../schemas/natural-log.ts';

const ROOT_TWO_PI = 2.5066282746310002;
/** Beyond this the tail is below 1e-14. */
const FAR = 8;

/** Density at x. */
function density(x: number): number {
  return exp(-0.5 * x * x) / ROOT_TWO_PI;
}

/** Φ(x), by the series of Marsaglia (2004), "Evaluating the Normal Distribution". */
export function normalCdf(x: number): number {
  if (x < -FAR) return 0;
  if (x > FAR) return 1;
  let sum = x;
  let term = x;
  let before = 0;
  for (let i = 3; sum !== before; i += 2) {
    before = sum;
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * density(x);
}

/** Z(p) with Φ(Z(p)) = p for 0 < p < 1: a start from the tail, then Newton's method. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -lower(1 - p);
  return lower(p);
}

/** Quantile of p ≤ 0.5. The start is Abramowitz and Stegun 26.2.23, good to 5e-4. */
function lower(p: number): number {
  const t = Math.sqrt(-2 * ln(p));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  const bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let x = -(t - top / bottom);
  for (let i = 0; i < 4; i += 1) x -= (normalCdf(x) - p) / density(x);
  return x;
}
