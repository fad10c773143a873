// When the next Tick matters to a portfolio; UTC hours tick anyway.
import { type Micros, SECOND } from '../../schemas/time.ts';
import { conditionOf } from './conditions/conditions.ts';
import { silenceAt } from './conditions/data-silence.ts';
import { oldestUnknownAt, UNKNOWN_MAX_US } from './conditions/unknown-orders.ts';
import { stalePriceAt } from './exits/stale-price.ts';
import { timeExitAt } from './exits/time-exit.ts';
import { nextVerdictExit } from './exits/verdict-exit.ts';
import type { PortfolioState } from './state.ts';

export function portfolioDeadline(p: PortfolioState): Micros {
  let at = p.orders.deadline;
  for (const position of p.ledger.positions.values()) {
    at = Math.min(at, timeExitAt(p, position), stalePriceAt(p, position), silenceAt(p, position));
  }
  if (p.verdict_exits.size > 0) at = Math.min(at, nextVerdictExit(p));
  if (p.unknown.size > 0 && conditionOf(p, 'UNKNOWN_ORDERS') === null) at = Math.min(at, oldestUnknownAt(p) + UNKNOWN_MAX_US + 1);
  for (const condition of p.conditions) {
    if (condition.until !== null) at = Math.min(at, condition.until);
    if (condition.code === 'CLOCK_SKEW') at = Math.min(at, p.now + SECOND);
  }
  return at;
}
