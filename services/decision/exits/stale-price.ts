// A held symbol without a price: first the venue is asked, then the position is closed, for waiting is the greater risk.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { askVenue } from '../booking/anomaly.ts';
import { takeOnce, wasTaken } from '../decided.ts';
import type { Fold } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { seenAt } from '../ledger/marks.ts';
import { aboutPosition, decide } from '../record/decision-record.ts';
import type { PortfolioState } from '../state.ts';
import { closePosition } from './close-position.ts';

type Step = 'PRICE_STALE' | 'EXIT_UNPRICED';

/** Once for each price that went stale. */
function onceKey(step: Step, position: OpenPosition): string {
  return `${step}/${position.position_id}/${seenAt(position)}`;
}

export function stalePrices(fold: Fold, p: PortfolioState, tick_at: Micros): void {
  if (p.policy === null) return;
  for (const position of p.ledger.positions.values()) {
    const age = tick_at - seenAt(position);
    if (age <= p.policy.stale_ask_us) continue;
    if (takeOnce(p, onceKey('PRICE_STALE', position))) ask(fold, p, position, tick_at, age);
    // A stop resting at the venue keeps the position.
    if (age <= p.policy.stale_close_us || position.protected || !takeOnce(p, onceKey('EXIT_UNPRICED', position))) continue;
    close(fold, p, position, tick_at, age);
  }
}

function ask(fold: Fold, p: PortfolioState, position: OpenPosition, tick_at: Micros, age: Micros): void {
  const subject = { type: 'tick', id: `PRICE_STALE/${tick_at}` } as const;
  const decision = decide(fold, p, subject, position.position_id, {
    kind: 'ADJUST',
    action: 'EXECUTE',
    reason_code: 'PRICE_STALE',
    reason_detail: `no price for ${Math.floor(age / SECOND)} s`,
  });
  aboutPosition(decision, position);
  askVenue(fold, p, decision.decision_id, position.venue, position.instrument, 'PRICE_STALE');
}

function close(fold: Fold, p: PortfolioState, position: OpenPosition, tick_at: Micros, age: Micros): void {
  closePosition(fold, p, position, { type: 'tick', id: `EXIT_UNPRICED/${tick_at}` }, position.position_id, {
    reason: 'EXIT_UNPRICED',
    route: 'URGENT',
    quantity: null,
    signal_id: null,
    signal_mid: position.mark?.mid ?? null,
    signal_at: tick_at,
    operator: false,
    detail: `no price for ${Math.floor(age / SECOND)} s`,
  });
}

/** A limit that has passed has been acted on; only then is it worth asking whether it was. */
export function stalePriceAt(p: PortfolioState, position: OpenPosition): Micros {
  if (p.policy === null) return Number.POSITIVE_INFINITY;
  const seen = seenAt(position);
  const ask = dueAt(p, seen + p.policy.stale_ask_us + 1, 'PRICE_STALE', position);
  return position.protected ? ask : Math.min(ask, dueAt(p, seen + p.policy.stale_close_us + 1, 'EXIT_UNPRICED', position));
}

function dueAt(p: PortfolioState, at: Micros, step: Step, position: OpenPosition): Micros {
  return at > p.now || !wasTaken(p, onceKey(step, position)) ? at : Number.POSITIVE_INFINITY;
}
