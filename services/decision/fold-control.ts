// A Control: the act of an operator or a job, once by its id; every one leaves a decision.
import type { Control } from '../../schemas/records.generated.ts';
import { cancel } from './controls/cancel.ts';
import { close } from './controls/close.ts';
import { dismiss } from './controls/dismiss.ts';
import { kill } from './controls/kill.ts';
import { refuse } from './controls/refuse.ts';
import { restrict, unrestrict } from './controls/restrict.ts';
import { resume } from './controls/resume.ts';
import { pause, restart, retire } from './controls/strategies.ts';
import { takeOnce } from './decided.ts';
import type { Fold } from './fold.ts';
import type { PortfolioState } from './state.ts';

export function foldControl(fold: Fold, p: PortfolioState, control: Control): void {
  if (!takeOnce(p, control.control_id)) return;
  if (control.expires_at !== null && control.expires_at <= p.now)
    return refuse(fold, p, control, 'CONTROL_EXPIRED', 'expires_at has passed');
  switch (control.type) {
    case 'KILL':
      return kill(fold, p, control);
    case 'CLOSE':
      return close(fold, p, control);
    case 'CANCEL':
      return cancel(fold, p, control);
    case 'RESTRICT':
      return restrict(fold, p, control);
    case 'UNRESTRICT':
      return unrestrict(fold, p, control);
    case 'PAUSE_STRATEGY':
      return pause(fold, p, control);
    case 'RETIRE_STRATEGY':
      return retire(fold, p, control);
    case 'RESUME_STRATEGY':
      return restart(fold, p, control);
    case 'RESUME':
      return resume(fold, p, control);
    case 'DISMISS':
      return dismiss(fold, p, control);
    case 'OVERRIDE':
    case 'GRANT_LIVE':
    case 'LEASE':
    case 'ADOPT':
    case 'REBASE':
    case 'PARK':
    case 'RETRY':
    case 'APPROVE':
    case 'PARAM_SNAPSHOT':
      return refuse(fold, p, control, 'CONTROL_NOT_OFFERED', `${control.type} is not offered by this version`);
    case 'ACK':
      // Nothing that is decided depends on it.
      return;
  }
}
