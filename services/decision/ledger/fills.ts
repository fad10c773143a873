// Booking of fills: dedup and booking in one step, average cost, fees in any asset, and flips split at their price.
import { positionId } from '../../../schemas/ids.ts';
import { type Money, min, mul, mulDiv, type Quantity } from '../../../schemas/money.ts';
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { addEntry, addExit, newEntryLegs, newExitLegs } from '../attribution/legs.ts';
import { bookPendingFlows } from './cash-flows.ts';
import { navOf, noteNav } from './equity.ts';
import { type Charge, chargeOf, payThird } from './fees.ts';
import { rememberFill } from './fill-memory.ts';
import type { BookedFill, Ledger, OpeningPlan, OpenPosition, Scopes } from './ledger.ts';
import { markFromFill, noteExcursion, revalue } from './marks.ts';
import { adoptedPlan } from './plans.ts';
import { quarantineFill } from './quarantine.ts';
import { addRealised, noteClosedTrade } from './results.ts';
import { setRate } from './third-assets.ts';

/** A closed round trip, before it becomes a Trade record. */
export interface TradeDraft {
  /** As it was when it closed: quantity 0, everything summed. */
  readonly position: OpenPosition;
  readonly side: 1n | -1n;
  readonly closed_at: Micros;
  readonly nav_after: Money | null;
}

export interface FillEffect {
  readonly applied: boolean;
  /** The fill was known: nothing changed. */
  readonly duplicate: boolean;
  /** The position after the fill; null when flat. */
  readonly position: OpenPosition | null;
  readonly opened: boolean;
  readonly closed: TradeDraft | null;
  /** Some of the fill is in quarantine (a paid holding would have gone below zero, or its units make no sense): out of step with the venue. */
  readonly broken: boolean;
}

const UNCHANGED = { applied: false, opened: false, closed: null } as const;

/** Books one fill of a known order, once. `now` and the marks' maximum age say whether NAV is known before and after it. */
export function bookFill(l: Ledger, fill: BookedFill, now: Micros, marks_max_age_us: Micros): FillEffect {
  const held = l.positions.get(fill.instrument) ?? null;
  const known = l.fills.get(fill.order_id);
  if (known?.ids.includes(fill.fill_id)) return { ...UNCHANGED, duplicate: true, position: held, broken: false };
  if (fill.fee_rate !== null && fill.fee_asset !== l.currency && fill.fee_asset !== fill.base) {
    setRate(l, fill.fee_asset, fill.fee_rate);
  }
  const charge = chargeOf(l, fill);
  if (fill.price <= 0n || fill.quantity <= 0n || charge.quantity <= 0n) {
    quarantineFill(l, fill, scopesOf(fill, held), 'FILL_UNITS_INCONSISTENT', now);
    return { ...UNCHANGED, duplicate: false, position: held, broken: true };
  }
  if (fill.kind !== 'perp' && fill.side === 'SELL') {
    const excess = charge.quantity - (held?.qty ?? 0n);
    if (excess > 0n) return bookHeldPart(l, fill, excess, held, now, marks_max_age_us);
  }
  rememberFill(l, known, fill.order_id, fill.fill_id);
  return book(l, fill, charge, held, now, marks_max_age_us);
}

function scopesOf(fill: BookedFill, held: OpenPosition | null): Scopes {
  const { instrument, venue } = fill;
  const { chain = '', tier = 'unknown', theme = '', strategy = '' } = held?.plan ?? fill.opening ?? {};
  return { instrument, venue, chain, tier, theme, strategy };
}

