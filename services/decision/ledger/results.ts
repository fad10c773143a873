// Realised results: their sums by period, and the runs of losing trades of the portfolio and of each strategy.
import type { Money } from '../../../schemas/money.ts';
import type { Ledger, OpenPosition } from './ledger.ts';

export function addRealised(l: Ledger, amount: Money): void {
  l.realised += amount;
  l.day.realised += amount;
  l.week.realised += amount;
}

/** Takes a closed position into the sums of closed trades: a loss adds one to a run, a win resets it, zero leaves it. */
export function noteClosedTrade(l: Ledger, closed: OpenPosition): void {
  l.trades += 1;
  l.trades_net += closed.realised_net;
  if (closed.realised_net === 0n) return;
  const lost = closed.realised_net < 0n;
  const strategy = closed.plan.strategy;
  l.consecutive_losses = lost ? l.consecutive_losses + 1 : 0;
  l.strategy_losses.set(strategy, lost ? lossesOf(l, strategy) + 1 : 0);
}

export function lossesOf(l: Ledger, strategy: string): number {
  return l.strategy_losses.get(strategy) ?? 0;
}
