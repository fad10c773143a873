// Figures of a series of daily returns: Sharpe, Sortino, moments, drawdown. A figure that is not defined is null, never 0.

export const DAYS_PER_YEAR = 365;

/** One UTC day: NAV at its end and the net external cash flow in it; null where it has no mark. */
export interface NavDay {
  readonly nav: number | null;
  readonly flow: number;
}

/** r = (NAV − flow) / NAV of the day before − 1. A day without a mark gives no return; STAT_UNDEFINED where a NAV is not above 0. */
export function dailyReturns(start: number, days: readonly NavDay[]): readonly number[] | 'STAT_UNDEFINED' {
  const returns: number[] = [];
  let before = start;
  let flow = 0;
  for (const day of days) {
    flow += day.flow;
    if (day.nav === null) continue;
    if (before <= 0) return 'STAT_UNDEFINED';
    returns.push((day.nav - flow) / before - 1);
    before = day.nav;
    flow = 0;
  }
  return returns;
}

export function mean(r: readonly number[]): number | null {
  if (r.length === 0) return null;
  let sum = 0;
  for (const x of r) sum += x;
  return sum / r.length;
}

/** Equal values have no deviation, whatever their rounded mean says. */
function areEqual(r: readonly number[]): boolean {
  return r.every((x) => x === r[0]);
}

/** Sample standard deviation (n − 1); null below two values. */
export function deviation(r: readonly number[]): number | null {
  const m = mean(r);
  if (m === null || r.length < 2) return null;
  if (areEqual(r)) return 0;
  let sum = 0;
  for (const x of r) sum += (x - m) * (x - m);
  return Math.sqrt(sum / (r.length - 1));
}

/** mean / sd per day; null below three values or without deviation. */
export function dailySharpe(r: readonly number[], rf_per_year = 0): number | null {
  const m = mean(r);
  const sd = deviation(r);
  if (m === null || sd === null || r.length < 3 || sd === 0) return null;
  return (m - rf_per_year / DAYS_PER_YEAR) / sd;
}

export function sharpe(r: readonly number[], rf_per_year = 0): number | null {
  const daily = dailySharpe(r, rf_per_year);
  return daily === null ? null : daily * Math.sqrt(DAYS_PER_YEAR);
}

/** mean / √(Σ min(r, 0)² / n over all n), per year; null below three values or without a loss. */
export function sortino(r: readonly number[]): number | null {
  const m = mean(r);
  if (m === null || r.length < 3) return null;
  let sum = 0;
  for (const x of r) if (x < 0) sum += x * x;
  return sum === 0 ? null : (m / Math.sqrt(sum / r.length)) * Math.sqrt(DAYS_PER_YEAR);
}

/** Population skewness and raw kurtosis (a normal has 3); null without deviation. */
export function moments(r: readonly number[]): { readonly skewness: number; readonly kurtosis: number } | null {
  const m = mean(r);
  if (m === null || areEqual(r)) return null;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const x of r) {
    const d = x - m;
    second += d * d;
    third += d * d * d;
    fourth += d * d * d * d;
  }
  const n = r.length;
  const variance = second / n;
  return { skewness: third / n / (variance * Math.sqrt(variance)), kurtosis: fourth / n / (variance * variance) };
}

export interface Drawdown {
  /** Π(1 + r) − 1. */
  readonly total: number;
  /** ≥ 0, share of the highest value before. */
  readonly max: number;
  /** Days of the longest time below an earlier high. */
  readonly under_water_days: number;
}

export function drawdownOf(r: readonly number[]): Drawdown {
  let wealth = 1;
  let high = 1;
  let max = 0;
  let days = 0;
  let longest = 0;
  for (const x of r) {
    wealth *= 1 + x;
    if (wealth >= high) {
      high = wealth;
      days = 0;
    } else {
      days += 1;
      longest = Math.max(longest, days);
      max = Math.max(max, 1 - wealth / high);
    }
  }
  return { total: wealth - 1, max, under_water_days: longest };
}
