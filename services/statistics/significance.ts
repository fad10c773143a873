// How sure a Sharpe ratio is: probabilistic and deflated ratio, and the shortest track record (Bailey and López de Prado).
import { exp } from '../../schemas/exponential.ts';
import { ln } from '../../schemas/natural-log.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { DAYS_PER_YEAR, dailySharpe, drawdownOf, moments } from './returns.ts';

const EULER = 0.5772156649;
/** Z(0.95). */
const Z_95 = 1.644853627;
const CALMAR_DAYS_MIN = 90;

/** 1 − skewness·SR + (kurtosis − 1)/4·SR², SR per day; null where it is not above 0. */
function spread(r: readonly number[], sr: number): number | null {
  const m = moments(r);
  if (m === null) return null;
  const d = 1 - m.skewness * sr + ((m.kurtosis - 1) / 4) * sr * sr;
  return d > 0 ? d : null;
}

/** Probability that the true daily Sharpe ratio exceeds `benchmark` (per day). */
export function probabilisticSharpe(r: readonly number[], benchmark: number): number | null {
  const sr = dailySharpe(r);
  const d = sr === null ? null : spread(r, sr);
  return sr === null || d === null ? null : normalCdf(((sr - benchmark) * Math.sqrt(r.length - 1)) / Math.sqrt(d));
}

/** Days needed to say with 95 % that it exceeds `benchmark`; null if it does not. */
export function minTrackRecord(r: readonly number[], benchmark: number): number | null {
  const sr = dailySharpe(r);
  const d = sr === null ? null : spread(r, sr);
  if (sr === null || d === null || sr <= benchmark) return null;
  const z = Z_95 / (sr - benchmark);
  return 1 + d * z * z;
}

/** The best daily Sharpe ratio to be expected of `trials` worthless strategies whose ratios have this variance. */
export function expectedBestSharpe(variance: number, trials: number): number {
  if (trials <= 1) return 0;
  return Math.sqrt(variance) * ((1 - EULER) * normalQuantile(1 - 1 / trials) + EULER * normalQuantile(1 - 1 / (trials * Math.E)));
}

export function deflatedSharpe(r: readonly number[], variance: number, trials: number): number | null {
  return probabilisticSharpe(r, expectedBestSharpe(variance, trials));
}

/** Growth per year over the largest drawdown; null below 90 days or without one. */
export function calmar(r: readonly number[]): number | null {
  const { total, max } = drawdownOf(r);
  if (max === 0 || r.length < CALMAR_DAYS_MIN || total <= -1) return null;
  return (exp((ln(1 + total) * DAYS_PER_YEAR) / r.length) - 1) / max;
}
