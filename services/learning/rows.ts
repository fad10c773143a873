// What has been learned in one portfolio: bandit and payoff by strategy and regime, and the record of each source.
import type { Decimal } from '../../schemas/money.ts';
import type { LessonBandit, LessonPayoff, LessonSource } from '../../schemas/records.generated.ts';
import { sourceGrade, sourceScore, sourceUcb } from '../statistics/source-grade.ts';

/** Pseudo-losses of a catastrophic verdict: wins and losses stay pure. */
const CATASTROPHE_BANDIT = 3;
const CATASTROPHE_SOURCE = 2;

export interface BanditRow {
  readonly strategy: string;
  readonly regime: string;
  wins: number;
  losses: number;
  penalty: number;
  n: number;
}

export interface PayoffRow {
  readonly strategy: string;
  readonly regime: string;
  n_win: number;
  n_loss: number;
  sum_win_ret: Decimal;
  /** Absolute. */
  sum_loss_ret: Decimal;
}

export interface SourceRow {
  readonly source: string;
  n: number;
  wins: number;
  penalty: number;
}

export interface PortfolioRows {
  lesson_seq: number;
  /** Σ n over all sources. */
  n_total: number;
  /** By strategy, then regime. */
  readonly bandit: Map<string, Map<string, BanditRow>>;
  readonly payoff: Map<string, Map<string, PayoffRow>>;
  readonly sources: Map<string, SourceRow>;
  /** Trades learned from a retried letter: those no watermark protects. */
  readonly retried: Set<string>;
}

/** One trade as it is learned. */
export interface Outcome {
  readonly win: boolean;
  /** net / entry notional, within ±1. */
  readonly reward: Decimal;
  readonly catastrophic: boolean;
}

export function newRows(): PortfolioRows {
  return { lesson_seq: 0, n_total: 0, bandit: new Map(), payoff: new Map(), sources: new Map(), retried: new Set() };
}

function rowOf<Row>(rows: Map<string, Map<string, Row>>, strategy: string, regime: string, fresh: () => Row): Row {
  let regimes = rows.get(strategy);
  if (regimes === undefined) {
    regimes = new Map();
    rows.set(strategy, regimes);
  }
  let row = regimes.get(regime);
  if (row === undefined) {
    row = fresh();
    regimes.set(regime, row);
  }
  return row;
}

/** decay: factor on what was learned before, 1 = none. kappa: weight of the strategy's other regimes, 0 = none. */
export function learnBandit(
  rows: PortfolioRows,
  strategy: string,
  regime: string,
  of: Outcome,
  decay: number,
  kappa: number,
): LessonBandit {
  const row = rowOf(rows.bandit, strategy, regime, () => ({ strategy, regime, wins: 0, losses: 0, penalty: 0, n: 0 }));
  row.wins *= decay;
  row.losses *= decay;
  row.penalty *= decay;
  if (of.win) row.wins += 1;
  else row.losses += 1;
  if (of.catastrophic) row.penalty += CATASTROPHE_BANDIT;
  row.n += 1;
  const share = kappa === 0 ? 0 : winShare(rows, strategy);
  const { wins, losses, penalty, n } = row;
  return {
    strategy,
    regime,
    wins,
    losses,
    penalty,
    n,
    alpha: 1 + wins + kappa * share,
    beta: 1 + losses + penalty + kappa * (1 - share),
  };
}

/** Wins of a strategy over all its regimes, one of each added. */
function winShare(rows: PortfolioRows, strategy: string): number {
  let wins = 0;
  let losses = 0;
  for (const row of rows.bandit.get(strategy)?.values() ?? []) {
    wins += row.wins;
    losses += row.losses;
  }
  return (wins + 1) / (wins + losses + 2);
}

export function learnPayoff(rows: PortfolioRows, strategy: string, regime: string, { win, reward }: Outcome): LessonPayoff {
  const row = rowOf(rows.payoff, strategy, regime, () => ({
    strategy,
    regime,
    n_win: 0,
    n_loss: 0,
    sum_win_ret: 0n,
    sum_loss_ret: 0n,
  }));
  if (win) {
    row.n_win += 1;
    row.sum_win_ret += reward;
  } else {
    row.n_loss += 1;
    row.sum_loss_ret -= reward;
  }
  return { ...row };
}

export function learnSource(rows: PortfolioRows, source: string, { win, catastrophic }: Outcome): LessonSource {
  let row = rows.sources.get(source);
  if (row === undefined) {
    row = { source, n: 0, wins: 0, penalty: 0 };
    rows.sources.set(source, row);
  }
  row.n += 1;
  rows.n_total += 1;
  if (win) row.wins += 1;
  if (catastrophic) row.penalty += CATASTROPHE_SOURCE;
  const { n, wins, penalty } = row;
  return {
    source,
    n,
    wins,
    penalty,
    score: sourceScore(n, wins, penalty),
    ucb: sourceUcb(n, wins, penalty, rows.n_total),
    grade: sourceGrade(n, wins, penalty),
  };
}
