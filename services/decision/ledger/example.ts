// Ledgers, fills and marks as tests write them: short text for what a row is about, defaults for the rest.
import { decimal, formatDecimal } from '../../../schemas/money.ts';
import { bookCashFlow } from './cash-flows.ts';
import { bookFill, type FillEffect } from './fills.ts';
import { type BookedFill, type Ledger, newLedger, type OpeningPlan } from './ledger.ts';
import { applyMark, type MarkPrices } from './marks.ts';

/** 2025-01-01 00:00 UTC, a Wednesday. */
export const T0 = 1_735_689_600_000_000;
export const MAX_AGE_US = 60_000_000;

export function exampleLedger(cash = '10000'): Ledger {
  const l = newLedger({ portfolio: 'pf-1', run_id: 'test', mode: 'paper', currency: 'USDT' });
  if (cash !== '0') bookCashFlow(l, { amount: decimal(cash), asset: 'USDT' }, T0, MAX_AGE_US);
  return l;
}

export const EXAMPLE_PLAN: OpeningPlan = {
  decision_id: 'd1',
  signal_id: 's1',
  source: 'weir:momentum',
  source_class: 'evidence',
  signal_type: 'momentum',
  strategy: 'momentum',
  param_version: null,
  regime: 'bull_normal',
  tier: 'T1',
  theme: 'LAYER1',
  chain: '',
  corroboration_level: 1,
  stop_bps: 300,
  target_bps: 600,
  trail_bps: null,
  trail_arm_bps: 400,
  max_hold_s: 6 * 3_600,
  entry_volume_hourly: null,
  min_notional: decimal('5'),
  conviction: 0.6,
  confidence: 0.7,
  trust: 70,
  propensity: 1,
  arms: [],
  signal_ts: T0,
  decided_at: T0,
  accepted_at: T0,
  policy_hash: 'p',
};

let ids = 0;

/** `buy 1@100 fee .1` is `fill('BUY', '1', '100', '.1')`; more names the fields that differ. */
export function exampleFill(
  side: 'BUY' | 'SELL',
  quantity: string,
  price: string,
  fee = '0',
  more: Partial<BookedFill> = {},
): BookedFill {
  ids += 1;
  return {
    fill_id: `f${ids}`,
    order_id: `o${ids}`,
    instrument: 'BTC-USDT',
    venue: 'sim',
    kind: 'spot',
    base: 'BTC',
    side,
    price: dec(price),
    quantity: dec(quantity),
    fee: dec(fee),
    fee_asset: 'USDT',
    fee_rate: null,
    taker_bps: 60,
    liquidity: 'TAKER',
    venue_at: T0,
    bid: null,
    ask: null,
    decision_id: 'd1',
    decided_qty: null,
    opening: EXAMPLE_PLAN,
    signal_mid: null,
    decision_mid: null,
    arrival_mid: null,
    exit: null,
    exit_signal_mid: null,
    exit_arrival_mid: null,
    unpriced: false,
    ...more,
  };
}

export function book(l: Ledger, fill: BookedFill, now = fill.venue_at): FillEffect {
  return bookFill(l, fill, now, MAX_AGE_US);
}

/** A Mark of the open position: bid = ask = mid unless an ask is given. */
export function mark(l: Ledger, price: string, venue_at = T0, more: Partial<MarkPrices> = {}, instrument = 'BTC-USDT'): boolean {
  const position = l.positions.get(instrument);
  const at = dec(price);
  const record: MarkPrices = {
    position_id: position?.position_id ?? '',
    instrument,
    bid: at,
    ask: at,
    mid: at,
    venue_at,
    fee_rates: {},
    best_price: null,
    stop_price: null,
    stop_kind: null,
    armed: [],
    rules: {},
    ...more,
  };
  return position !== undefined && applyMark(l, position, record, venue_at, MAX_AGE_US);
}

/** As `decimal`, but a leading zero may be left out as in the vectors. */
export function dec(text: string): bigint {
  return decimal(text.replace(/^(-?)\./, '$10.'));
}

export function show(amount: bigint | null | undefined): string {
  return amount === null || amount === undefined ? 'null' : formatDecimal(amount);
}

/** Bytes of a ledger: every field, Maps and Sets in their order. */
export function bytesOf(l: Ledger): string {
  return JSON.stringify(l, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (value instanceof Map) return { map: [...value] };
    if (value instanceof Set) return { set: [...value] };
    return value;
  });
}
