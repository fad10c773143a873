// RESUME: an operator ends latched conditions; a stop whose number still stands needs a new baseline, and those are few.
import type { Control } from '../../../schemas/records.generated.ts';
import { utcDay } from '../../../schemas/time.ts';
import { clearCondition, conditionOf } from '../conditions/conditions.ts';
import { BASELINE_OF, readStop, STOP_CODES, type StopCode } from '../conditions/stops.ts';
import { type ConditionCode, conditionRow, isConditionCode } from '../conditions/table.ts';
import type { Fold } from '../fold.ts';
import { rebase } from '../ledger/periods.ts';
import { forgetAttempts } from '../pacing/pacing.ts';
import type { PortfolioState } from '../state.ts';
import { accept, refuse } from './refuse.ts';

/** Learning and analysis may lower risk, never raise it again. */
const MACHINES = /^(learning|analysis|job|system)([:/].*)?$/;

export function resume(fold: Fold, p: PortfolioState, control: Control): void {
  if (MACHINES.test(control.actor))
    return refuse(fold, p, control, 'CONTROL_INVALID', `actor ${control.actor}: expected an operator`);
  const codes = codesOf(p, control);
  if (codes === null) {
    return refuse(
      fold,
      p,
      control,
      'CONTROL_INVALID',
      `params.codes ${control.params.codes.join(', ')}: expected codes of conditions`,
    );
  }
  const refusal = refusalOf(p, control, codes);
  if (refusal !== null) return refuse(fold, p, control, refusal.code, refusal.detail);
  if (codes.length === 0) return refuse(fold, p, control, 'CONTROL_INVALID', 'no condition that an operator can end stands');
  const by = `resumed by ${control.actor}: ${control.reason}`;
  let rebased = false;
  for (const code of codes) {
    if (isStop(code) && control.params.baseline === 'new') {
      rebase(p.ledger, BASELINE_OF[code]);
      rebased = true;
    }
    if (code === 'REPEATED_EXECUTION') forgetAttempts(p.pacing);
    clearCondition(fold, p, code, by);
  }
  if (rebased) countBaseline(p);
  accept(fold, p, control, 'CONTROL_APPLIED');
}

function isStop(code: ConditionCode): code is StopCode {
  return (STOP_CODES as readonly string[]).includes(code);
}

/** Those named, or all that latch; null where a name is no condition. */
function codesOf(p: PortfolioState, control: Control): ConditionCode[] | null {
  const { codes } = control.params;
  if (codes.length === 0) return p.conditions.map((c) => c.code).filter((code) => conditionRow(code).way_out === 'latched');
  const known = codes.filter(isConditionCode);
  return known.length === codes.length ? known.filter((code) => conditionOf(p, code) !== null) : null;
}

interface Refusal {
  readonly code: string;
  readonly detail: string;
}

function refusalOf(p: PortfolioState, control: Control, codes: readonly ConditionCode[]): Refusal | null {
  let rebases = false;
  for (const code of codes) {
    if (conditionRow(code).way_out !== 'latched') {
      return { code: 'RESUME_CONDITION_MEASURED', detail: `${code} ends by itself: ${conditionRow(code).clears_by}` };
    }
    if (code === 'STATE_UNKNOWN' && p.policy === null)
      return { code: 'POLICY_MISSING', detail: 'STATE_UNKNOWN: expected a valid policy first' };
    if (!isStop(code)) continue;
    if (control.params.baseline === 'new') rebases = true;
    else {
      const reading = readStop(p, code);
      if (reading?.reached === true) return { code: 'RESUME_WOULD_RETRIP', detail: reading.text };
    }
  }
  const limit = p.policy?.policy.stops.new_baselines_per_day ?? 0;
  const used = p.baselines.day === utcDay(p.now) ? p.baselines.used : 0;
  // One act may re-base several stops; it is the acts that are counted.
  if (rebases && used + 1 > limit) return { code: 'RESUME_LIMIT_REACHED', detail: `${used} new baselines today, limit ${limit}` };
  return null;
}

function countBaseline(p: PortfolioState): void {
  const day = utcDay(p.now);
  p.baselines = { day, used: (p.baselines.day === day ? p.baselines.used : 0) + 1 };
}
