// Deposits and withdrawals mint and burn units at the price before them, so that performance does not see them.
import { type Decimal, div, type Money, mul } from '../../../schemas/money.ts';
import type { Micros } from '../../../schemas/time.ts';
import { mint, navIsKnown, noteNav, unitPrice } from './equity.ts';
import type { Ledger } from './ledger.ts';
import { thirdAsset, thirdValue } from './third-assets.ts';

export interface Flow {
  readonly amount: Decimal;
  readonly asset: string;
}

/** WAITING: NAV or the asset's rate is unknown; the Mark that makes it known books the flow. */
export function bookCashFlow(l: Ledger, flow: Flow, now: Micros, marks_max_age_us: Micros): 'BOOKED' | 'WAITING' {
  if (l.pending_flows.length > 0 || !book(l, flow, now, marks_max_age_us)) {
    l.pending_flows.push({ amount: flow.amount, asset: flow.asset });
    return 'WAITING';
  }
  return 'BOOKED';
}

/** In their order, as far as they can be booked. */
export function bookPendingFlows(l: Ledger, now: Micros, marks_max_age_us: Micros): void {
  while (l.pending_flows.length > 0) {
    const first = l.pending_flows[0];
    if (first === undefined || !book(l, first, now, marks_max_age_us)) return;
    l.pending_flows.shift();
  }
}

function book(l: Ledger, flow: Flow, now: Micros, marks_max_age_us: Micros): boolean {
  if (!navIsKnown(l, now, marks_max_age_us)) return false;
  let value: Money = flow.amount;
  if (flow.asset !== l.currency) {
    const rate = l.third.get(flow.asset)?.rate ?? null;
    if (rate === null) return false;
    value = mul(flow.amount, rate);
  }
  noteNav(l, now, marks_max_age_us);
  const price = unitPrice(l);
  if (flow.asset === l.currency) l.cash += flow.amount;
  else {
    const asset = thirdAsset(l, flow.asset);
    l.third_value -= thirdValue(asset);
    asset.amount += flow.amount;
    asset.booked += value;
    l.third_value += thirdValue(asset);
  }
  l.flows += value;
  l.bookings += 1;
  mint(l, div(value, price));
  return true;
}
