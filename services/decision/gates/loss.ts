// Losses against their stops: exact, from the ledger, and a loss that equals its stop has reached it.
import { type Decimal, min, mulDiv, nearest } from '../../../schemas/money.ts';
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import { drawdownReached, periodLossReached, startOf, unitPrice } from '../ledger/equity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { EntryContext } from './context.ts';
import { fail, type Gate, passWith, slackBelow, whole } from './gate.ts';

export type Loss = 'day' | 'week' | 'drawdown';

const WHOLE: Decimal = 10_000_000_000_000_000n;

/** Return in basis points, the worse of realised and total; for a drawdown the distance from the highest unit price, negative. */
function returnBps(l: Ledger, what: Loss): Decimal {
  const unit = unitPrice(l);
  if (what === 'drawdown') return mulDiv(unit - l.hwm, WHOLE, l.hwm);
  const base = what === 'day' ? l.day : l.week;
  const total = mulDiv(unit - base.unit, WHOLE, base.unit);
  const realised = base.realised - base.forgiven;
  // No gain is worse than a loss.
  if (realised >= 0n && total <= 0n) return total;
  const start = startOf(l, base);
  return start <= 0n ? total : min(mulDiv(realised, WHOLE, start), total);
}

/** Rounding keeps order: only a return that reads as the limit itself may lie on either side of it. */
export function lossOf(l: Ledger, what: Loss, limit_bps: number): { readonly observed: Decimal; readonly reached: boolean } {
  const observed = returnBps(l, what);
  const limit = -whole(limit_bps);
  if (observed !== limit) return { observed, reached: observed < limit };
  return { observed, reached: what === 'drawdown' ? drawdownReached(l, limit_bps) : periodLossReached(l, what, limit_bps) };
}

export function lossWithin(gate: Gate, e: EntryContext, what: Loss, limit_bps: number, reason: string): GateVerdict {
  const limit = -whole(limit_bps);
  const { observed, reached } = lossOf(e.in.ledger, what, limit_bps);
  const margin = slackBelow(-nearest(observed), limit_bps * 1e12);
  return reached ? fail(gate, reason, observed, limit, margin) : passWith(gate, observed, limit, margin);
}
