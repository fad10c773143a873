// EXIT_UNPRICED: a held symbol has had no price for so long that waiting is the greater risk.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { takeOnce } from '../decided.ts';
import type { Fold } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import type { PortfolioState } from '../state.ts';
import { closePosition } from './close-position.ts';

/** Once for each price that went stale. */
function onceKey(position: OpenPosition): string {
  return `EXIT_UNPRICED/${position.position_id}/${seenAt(position)}`;
}

function seenAt(position: OpenPosition): Micros {
  return position.mark?.venue_at ?? position.opened_at;
}

/** A stop resting at the venue keeps the position. */
export function staleCloses(fold: Fold, p: PortfolioState, tick_at: Micros): void {
  if (p.policy === null) return;
  for (const position of p.ledger.positions.values()) {
    const age = tick_at - seenAt(position);
    if (age <= p.policy.stale_close_us || position.protected || !takeOnce(p, onceKey(position))) continue;
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
}

export function nextStaleClose(p: PortfolioState): Micros {
  let next = Number.POSITIVE_INFINITY;
  if (p.policy === null) return next;
  for (const position of p.ledger.positions.values()) {
    const at = seenAt(position) + p.policy.stale_close_us + 1;
    if (at < next && !position.protected && (at > p.now || !p.decided.has(onceKey(position)))) next = at;
  }
  return next;
}
