// Empties what the orders want done, in its order: effects on the ledger, commands, ended intents, anomalies.

import type { OrderCommand } from '../../../schemas/records.generated.ts';
import { SECOND } from '../../../schemas/time.ts';
import { clear } from '../../../topology/clear.ts';
import { changeSubject } from '../conditions/conditions.ts';
import { quarantineChanged } from '../conditions/reconciliation-break.ts';
import { factsOf } from '../decided.ts';
import { type Fold, noteChange, sideOf } from '../fold.ts';
import { closeOrder } from '../ledger/fill-memory.ts';
import { quarantineFill } from '../ledger/quarantine.ts';
import { releaseReservation } from '../ledger/reservations.ts';
import type { EndedIntent, LedgerEffect } from '../orders/orders.ts';
import { onCommand } from '../pacing/pacing.ts';
import { decide, ownTarget } from '../record/decision-record.ts';
import type { PortfolioState } from '../state.ts';
import { askVenue, takeAnomaly } from './anomaly.ts';
import { book } from './book.ts';
import { bookedFill, scopesOf } from './booked-fill.ts';
import { reserveFor } from './reserve.ts';

/** Until nothing is left: a condition set on the way cancels orders, which adds to the same queues, also to the one being read. */
export function applyOrders(fold: Fold, p: PortfolioState): void {
  const { effects, commands, ended, anomalies } = fold.orders;
  while (effects.length + commands.length + ended.length + anomalies.length > 0) {
    for (const effect of effects) applyEffect(fold, p, effect);
    clear(effects);
    for (const command of commands) takeCommand(fold, p, command);
    clear(commands);
    for (const end of ended) takeEnded(fold, p, end);
    clear(ended);
    for (const anomaly of anomalies) takeAnomaly(fold, p, anomaly);
    clear(anomalies);
  }
}

function applyEffect(fold: Fold, p: PortfolioState, effect: LedgerEffect): void {
  switch (effect.kind) {
    case 'RESERVE_ENTRY':
    case 'RESERVE_REDUCTION':
      reserveFor(fold, p, effect.order, effect.intent);
      return;
    case 'BOOK': {
      const { facts } = effect.order;
      const wish = p.wishes.get(facts?.decision_id ?? '');
      book(fold, p, bookedFill(p, effect.event, effect.quantity, facts, wish));
      return;
    }
    case 'QUARANTINE':
      return quarantine(fold, p, effect);
    case 'RELEASE': {
      const { order, keep } = effect;
      releaseReservation(p.ledger, order.order_id, keep);
      closeOrder(p.ledger, order.order_id, p.now);
      return;
    }
  }
}

/** Recorded under its order; its own reason says why it is not booked. */
function quarantine(
  fold: Fold,
  p: PortfolioState,
  { event, quantity, code }: Extract<LedgerEffect, { kind: 'QUARANTINE' }>,
): void {
  const order_id = event.order_id ?? '';
  const facts = factsOf(p, order_id);
  const wish = p.wishes.get(facts?.decision_id ?? '');
  const scopes = scopesOf(p, event.instrument, event.venue, wish);
  if (!quarantineFill(p.ledger, bookedFill(p, event, quantity, facts, wish), scopes, code, p.now)) return;
  const subject = changeSubject(fold, p, code);
  const target = ownTarget(fold, p, subject, order_id, code);
  const decision = decide(fold, p, subject, target, { kind: 'ADJUST', action: 'ERROR', reason_code: code });
  decision.instrument = event.instrument;
  decision.venue = event.venue;
  if (order_id !== '') decision.order_ids.push(order_id);
  quarantineChanged(fold, p, `${event.instrument}: ${code}`);
  askVenue(fold, p, decision.decision_id, event.venue, event.instrument, code);
}

function takeCommand(fold: Fold, p: PortfolioState, command: OrderCommand): void {
  fold.commands.push(command);
  if (p.policy === null) return;
  const { policy } = p.policy;
  const first = command.action === 'PLACE' && command.leg === 'entry' && command.attempt === 1;
  // The first attempt of an entry is counted with its decision.
  if (!first) onCommand(p.pacing, command.venue, policy, p.now);
  const { instrument, side, quantity, collar_price } = command;
  if (command.action !== 'PLACE' || instrument === null || side === null || quantity === null || collar_price === null) return;
  const since = p.now - policy.order.duplicate_s * SECOND;
  let recent = p.recent.get(instrument);
  if (recent === undefined) {
    recent = [];
    p.recent.set(instrument, recent);
  }
  while ((recent[0]?.at ?? since) < since) recent.shift();
  recent.push({ side, quantity, price: collar_price, at: p.now });
}

function takeEnded(fold: Fold, p: PortfolioState, { intent, end }: EndedIntent): void {
  const wish = p.wishes.get(intent.decision_id);
  if (wish !== undefined) wish.ended_at = p.now;
  const position = p.ledger.positions.get(intent.instrument);
  // Nothing of it is on its way out any more: whoever watches it must know.
  if (position !== undefined && position.position_id === intent.position_id) noteChange(fold, position, sideOf(position));
  if (end !== 'DUST') return;
  const subject = changeSubject(fold, p, 'POSITION_DUST');
  const outcome = { kind: 'ADJUST', action: 'SKIP', reason_code: 'POSITION_DUST' } as const;
  const decision = decide(fold, p, subject, intent.position_id ?? '', outcome);
  decision.instrument = intent.instrument;
  decision.position_id = intent.position_id;
}
