// VERDICT_EXIT and VERDICT_FORCE_CLOSE: a model may end a position, never begin one.
import type { Verdict } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { Fold, Subject } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { minHoldUs } from '../pacing/pacing.ts';
import { aboutPosition, decide } from '../record/decision-record.ts';
import type { PortfolioState } from '../state.ts';
import { closePosition } from './close-position.ts';

/** With this confidence a verdict need not wait for the shortest hold. */
const SURE = 85;

export function exitByVerdict(fold: Fold, p: PortfolioState, position: OpenPosition, verdict: Verdict): void {
  const subject = { type: 'verdict', id: verdict.verdict_id } as const;
  const due_at = position.opened_at + (p.policy === null ? 0 : minHoldUs(p.policy.policy, position.instrument));
  if (p.now >= due_at || verdict.confidence >= SURE) return close(fold, p, position, subject, 'VERDICT_EXIT');
  p.verdict_exits.set(position.position_id, { verdict_id: verdict.verdict_id, due_at });
  const decision = decide(fold, p, subject, position.position_id, {
    kind: 'EXIT',
    action: 'SKIP',
    reason_code: 'VERDICT_BEFORE_MIN_HOLD',
  });
  aboutPosition(decision, position);
}

export function forceClose(fold: Fold, p: PortfolioState, position: OpenPosition, verdict: Verdict): void {
  close(fold, p, position, { type: 'verdict', id: verdict.verdict_id }, 'VERDICT_FORCE_CLOSE');
}

function close(
  fold: Fold,
  p: PortfolioState,
  position: OpenPosition,
  subject: Subject,
  reason: 'VERDICT_EXIT' | 'VERDICT_FORCE_CLOSE',
): void {
  closePosition(fold, p, position, subject, position.position_id, {
    reason,
    route: reason === 'VERDICT_EXIT' ? 'PATIENT_EXIT' : 'URGENT',
    quantity: null,
    signal_id: null,
    signal_mid: position.mark?.mid ?? null,
    signal_at: p.now,
    operator: false,
  });
}

/** Those whose shortest hold has passed. */
export function verdictExits(fold: Fold, p: PortfolioState, tick_at: Micros): void {
  for (const [position_id, exit] of p.verdict_exits) {
    const position = positionById(p, position_id);
    if (position !== null && tick_at < exit.due_at) continue;
    p.verdict_exits.delete(position_id);
    if (position !== null) close(fold, p, position, { type: 'tick', id: `VERDICT_EXIT/${tick_at}` }, 'VERDICT_EXIT');
  }
}

export function nextVerdictExit(p: PortfolioState): Micros {
  let next = Number.POSITIVE_INFINITY;
  for (const exit of p.verdict_exits.values()) next = Math.min(next, exit.due_at);
  return next;
}

function positionById(p: PortfolioState, position_id: string): OpenPosition | null {
  for (const position of p.ledger.positions.values()) if (position.position_id === position_id) return position;
  return null;
}
