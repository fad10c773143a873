// Losses against their stops: exact, from the ledger, and a loss that equals its stop has reached it.
import { type Decimal, min, mulDiv, nearest } from '../../../schemas/money.ts';
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import { drawdownReached, periodLossReached, startOf, unitPrice } from '../ledger/equity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { EntryContext } from './context.ts';
import { fail, type Gate, passWith, slackBelow, whole } from './gate.ts';

const WHOLE: Decimal = 10_000_000_000_000_000n;

/** Return in basis points, the worse of realised and total; for a drawdown the distance from the highest unit price, negative. */
function returnBps(l: Ledger, what: 'day' | 'week' | 'drawdown'): Decimal {
  const unit = unitPrice(l);
  if (what === 'drawdown') return mulDiv(unit - l.hwm, WHOLE, l.hwm);
  const base = what === 'day' ? l.day : l.week;
  const total = mulDiv(unit - base.unit, WHOLE, base.unit);
  const start = startOf(l, base);
  if (start <= 0n) return total;
  const realised = mulDiv(base.realised - base.forgiven, WHOLE, start);
  return min(realised, total);
}

export function lossWithin(
  gate: Gate,
  e: EntryContext,
  what: 'day' | 'week' | 'drawdown',
  limit_bps: number,
  reason: string,
): GateVerdict {
  const { ledger } = e.in;
  const reached = what === 'drawdown' ? drawdownReached(ledger, limit_bps) : periodLossReached(ledger, what, limit_bps);
  const observed = returnBps(ledger, what);
  const margin = slackBelow(-nearest(observed), limit_bps * 1e12);
  return reached ? fail(gate, reason, observed, -whole(limit_bps), margin) : passWith(gate, observed, -whole(limit_bps), margin);
}