/** Books what the holding covers and quarantines the rest. */
function bookHeldPart(
  l: Ledger,
  fill: BookedFill,
  excess: Quantity,
  held: OpenPosition | null,
  now: Micros,
  marks_max_age_us: Micros,
): FillEffect {
  const covered = fill.quantity - excess;
  const booked = held === null || covered <= 0n ? 0n : covered;
  // A fee in the base asset went out of the holding with the sale; any other is shared by quantity.
  const whole = fill.fee === null || fill.fee_asset === fill.base;
  const fee = booked === 0n ? 0n : whole ? fill.fee : mulDiv(fill.fee ?? 0n, booked, fill.quantity);
  const rest = { ...fill, quantity: fill.quantity - booked, fee: fill.fee === null ? null : fill.fee - (fee ?? 0n) };
  quarantineFill(l, rest, scopesOf(fill, held), 'SPOT_BELOW_ZERO', now);
  if (booked === 0n) return { ...UNCHANGED, duplicate: false, position: held, broken: true };
  const part = { ...fill, quantity: booked, fee };
  return { ...book(l, part, chargeOf(l, part), held, now, marks_max_age_us), broken: true };
}

function book(
  l: Ledger,
  fill: BookedFill,
  charge: Charge,
  held: OpenPosition | null,
  now: Micros,
  marks_max_age_us: Micros,
): FillEffect {
  const nav_before = navOf(l, now, marks_max_age_us);
  if (charge.third === null) l.cash -= charge.fee;
  else payThird(l, fill.fee_asset, charge.third, charge.fee);
  l.fees += charge.fee;
  l.bookings += 1;

  const grows = held === null || held.qty > 0n === (fill.side === 'BUY');
  const closing = grows ? 0n : min(charge.quantity, held.qty < 0n ? -held.qty : held.qty);
  const opening = charge.quantity - closing;
  const closingFee = opening === 0n ? charge.fee : closing === 0n ? 0n : mulDiv(charge.fee, closing, charge.quantity);

  let position = held;
  const side = held !== null && held.qty < 0n ? -1n : 1n;
  if (closing > 0n && held !== null) {
    reduce(l, held, fill, closing, closingFee, charge);
    if (held.qty === 0n) position = null;
  }
  const flat = position === null ? held : null;
  let opened = false;
  if (opening > 0n) {
    opened = position === null;
    position ??= openPosition(l, fill, nav_before);
    grow(l, position, fill, opening, charge.fee - closingFee, charge);
  }
  noteNav(l, now, marks_max_age_us);
  let closed: TradeDraft | null = null;
  if (flat !== null) {
    noteClosedTrade(l, flat);
    closed = { position: flat, side, closed_at: fill.venue_at, nav_after: navOf(l, now, marks_max_age_us) };
  }
  if (l.pending_flows.length > 0) bookPendingFlows(l, now, marks_max_age_us);
  return { applied: true, duplicate: false, position, opened, closed, broken: false };
}

function openPosition(l: Ledger, fill: BookedFill, nav_before: Money | null): OpenPosition {
  const plan: OpeningPlan = fill.opening ?? adoptedPlan(fill);
  const position: OpenPosition = {
    position_id: positionId({ fill_id: fill.fill_id, portfolio: l.portfolio }),
    instrument: fill.instrument,
    venue: fill.venue,
    kind: fill.kind,
    base: fill.base,
    plan,
    opened_at: fill.venue_at,
    nav_before,
    qty: 0n,
    cost: 0n,
    filled: 0n,
    qty_max: 0n,
    fees_open: 0n,
    funding_open: 0n,
    fees: 0n,
    funding: 0n,
    gross: 0n,
    realised_net: 0n,
    fee_estimated: false,
    fees_unknown: false,
    estimated: [],
    mark: null,
    unrealised: 0n,
    exposure: 0n,
    mae: 0n,
    mfe: 0n,
    best_price: null,
    stop_price: null,
    stop_kind: null,
    protected: false,
    armed: [],
    rules: {},
    hold_until: fill.venue_at + plan.max_hold_s * SECOND,
    last_entry_at: fill.venue_at,
    entry: newEntryLegs(),
    exits: newExitLegs(),
    exit: null,
    verdict: null,
    first_fill_at: fill.venue_at,
    last_fill_at: fill.venue_at,
    n_fills: 0,
    unpriced: false,
  };
  l.positions.set(fill.instrument, position);
  return position;
}

