// An entry that the paper policy approves, as tests begin from: each changes the one thing it is about.
import { decimal } from '../../../schemas/money.ts';
import {
  blankEnrichedSignal,
  type EnrichedInfo,
  type EnrichedQuote,
  type EnrichedSignal,
  type Regime,
  type Universe,
} from '../../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { equityOf } from '../ledger/equity.ts';
import { exampleLedger, T0 } from '../ledger/example.ts';
import { newPacing } from '../pacing/pacing.ts';
import { newLearned } from '../sizing/learned.ts';
import type { EntryInputs } from './entry.ts';

export const NOW = T0 + 10 * HOUR;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type EntryDraft = Mutable<EntryInputs> & {
  policy: Policy;
  enriched: Mutable<EnrichedSignal> & { quote: EnrichedQuote; info: EnrichedInfo; universe: Universe; regime: Regime };
};

/** BTC-USDT spot, T1, at 100 ± 0.05, chop_normal; signal of weir:price_move, strength .8, confidence .85, made just now. */
export function exampleEntry(policy: Policy): EntryDraft {
  const ledger = exampleLedger();
  const enriched: EntryDraft['enriched'] = {
    ...blankEnrichedSignal(),
    signal_id: 's1',
    portfolio: 'pf-1',
    source_class: 'evidence',
    source_prior: 'C',
    enriched_at: NOW,
    admission: { verdict: 'admit', reasons: [] },
    quote: {
      bid: decimal('99.95'),
      ask: decimal('100.05'),
      bid_size: decimal('1000'),
      ask_size: decimal('1000'),
      event_time: NOW,
      offset: 7,
      age_us: 0,
      flags: [],
    },
    mid: decimal('100'),
    signal_mid: decimal('100'),
    median_mid_5m: decimal('100'),
    spread_bps: 10,
    depth: [{ band_bps: 20, bid_usd: decimal('200000'), ask_usd: decimal('200000') }],
    depth_time: NOW,
    change_5m_bps: 10,
    change_30m_bps: 50,
    change_1h_bps: 100,
    change_24h_bps: 200,
    volume_24h_usd: decimal('50000000'),
    features: { '1h.volatility': 60, '1h.close': 100, '1h.atr_14': 1 },
    bars: { '1h': { close_time: NOW, offset: 6, age_us: 0 } },
    info: exampleInfo(),
    universe: { tier: 'T1', eligible: true, reasons: [], since: T0, inputs: {} },
    regime: exampleRegime('chop_normal'),
    corroboration: { count: 1, level: 1, quality: 'STRONG', providers: ['weir'] },
    trust_parts: { provenance: 'proven', checkable: 2, verified: 2, rug_flags: [], sybil: 'UNKNOWN' },
  };
  Object.assign(enriched.signal, {
    instrument: 'BTC-USDT',
    direction: 'long',
    source: 'weir:price_move',
    event_time: NOW,
    signal_type: 'price_move',
    strategy: 'price_move',
    entry_price: decimal('100'),
    strength: 0.8,
    confidence: 0.85,
  });
  return {
    now: NOW,
    mode: 'paper',
    enriched,
    decision_id: '0'.repeat(64),
    policy,
    live_granted: true,
    live_ramp: false,
    trading: { state: 'ACTIVE', reason_code: '' },
    ledger,
    equity: equityOf(ledger, NOW, 60 * SECOND),
    pacing: newPacing(),
    learned: newLearned(),
    orders: {
      unknown: 0,
      blocked_by: '',
      entry_pending: false,
      entries_pending: 0,
      resting: [],
      open_orders: 0,
      order_id_issued: false,
      recent: [],
    },
    venue: { breaker: 'closed', connected: true, limited_until: -1, symbol_failed_until: -1, rejections_until: -1 },
    reconciliation: { last_clean_at: NOW - 5 * MINUTE, account_clean: true, symbol_clean: true },
    clock_skew_ms: 20,
    restriction: null,
    safe_mode: 'CLEAR',
    overrides: new Map(),
    lease: null,
    analysis_spend: null,
    base_interval_us: 0,
  };
}

export function exampleRegime(tag: string): Regime {
  const [trend = 'unknown', volatility = 'unknown'] = tag.split('_');
  return {
    tag,
    trend: trend as Regime['trend'],
    volatility: volatility as Regime['volatility'],
    confidence: 0.8,
    t: 0,
    v: 60,
    s: 0,
    d: 5,
    a: 2,
    fear_greed: null,
    as_of: NOW,
    pending_count: 0,
  };
}

function exampleInfo(): EnrichedInfo {
  return {
    venue: 'sim',
    venue_symbol: 'BTCUSDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    chain: null,
    address: null,
    status: 'TRADING',
    filters: {
      tick: decimal('0.01'),
      min_price: null,
      max_price: null,
      step: decimal('0.0001'),
      min_qty: decimal('0.0001'),
      max_qty: decimal('9000'),
      market_step: null,
      market_min_qty: null,
      market_max_qty: null,
      min_notional: decimal('5'),
      max_notional: null,
      apply_min_to_market: true,
      apply_max_to_market: false,
      price_band: null,
      max_orders: 200,
      max_algo_orders: 5,
      max_position: null,
    },
    fees: { maker_bps: 40, taker_bps: 60 },
    max_leverage: 1,
    contract_size: decimal('1'),
    listed_at: T0 - 1_000 * DAY,
    market_cap_usd: null,
    theme: 'LAYER1',
    compliance: [],
    feed: { connected: true, breaker: 'closed', error_bps: 0, measured_at: NOW },
    facts_at: NOW,
    derived_at: NOW,
    offset: 5,
    age_us: 0,
  };
}
