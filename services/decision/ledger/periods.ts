// UTC days and ISO weeks: the first record at or past a boundary starts the new period at the unit price then known.
import { isoWeek, type Micros, utcDay } from '../../../schemas/time.ts';
import { rebaseHigh, unitPrice } from './equity.ts';
import { forgetOldOrders } from './fill-memory.ts';
import type { Baseline, Ledger } from './ledger.ts';

export interface PeriodRoll {
  readonly day: boolean;
  readonly week: boolean;
}

const NONE: PeriodRoll = { day: false, week: false };

function start(baseline: Baseline, period: number, l: Ledger): void {
  baseline.period = period;
  baseline.unit = unitPrice(l);
  baseline.realised = 0n;
  baseline.forgiven = 0n;
}

/** To be called first for every record. Also forgets the fill ids that are old enough, once a day. */
export function rollPeriods(l: Ledger, now: Micros): PeriodRoll {
  const day = utcDay(now);
  if (day <= l.day.period) return NONE;
  start(l.day, day, l);
  forgetOldOrders(l, now);
  const week = isoWeek(now);
  const rolls = week > l.week.period;
  if (rolls) start(l.week, week, l);
  return { day: true, week: rolls };
}

/** A RESUME with a new baseline: re-bases one stop, never the reported profit. */
export function rebase(l: Ledger, what: 'day' | 'week' | 'hwm'): void {
  if (what === 'hwm') {
    l.hwm = unitPrice(l);
    rebaseHigh(l);
    return;
  }
  l[what].unit = unitPrice(l);
  l[what].forgiven = l[what].realised;
}