function grow(l: Ledger, p: OpenPosition, fill: BookedFill, quantity: Quantity, fee: Money, charge: Charge): void {
  const notional = mul(quantity, fill.price);
  const signed = fill.side === 'BUY' ? quantity : -quantity;
  p.cost += notional;
  p.qty += signed;
  p.filled += signed;
  p.fees_open += fee;
  p.fees += fee;
  p.last_entry_at = fill.venue_at;
  if (p.kind !== 'perp') {
    l.cash -= notional;
    l.paid_cost += notional;
  }
  const size = p.qty < 0n ? -p.qty : p.qty;
  if (size > p.qty_max) p.qty_max = size;
  const prices = { signal: fill.signal_mid, decision: fill.decision_mid, arrival: fill.arrival_mid, fill: fill.price };
  const ordered = quantity === charge.quantity ? fill.quantity : quantity;
  addEntry(p.entry, quantity, notional, prices, fill.liquidity === 'MAKER', fee, {
    decision_id: fill.decision_id,
    decided: fill.decided_qty,
    ordered,
  });
  noteEstimate(p, fill, quantity, fee, charge, 'ENTRY');
  afterFill(l, p, fill);
}

function reduce(l: Ledger, p: OpenPosition, fill: BookedFill, quantity: Quantity, fee: Money, charge: Charge): void {
  const size = p.qty < 0n ? -p.qty : p.qty;
  const all = quantity === size;
  const cost = all ? p.cost : mulDiv(p.cost, quantity, size);
  const entryFee = all ? p.fees_open : mulDiv(p.fees_open, quantity, size);
  const funding = all ? p.funding_open : mulDiv(p.funding_open, quantity, size);
  const proceeds = mul(quantity, fill.price);
  const gross = p.qty > 0n ? proceeds - cost : cost - proceeds;
  const net = gross - entryFee - fee + funding;
  const signed = fill.side === 'BUY' ? quantity : -quantity;
  p.cost -= cost;
  p.fees_open -= entryFee;
  p.funding_open -= funding;
  p.qty += signed;
  p.filled += signed;
  p.gross += gross;
  p.realised_net += net;
  p.fees += fee;
  if (fill.exit !== null) p.exit = fill.exit;
  if (p.kind === 'perp') l.cash += gross;
  else {
    l.cash += proceeds;
    l.paid_cost -= cost;
  }
  // Funding was realised when it was paid.
  addRealised(l, net - funding);
  const prices = { signal: fill.exit_signal_mid, arrival: fill.exit_arrival_mid, fill: fill.price };
  addExit(p.exits, p.entry.missing, quantity, proceeds, prices, fill.liquidity === 'MAKER', fee);
  noteEstimate(p, fill, quantity, fee, charge, 'EXIT');
  afterFill(l, p, fill);
}

function noteEstimate(
  p: OpenPosition,
  fill: BookedFill,
  quantity: Quantity,
  fee: Money,
  charge: Charge,
  leg: 'ENTRY' | 'EXIT',
): void {
  if (!charge.estimated) return;
  p.fee_estimated = true;
  if (charge.third === null) {
    p.fees_unknown = true;
    return;
  }
  const amount = quantity === charge.quantity ? charge.third : mulDiv(charge.third, quantity, charge.quantity);
  p.estimated.push({ asset: fill.fee_asset, amount, value: fee, leg });
}

function afterFill(l: Ledger, p: OpenPosition, fill: BookedFill): void {
  p.n_fills += 1;
  p.last_fill_at = fill.venue_at;
  if (fill.unpriced) p.unpriced = true;
  markFromFill(p, fill);
  revalue(l, p);
  noteExcursion(p, fill.price);
  if (p.qty === 0n) l.positions.delete(p.instrument);
}
