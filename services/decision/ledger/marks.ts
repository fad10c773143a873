// Marks: a long is worth its bid, a short its ask; what they change in a position, in NAV and in the rates of fee coins.
import { mul, mulDiv, type Price } from '../../../schemas/money.ts';
import type { StopKind } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { bookPendingFlows } from './cash-flows.ts';
import { noteNav } from './equity.ts';
import type { BookedFill, Ledger, OpenPosition } from './ledger.ts';
import { isTighter } from './plans.ts';
import { setRate } from './third-assets.ts';

/** What the ledger reads in a Mark record. */
export interface MarkPrices {
  readonly position_id: string;
  readonly instrument: string;
  readonly bid: Price;
  readonly ask: Price;
  readonly mid: Price;
  readonly venue_at: Micros;
  readonly fee_rates: Readonly<Record<string, Price>>;
  readonly best_price: Price | null;
  readonly stop_price: Price | null;
  readonly stop_kind: StopKind | null;
  readonly armed: string[];
  readonly rules: Record<string, string>;
}

/** When the price of a position was last seen; it counts from its opening while it has no Mark. */
export function seenAt(position: OpenPosition): Micros {
  return position.mark?.venue_at ?? position.opened_at;
}

/** False: of another position than the open one, `p`, or older than its last Mark; nothing changed. */
export function applyMark(l: Ledger, p: OpenPosition, mark: MarkPrices, now: Micros, marks_max_age_us: Micros): boolean {
  if (p.position_id !== mark.position_id) return false;
  const last = p.mark;
  if (last === null) p.mark = { bid: mark.bid, ask: mark.ask, mid: mark.mid, venue_at: mark.venue_at };
  else {
    if (mark.venue_at < last.venue_at) return false;
    last.bid = mark.bid;
    last.ask = mark.ask;
    last.mid = mark.mid;
    last.venue_at = mark.venue_at;
  }
  revalue(l, p);
  const result = p.gross + p.unrealised;
  if (result < p.mae) p.mae = result;
  else if (result > p.mfe) p.mfe = result;
  takeRules(p, mark);
  for (const asset in mark.fee_rates) {
    const rate = mark.fee_rates[asset];
    if (rate !== undefined) setRate(l, asset, rate);
  }
  noteNav(l, now, marks_max_age_us);
  if (l.pending_flows.length > 0) bookPendingFlows(l, now, marks_max_age_us);
  return true;
}

/** Best price and stop only ever improve, whoever moved them last. */
function takeRules(p: OpenPosition, mark: MarkPrices): void {
  const best = mark.best_price;
  if (best !== null && (p.best_price === null || (p.qty > 0n ? best > p.best_price : best < p.best_price))) p.best_price = best;
  if (mark.stop_price !== null && isTighter(p, mark.stop_price)) {
    p.stop_price = mark.stop_price;
    p.stop_kind = mark.stop_kind;
  }
  p.armed = mark.armed;
  p.rules = mark.rules;
}

/** Value, unrealised result and exposure at the present mark; at cost while there is none. */
export function revalue(l: Ledger, p: OpenPosition): void {
  let unrealised = 0n;
  if (p.mark === null || p.qty === 0n) p.exposure = p.cost;
  else if (p.qty > 0n) {
    p.exposure = mul(p.qty, p.mark.bid);
    unrealised = p.exposure - p.cost;
  } else {
    p.exposure = mul(-p.qty, p.mark.ask);
    unrealised = p.cost - p.exposure;
  }
  l.unrealised += unrealised - p.unrealised;
  p.unrealised = unrealised;
}

/** The touch at a fill marks the position, unless a Mark is newer. */
export function markFromFill(p: OpenPosition, fill: BookedFill): void {
  if (fill.bid === null || fill.ask === null || (p.mark !== null && p.mark.venue_at > fill.venue_at)) return;
  p.mark = { bid: fill.bid, ask: fill.ask, mid: mulDiv(fill.bid + fill.ask, 1n, 2n), venue_at: fill.venue_at };
}

/** Worst and best result of the position's life at a price: what it has realised and what is open, before fees. Just revalued. */
export function noteExcursion(p: OpenPosition, price: Price): void {
  const marked = p.mark !== null && p.qty !== 0n && price === (p.qty < 0n ? p.mark.ask : p.mark.bid);
  const value = marked ? p.exposure : mul(p.qty < 0n ? -p.qty : p.qty, price);
  const result = p.gross + (p.qty < 0n ? p.cost - value : value - p.cost);
  if (result < p.mae) p.mae = result;
  if (result > p.mfe) p.mfe = result;
}
