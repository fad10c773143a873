// What the portfolio is worth: NAV from marks, the unit price that no cash flow moves, drawdown and period returns.
import { compareBps, type Decimal, div, type Money, mul, mulFloor, nearest, ratioBps } from '../../../schemas/money.ts';
import type { Micros } from '../../../schemas/time.ts';
import { totalExposure } from './exposure.ts';
import type { Baseline, Ledger } from './ledger.ts';

export interface Equity {
  /** null while any open position's Mark is missing or too old. */
  readonly nav: Money | null;
  readonly unit_price: Decimal;
  readonly hwm: Decimal;
  /** Whole basis points for display and records; limits compare with the functions below. */
  readonly drawdown_bps: number;
  readonly day_bps: number;
  readonly week_bps: number;
  readonly realised_day: Money;
  readonly realised_week: Money;
  readonly unrealised: Money;
  readonly cash: Money;
  readonly cash_reserved: Money;
  readonly cash_free: Money;
  readonly exposure: Money;
  readonly exposure_bps: number | null;
}

/** Venue time of the oldest Mark of an open position: Infinity without positions, −Infinity if one has none. */
export function oldestMarkAt(l: Ledger): Micros {
  let oldest = Number.POSITIVE_INFINITY;
  for (const position of l.positions.values()) {
    if (position.mark === null) return Number.NEGATIVE_INFINITY;
    if (position.mark.venue_at < oldest) oldest = position.mark.venue_at;
  }
  return oldest;
}

export function navIsKnown(l: Ledger, now: Micros, marks_max_age_us: Micros): boolean {
  return now - oldestMarkAt(l) <= marks_max_age_us;
}

/** Cash + paid holdings and derivative results at their marks + third assets; only meaningful while NAV is known. */
export function markedNav(l: Ledger): Money {
  return l.cash + l.paid_cost + l.unrealised + l.third_value;
}

/** NAV if it is known at `now`, else null. */
export function navOf(l: Ledger, now: Micros, marks_max_age_us: Micros): Money | null {
  return navIsKnown(l, now, marks_max_age_us) ? markedNav(l) : null;
}

/** Remembers NAV and a new high where it is known; false where it is not. */
export function noteNav(l: Ledger, now: Micros, marks_max_age_us: Micros): boolean {
  if (!navIsKnown(l, now, marks_max_age_us)) return false;
  l.nav = markedNav(l);
  if (l.nav > l.hwm_nav && l.units > 0n) {
    const unit = unitPrice(l);
    if (unit > l.hwm) l.hwm = unit;
    l.hwm_nav = l.nav;
  }
  return true;
}

/** The price of one unit when NAV was last known; without units it stays what it was. */
export function unitPrice(l: Ledger): Decimal {
  if (l.nav !== l.unit_nav) {
    l.unit_nav = l.nav;
    if (l.units > 0n) l.unit_price = div(l.nav, l.units);
  }
  return l.unit_price;
}

/** Mints (burns, if negative) units: prices and the NAV of the high follow. */
export function mint(l: Ledger, units: Decimal): void {
  l.units += units;
  rebaseHigh(l);
  l.nav = markedNav(l);
  l.unit_nav = l.nav;
  if (l.units > 0n) l.unit_price = div(l.nav, l.units);
}

/** The NAV at which the high is reached again with the present units. */
export function rebaseHigh(l: Ledger): void {
  l.hwm_nav = mulFloor(l.hwm, l.units);
}

/** What a period began with: its realised results are measured against it. */
export function startOf(l: Ledger, base: Baseline): Money {
  return mul(base.unit, l.units);
}

// A double tells a ratio in whole basis points unless that is all but half way between two: from ROUGH_MIN on, what doubles and the
// rounding at scale 12 can be wrong by is less than a billionth.
const ROUGH_MIN = 1e9;
/** Largest ratio, and distance from the half between two whole basis points, that such an error cannot reach. */
const BPS_MAX = 1e5;
const HALF_DOUBT = 1e-3;

/** startOf, to a double. */
function roughStart(l: Ledger, base: Baseline): number {
  return (nearest(base.unit) * nearest(l.units)) / 1e12;
}

/** part / whole in whole basis points; null where a double cannot tell. */
function roughBps(part: number, whole: number): number | null {
  if (!(whole >= ROUGH_MIN)) return null;
  const bps = (part / whole) * 10_000;
  const below = Math.floor(bps);
  const rest = bps - below;
  if (!(Math.abs(bps) <= BPS_MAX) || Math.abs(rest - 0.5) < HALF_DOUBT) return null;
  return rest > 0.5 ? below + 1 : below;
}

/** What a double's word on a loss can be wrong by, ten times over. */
const NEARLY = 1 - 1e-8;

/** True where a double is enough to tell that the loss is below the limit; most are far below it. */
function isFarBelow(loss: Money, limit_bps: number, start: number): boolean {
  return start >= ROUGH_MIN && nearest(loss) * 10_000 < limit_bps * start * NEARLY;
}

/** hwm − unit as a share of hwm has reached the limit. Exact; equality trips. */
export function drawdownReached(l: Ledger, limit_bps: number): boolean {
  return compareBps(l.hwm - unitPrice(l), limit_bps, l.hwm) >= 0;
}

/** The worse of realised net and unit price has fallen by the limit since the start of the period. Exact; equality trips. */
export function periodLossReached(l: Ledger, period: 'day' | 'week', limit_bps: number): boolean {
  const base = period === 'day' ? l.day : l.week;
  if (compareBps(base.unit - unitPrice(l), limit_bps, base.unit) >= 0) return true;
  const realised = base.realised - base.forgiven;
  if (realised >= 0n && limit_bps > 0) return false;
  if (isFarBelow(-realised, limit_bps, roughStart(l, base))) return false;
  const start = startOf(l, base);
  return start > 0n && compareBps(-realised, limit_bps, start) >= 0;
}

/** Return of a period in whole basis points, the worse of its two measures. */
function periodBps(l: Ledger, base: Baseline, unit: Decimal): number {
  const total = ratioBps(unit - base.unit, base.unit);
  const realised = base.realised - base.forgiven;
  const rough = roughBps(nearest(realised), roughStart(l, base));
  if (rough !== null) return Math.min(rough, total);
  const start = startOf(l, base);
  return start <= 0n ? total : Math.min(ratioBps(realised, start), total);
}

export function equityOf(l: Ledger, now: Micros, marks_max_age_us: Micros): Equity {
  const nav = navOf(l, now, marks_max_age_us);
  const unit = unitPrice(l);
  const exposure = totalExposure(l);
  return {
    nav,
    unit_price: unit,
    hwm: l.hwm,
    drawdown_bps: ratioBps(l.hwm - unit, l.hwm),
    day_bps: periodBps(l, l.day, unit),
    week_bps: periodBps(l, l.week, unit),
    realised_day: l.day.realised,
    realised_week: l.week.realised,
    unrealised: l.unrealised,
    cash: l.cash,
    cash_reserved: l.cash_reserved,
    cash_free: l.cash - l.cash_reserved,
    exposure,
    exposure_bps: nav === null || nav <= 0n ? null : (roughBps(nearest(exposure), nearest(nav)) ?? ratioBps(exposure, nav)),
  };
}
