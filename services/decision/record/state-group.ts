// The state group of a Decision: what the portfolio looked like when it was decided.

import type { QuarantinedFill, DecisionState as StateGroup } from '../../../schemas/records.generated.ts';
import { HOUR } from '../../../schemas/time.ts';
import { type Equity, equityOf } from '../ledger/equity.ts';
import { slotsUsed } from '../ledger/exposure.ts';
import { countSince } from '../pacing/pacing.ts';
import { marksMaxAge, type PortfolioState } from '../state.ts';

const DAY_US = 24 * HOUR;

export function equityNow(p: PortfolioState): Equity {
  return equityOf(p.ledger, p.now, marksMaxAge(p));
}

export function breakersOpen(p: PortfolioState): string[] {
  const open: string[] = [];
  for (const [venue, facts] of p.venues) if (facts.state?.breaker === 'open') open.push(venue);
  return open.sort();
}

function quarantined(p: PortfolioState): QuarantinedFill[] {
  const found: QuarantinedFill[] = [];
  for (const [fill_id, held] of p.ledger.quarantine) {
    const { fill } = held;
    found.push({
      fill_id,
      order_id: fill.order_id === '' ? null : fill.order_id,
      instrument: held.instrument,
      side: fill.side,
      quantity: fill.quantity,
      price: fill.price,
      reason: held.reason,
      at: held.at,
    });
  }
  return found;
}

export function stateGroup(p: PortfolioState, equity: Equity): StateGroup {
  const { ledger, pacing } = p;
  const slots = p.policy === null ? 0 : p.policy.policy.portfolio.max_positions - slotsUsed(ledger);
  return {
    state: p.trading,
    conditions: p.conditions.slice(),
    nav: equity.nav,
    unit_price: equity.unit_price,
    hwm: equity.hwm,
    drawdown_bps: equity.drawdown_bps,
    day_bps: equity.day_bps,
    week_bps: equity.week_bps,
    realised_day: equity.realised_day,
    exposure_bps: equity.exposure_bps,
    positions: ledger.positions.size,
    slots_free: Math.max(slots, 0),
    reservations: ledger.reservations.size,
    quarantine: ledger.quarantine.size === 0 ? [] : quarantined(p),
    cash_free: equity.cash_free,
    entries_1h: countSince(pacing.entries, p.now, HOUR),
    entries_24h: countSince(pacing.entries, p.now, DAY_US),
    consecutive_losses: ledger.consecutive_losses,
    regime: p.regime,
    safe_mode: p.safe_mode,
    breakers_open: p.venues.size === 0 ? [] : breakersOpen(p),
  };
}
