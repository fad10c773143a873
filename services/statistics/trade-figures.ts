// Figures of closed trades: rates, payoff, streaks. Trades are never treated as days, and nothing here is annualised.

/** Z(0.975). */
const Z_95 = 1.959963985;

/** Wilson's 95 % interval of a rate; null without trials. */
export function wilson(wins: number, n: number): readonly [low: number, high: number] | null {
  if (n === 0) return null;
  const p = wins / n;
  const z2 = Z_95 * Z_95;
  const centre = p + z2 / (2 * n);
  const half = Z_95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const whole = 1 + z2 / n;
  return [(centre - half) / whole, (centre + half) / whole];
}

export interface TradeFigures {
  readonly n: number;
  readonly wins: number;
  readonly win_rate: number | null;
  /** Σ wins / |Σ losses|; null without a loss. */
  readonly profit_factor: number | null;
  /** Mean win / |mean loss|; null without one of each. */
  readonly payoff: number | null;
  readonly expectancy: number | null;
  readonly longest_winning: number;
  readonly longest_losing: number;
}

/** Of the nets of trades in order of their close; a net of 0 is a loss in the rate and breaks no streak of losses. */
export function tradeFigures(nets: readonly number[]): TradeFigures {
  let wins = 0;
  let won = 0;
  let losses = 0;
  let lost = 0;
  let winning = 0;
  let losing = 0;
  let longest_winning = 0;
  let longest_losing = 0;
  for (const net of nets) {
    if (net > 0) {
      wins += 1;
      won += net;
      winning += 1;
      losing = 0;
    } else if (net < 0) {
      losses += 1;
      lost -= net;
      losing += 1;
      winning = 0;
    }
    longest_winning = Math.max(longest_winning, winning);
    longest_losing = Math.max(longest_losing, losing);
  }
  const n = nets.length;
  return {
    n,
    wins,
    win_rate: n === 0 ? null : wins / n,
    profit_factor: lost === 0 ? null : won / lost,
    payoff: wins === 0 || losses === 0 ? null : won / wins / (lost / losses),
    expectancy: n === 0 ? null : (won - lost) / n,
    longest_winning,
    longest_losing,
  };
}

/** Linear interpolation between the ordered values: 10, 20 … 100 → p50 55, p95 95.5. Null without values. */
export function quantile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (at - below);
}
