// TIME_EXIT: a position has been held as long as its plan allows.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { takeOnce, wasTaken } from '../decided.ts';
import type { Fold } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import type { PortfolioState } from '../state.ts';
import { closePosition } from './close-position.ts';

/** The longest hold of a tier, whatever the strategy says. */
const TIER_HOLD_H: Readonly<Record<string, number>> = { T1: 168, T2: 120, T3: 72, micro: 24 };
const HOUR_US = 3_600 * SECOND;

/** A hold beyond the tier's cap is cut at the entry, where the plan is made; an adopted position has its tier's. */
export function tierHoldS(tier: string): number | null {
  const hours = TIER_HOLD_H[tier];
  return hours === undefined ? null : (hours * HOUR_US) / SECOND;
}

function onceKey(position: OpenPosition): string {
  return `TIME_EXIT/${position.position_id}`;
}

export function timeExits(fold: Fold, p: PortfolioState, tick_at: Micros): void {
  if (p.policy !== null && !p.policy.policy.exits.rules.time_exit) return;
  for (const position of p.ledger.positions.values()) {
    if (tick_at < position.hold_until || !takeOnce(p, onceKey(position))) continue;
    closePosition(fold, p, position, { type: 'tick', id: `TIME_EXIT/${tick_at}` }, position.position_id, {
      reason: 'TIME_EXIT',
      route: 'PATIENT_EXIT',
      quantity: null,
      signal_id: null,
      signal_mid: position.mark?.mid ?? null,
      signal_at: tick_at,
      operator: false,
    });
  }
}

/** A hold that has passed has been acted on; only then is it worth asking whether it was. */
export function timeExitAt(p: PortfolioState, position: OpenPosition): Micros {
  const at = position.hold_until;
  return at > p.now || !wasTaken(p, onceKey(position)) ? at : Number.POSITIVE_INFINITY;
}
