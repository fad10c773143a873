// Quarantine: fills that are not booked but count as exposure until an operator adopts or dismisses them.
import { mul } from '../../../schemas/money.ts';
import type { Micros } from '../../../schemas/time.ts';
import { rememberFill } from './fill-memory.ts';
import type { BookedFill, Ledger, Scopes } from './ledger.ts';

/** The excess of an over-fill, a fill older than the memory of its order or of no order at all. False: it was there. */
export function quarantineFill(l: Ledger, fill: BookedFill, scopes: Scopes, reason: string, now: Micros): boolean {
  if (l.quarantine.has(fill.fill_id)) return false;
  rememberFill(l, l.fills.get(fill.order_id), fill.order_id, fill.fill_id);
  const { instrument, venue, chain, tier, theme, strategy } = scopes;
  l.quarantine.set(fill.fill_id, {
    instrument,
    venue,
    chain,
    tier,
    theme,
    strategy,
    fill,
    reason,
    notional: mul(fill.quantity, fill.price),
    at: now,
  });
  l.bookings += 1;
  return true;
}

/** Takes the fill out for booking, under an id of its own because the rest of it may be booked already. */
export function adoptQuarantined(l: Ledger, fill_id: string): BookedFill | null {
  const held = l.quarantine.get(fill_id);
  if (held === undefined) return null;
  l.quarantine.delete(fill_id);
  return { ...held.fill, fill_id: `${fill_id}/adopted` };
}

export function dismissQuarantined(l: Ledger, fill_id: string): boolean {
  return l.quarantine.delete(fill_id);
}

export function isQuarantined(l: Ledger, instrument: string): boolean {
  for (const q of l.quarantine.values()) if (q.instrument === instrument) return true;
  return false;
}
