// A new UTC day or ISO week: baselines roll with the first record past the boundary, and the stops of the old period end.
import { utcDay } from '../../schemas/time.ts';
import { clearCondition } from './conditions/conditions.ts';
import type { Fold } from './fold.ts';
import { rollPeriods } from './ledger/periods.ts';
import type { PortfolioState } from './state.ts';

export function rollDay(fold: Fold, p: PortfolioState): void {
  const roll = rollPeriods(p.ledger, p.now);
  if (!roll.day) return;
  p.baselines = { day: utcDay(p.now), used: 0 };
  if (p.conditions.length === 0) return;
  clearCondition(fold, p, 'DAILY_STOP_HIT', 'new UTC day');
  if (roll.week) clearCondition(fold, p, 'WEEKLY_STOP_HIT', 'new ISO week');
}
