// Score, bound and grade of a signal source from its trades: the one definition, for decision, views and reports.
import { ln } from '../../schemas/natural-log.ts';
import type { Grade } from '../../schemas/records.generated.ts';

/** Below this many trades there is no grade and a middling score. */
const TRADES_MIN = 5;
/** A and B need this many; a bad grade does not. */
const GOOD_TRADES_MIN = 10;
const UNKNOWN_SCORE = 50;

/** Share of wins in percent; pseudo-losses (penalty) are added to the trades. */
export function sourceScore(n: number, wins: number, penalty: number): number {
  return n < TRADES_MIN ? UNKNOWN_SCORE : (100 * wins) / (n + penalty);
}

/** Upper confidence bound of the score among all trades (Auer et al. 2002, UCB1): reported, nothing is ordered by it. */
export function sourceUcb(n: number, wins: number, penalty: number, n_total: number): number {
  if (n < TRADES_MIN) return UNKNOWN_SCORE;
  return Math.min(100, sourceScore(n, wins, penalty) + 100 * Math.sqrt((2 * ln(n_total)) / n));
}

/** From the score, never from its bound; null below five trades. */
export function sourceGrade(n: number, wins: number, penalty: number): Grade | null {
  if (n < TRADES_MIN) return null;
  const score = sourceScore(n, wins, penalty);
  if (score >= 60 && n < GOOD_TRADES_MIN) return 'C';
  if (score >= 80) return 'A';
  if (score >= 60) return 'B';
  if (score >= 40) return 'C';
  return score >= 20 ? 'D' : 'F';
}
