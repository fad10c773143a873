// An ExitTrigger of the monitor: one exit is begun, the rest of what fired is recorded.
import type { ExitTrigger } from '../../schemas/records.generated.ts';
import { noteFlashCrash } from './conditions/flash-crash.ts';
import { checkPositionLoss } from './conditions/position-loss.ts';
import { takeOnce } from './decided.ts';
import { closePosition } from './exits/close-position.ts';
import type { Fold, Subject } from './fold.ts';
import type { OpenPosition } from './ledger/ledger.ts';
import { decide } from './record/decision-record.ts';
import type { PortfolioState } from './state.ts';

/** Positions that a flash crash of a leading coin closes with it. */
const CRASH_STRATEGIES: readonly string[] = ['meme_momentum', 'early_launch'];

export function foldExitTrigger(fold: Fold, p: PortfolioState, trigger: ExitTrigger): void {
  if (!takeOnce(p, trigger.trigger_id)) return;
  if (trigger.rule === 'FLASH_CRASH') noteFlashCrash(fold, p, trigger.instrument);
  const subject = { type: 'trigger', id: trigger.trigger_id } as const;
  if (trigger.scope === 'PORTFOLIO') {
    for (const position of p.ledger.positions.values()) {
      const exposed = position.plan.tier === 'T3' || CRASH_STRATEGIES.includes(position.plan.strategy);
      if (exposed) close(fold, p, position, subject, trigger, position.mark?.mid ?? null);
    }
    return;
  }
  const position = p.ledger.positions.get(trigger.instrument);
  if (position === undefined || position.position_id !== trigger.position_id)
    return refuse(fold, p, subject, trigger, 'NO_POSITION');
  // An old price never meets a new position.
  if (trigger.event_at < position.last_entry_at) return refuse(fold, p, subject, trigger, 'TRIGGER_TOO_OLD');
  checkPositionLoss(fold, p, position);
  close(fold, p, position, subject, trigger, trigger.mid);
}

function close(
  fold: Fold,
  p: PortfolioState,
  position: OpenPosition,
  subject: Subject,
  trigger: ExitTrigger,
  signal_mid: ExitTrigger['mid'],
): void {
  const decision = closePosition(fold, p, position, subject, position.position_id, {
    reason: trigger.rule,
    route: trigger.urgency,
    quantity: null,
    signal_id: null,
    signal_mid,
    signal_at: trigger.event_at,
    operator: false,
  });
  decision.max_input_age_us = trigger.mark_age_us;
  decision.oldest_input = 'mark';
  for (const rule of trigger.also_fired) decision.warnings.push(rule);
}

function refuse(fold: Fold, p: PortfolioState, subject: Subject, trigger: ExitTrigger, reason_code: string): void {
  const decision = decide(fold, p, subject, trigger.position_id, { kind: 'EXIT', action: 'SKIP', reason_code });
  decision.instrument = trigger.instrument;
  decision.position_id = trigger.position_id;
  decision.reference_mid = trigger.mid;
  decision.warnings.push(trigger.rule);
}
