// FLASH_CRASH: a trigger of the monitor reduces the portfolio until 1800 s after the last one.
import { SECOND } from '../../../schemas/time.ts';
import type { Fold } from '../fold.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, conditionOf, setCondition } from './conditions.ts';

const LASTS_US = 1_800 * SECOND;

export function noteFlashCrash(fold: Fold, p: PortfolioState, instrument: string): void {
  setCondition(fold, p, 'FLASH_CRASH', {
    actor: 'monitor',
    reason: `${instrument}: price fell`,
    scope: instrument,
    until: p.now + LASTS_US,
  });
}

export function endFlashCrash(fold: Fold, p: PortfolioState): void {
  const until = conditionOf(p, 'FLASH_CRASH')?.until ?? null;
  if (until !== null && p.now >= until) clearCondition(fold, p, 'FLASH_CRASH', '1800 s without another trigger');
}
