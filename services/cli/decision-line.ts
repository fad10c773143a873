// One decision on one line: time, instrument, side, outcome, code, size.
import { formatFixed } from '../../schemas/money.ts';
import type { Decision } from '../../schemas/records.generated.ts';
import { formatTime } from '../../schemas/time.ts';

/** null for what is not about an entry or an exit (state snapshots). */
export function decisionLine(decision: Decision): string | null {
  if (decision.kind !== 'ENTRY' && decision.kind !== 'EXIT') return null;
  const notional = decision.action === 'EXECUTE' ? (decision.sizing?.notional ?? null) : null;
  const cells = [
    formatTime(decision.decided_at).slice(0, 19).replace('T', ' '),
    (decision.instrument ?? '').padEnd(14),
    decision.kind.padEnd(5),
    (decision.side ?? '').padEnd(5),
    decision.action.padEnd(7),
    decision.reason_code.padEnd(26),
    (decision.source ?? '').padEnd(24),
    notional === null ? '' : formatFixed(notional, 2).padStart(9),
  ];
  return `${cells.join(' ').trimEnd()}  ${decision.decision_id.slice(0, 12)}`;
}
