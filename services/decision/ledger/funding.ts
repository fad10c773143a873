// Funding of a derivative moves cash and realised profit at once and stays with its position until it is shared out.
import type { Money } from '../../../schemas/money.ts';
import type { Ledger } from './ledger.ts';
import { addRealised } from './results.ts';

/** amount > 0 received, < 0 paid. Without an open position it is an item learned after its trade. Dedup is the event's id. */
export function bookFunding(l: Ledger, funding: { readonly instrument: string; readonly amount: Money }): void {
  l.cash += funding.amount;
  l.funding += funding.amount;
  addRealised(l, funding.amount);
  l.bookings += 1;
  const position = l.positions.get(funding.instrument);
  if (position === undefined) {
    l.late_items += funding.amount;
    return;
  }
  position.funding += funding.amount;
  position.funding_open += funding.amount;
}
