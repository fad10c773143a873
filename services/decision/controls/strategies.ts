// PAUSE_STRATEGY, RETIRE_STRATEGY and RESUME_STRATEGY.
import type { Control } from '../../../schemas/records.generated.ts';
import type { Fold } from '../fold.ts';
import { pauseStrategy, resumeStrategy, retireStrategy } from '../pacing/pacing.ts';
import type { PortfolioState } from '../state.ts';
import { accept, refuse } from './refuse.ts';

/** The strategy a control names, if the policy knows it; otherwise the control is refused. */
function named(fold: Fold, p: PortfolioState, control: Control): string | null {
  const { strategy } = control.params;
  if (strategy !== null && p.policy?.policy.strategies[strategy] !== undefined) return strategy;
  refuse(
    fold,
    p,
    control,
    'CONTROL_INVALID',
    `params.strategy ${strategy ?? 'null'}: expected a strategy of the policy in force`,
  );
  return null;
}

export function pause(fold: Fold, p: PortfolioState, control: Control): void {
  const strategy = named(fold, p, control);
  if (strategy === null) return;
  pauseStrategy(p.pacing, strategy, control.params.until);
  accept(fold, p, control, 'CONTROL_APPLIED', '', 'ADJUST').strategy = strategy;
}

export function retire(fold: Fold, p: PortfolioState, control: Control): void {
  const strategy = named(fold, p, control);
  if (strategy === null) return;
  retireStrategy(p.pacing, strategy);
  accept(fold, p, control, 'CONTROL_APPLIED', '', 'ADJUST').strategy = strategy;
}

export function restart(fold: Fold, p: PortfolioState, control: Control): void {
  const strategy = named(fold, p, control);
  if (strategy === null) return;
  resumeStrategy(p.pacing, strategy);
  accept(fold, p, control, 'CONTROL_APPLIED', '', 'ADJUST').strategy = strategy;
}
