// Every gate as the reason of a refusal: one row changes one thing in an entry that passes, and says what must come out.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal } from '../../../schemas/money.ts';
import { REASONS, reasonCode } from '../../../schemas/reason-codes.ts';
import { DAY, HOUR, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import { equityOf } from '../ledger/equity.ts';
import { exampleFill } from '../ledger/example.ts';
import { bookFill } from '../ledger/fills.ts';
import { reserveEntry } from '../ledger/reservations.ts';
import { onEntryBlocked, onEntryDecided, onFill, onTradeClosed, pauseStrategy, retireStrategy } from '../pacing/pacing.ts';
import { evaluateEntry } from './entry.ts';
import { type EntryDraft, exampleEntry, exampleRegime, NOW } from './example.ts';
import { isOverridable } from './judge.ts';
import { LADDER } from './ladder.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);
const live = shippedPolicy('live', read);

type Change = (d: EntryDraft) => void;

function evaluate(change: Change, policy: Policy = paper) {
  const draft = exampleEntry(structuredClone(policy));
  change(draft);
  draft.equity = equityOf(draft.ledger, draft.now, 60 * SECOND);
  return evaluateEntry(draft);
}

function gateOf(result: ReturnType<typeof evaluate>, gate: number) {
  const verdict = result.gates.find((v) => v.gate === gate);
  if (verdict === undefined) throw new Error(`no gate ${gate}`);
  return verdict;
}

/** A position of the ledger: quantity at a price, one hour old, marked by its fill. */
function hold(
  d: EntryDraft,
  instrument: string,
  quantity: string,
  side: 'BUY' | 'SELL' = 'BUY',
  price = '100',
  strategy = 'price_move',
) {
  const fill = exampleFill(side, quantity, price, '0', {
    instrument,
    kind: 'perp',
    venue_at: NOW,
    bid: decimal(price),
    ask: decimal(price),
  });
  const opening = fill.opening;
  if (opening === null) throw new Error('no plan');
  bookFill(d.ledger, { ...fill, opening: { ...opening, strategy, tier: 'T1', theme: 'LAYER1' } }, NOW, 60 * SECOND);
}

function reserve(d: EntryDraft, instrument: string, notional: string, more: Record<string, string> = {}) {
  reserveEntry(
    d.ledger,
    { instrument, venue: 'other', chain: '', tier: 'T3', theme: 'MEME', strategy: 'other', ...more },
    { order_id: `o-${instrument}-${notional}`, quantity: decimal('1'), notional: decimal(notional), cash: 0n },
  );
}

const token: Change = (d) => {
  d.enriched.info = { ...d.enriched.info, kind: 'token', chain: 'solana', address: 'abc', listed_at: null };
  d.enriched.token_safety = { honeypot: 'SAFE', rug: 'SAFE', rug_score: 0, sybil: 'LOW', holder_risk: 0, rugcheck_safe: true };
  d.enriched.evidence = {
    token_age_s: 7_200,
    holder_count: 500,
    top10_holder_bps: 3_000,
    sell_quote_ok: true,
    liquidity_usd: 1_000_000,
  };
};
const withToken =
  (change: Change): Change =>
  (d) => {
    token(d);
    change(d);
  };

type Row = readonly [gate: number, reason: string, action: 'BLOCK' | 'SKIP', change: Change];

const REFUSALS: readonly Row[] = [
  [0, 'SIGNAL_TOO_OLD', 'SKIP', (d) => Object.assign(d.enriched.admission, { verdict: 'refuse', reasons: ['SIGNAL_TOO_OLD'] })],
  [
    0,
    'INSTRUMENT_UNKNOWN',
    'BLOCK',
    (d) => Object.assign(d.enriched.admission, { verdict: 'refuse', reasons: ['INSTRUMENT_UNKNOWN'] }),
  ],
  [0, 'QUOTE_MISSING', 'BLOCK', (d) => Object.assign(d.enriched.admission, { verdict: 'refuse', reasons: ['QUOTE_MISSING'] })],
  [1, 'KILL_SWITCH', 'BLOCK', (d) => (d.trading = { state: 'HALTED', reason_code: 'KILL_SWITCH' })],
  [1, 'STATE_UNKNOWN', 'BLOCK', (d) => (d.trading = { state: 'HALTED', reason_code: '' })],
  [2, 'LIVE_NOT_GRANTED', 'BLOCK', (d) => Object.assign(d, { mode: 'live', live_granted: false })],
  [3, 'NAV_NOT_POSITIVE', 'BLOCK', (d) => Object.assign(d.ledger, { cash: 0n, nav: 0n })],
  [4, 'DAILY_STOP_HIT', 'BLOCK', (d) => Object.assign(d.ledger, { nav: decimal('9700') })],
  [5, 'WEEKLY_STOP_HIT', 'BLOCK', (d) => Object.assign(d.ledger.week, { unit: decimal('1.09') })],
  [6, 'DRAWDOWN_STOP_HIT', 'BLOCK', (d) => Object.assign(d.ledger, { hwm: decimal('1.2') })],
  [7, 'RECONCILIATION_STALE', 'BLOCK', (d) => Object.assign(d.reconciliation, { last_clean_at: NOW - 3_601 * SECOND })],
  [7, 'RECONCILIATION_BREAK', 'BLOCK', (d) => Object.assign(d.reconciliation, { symbol_clean: false })],
  [8, 'CLOCK_SKEWED', 'BLOCK', (d) => (d.clock_skew_ms = -2_001)],
  [8, 'CLOCK_SKEWED', 'BLOCK', (d) => d.enriched.flags.push('CLOCK_SKEWED')],
  [8, 'CLOCK_SKEWED', 'BLOCK', (d) => Object.assign(d, { clock_skew_ms: null }).enriched.flags.push('CLOCK_SKEWED')],
  [9, 'ORDER_OUTCOME_UNKNOWN', 'BLOCK', (d) => Object.assign(d.orders, { unknown: 1 })],
  [10, 'INSTRUMENT_NOT_LISTED', 'BLOCK', (d) => (d.policy.instruments.allowed = ['ETH-USDT'])],
  [10, 'INSTRUMENT_NOT_LISTED', 'BLOCK', (d) => (d.enriched.info = { ...d.enriched.info, quote: 'USD' })],
  [10, 'INSTRUMENT_NOT_LISTED', 'BLOCK', (d) => (d.enriched.info = { ...d.enriched.info, listed_at: NOW - 6 * DAY })],
  [10, 'INSTRUMENT_NOT_LISTED', 'BLOCK', (d) => (d.policy.instruments.min_price = 101)],
  [10, 'CONTRACT_MISSING', 'BLOCK', withToken((d) => (d.enriched.info = { ...d.enriched.info, address: null }))],
  [
    10,
    'UNIVERSE_VOLUME_LOW',
    'BLOCK',
    (d) => d.enriched.universe.reasons.push({ code: 'UNIVERSE_VOLUME_LOW', value: 1, limit: 2 }),
  ],
  [
    10,
    'COMPLIANCE_NOT_LISTED',
    'BLOCK',
    (d) => d.enriched.universe.reasons.push({ code: 'COMPLIANCE_NOT_LISTED', value: null, limit: null }),
  ],
  [11, 'INSTRUMENT_RESTRICTED', 'BLOCK', (d) => (d.policy.restricted = ['BTC'])],
  [11, 'INSTRUMENT_RESTRICTED', 'BLOCK', (d) => (d.restriction = { code: 'exploit', until: NOW + 1 })],
  [12, 'PAIR_STABLECOIN', 'BLOCK', (d) => (d.enriched.info = { ...d.enriched.info, base: 'USDC' })],
  [12, 'PAIR_SELF', 'BLOCK', (d) => (d.enriched.info = { ...d.enriched.info, base: 'USDT' })],
  [13, 'PRODUCT_NOT_TRADING', 'BLOCK', (d) => (d.enriched.info = { ...d.enriched.info, status: 'POST_ONLY' })],
  [14, 'DIRECTION_NOT_ALLOWED', 'BLOCK', (d) => (d.enriched.signal.direction = 'short')],
  [15, 'SIGNAL_TOO_OLD', 'SKIP', (d) => (d.enriched.signal.event_time = NOW - 1_801 * SECOND)],
  [15, 'SIGNAL_TOO_OLD', 'SKIP', (d) => (d.enriched.signal.valid_until = NOW - 1)],
  [15, 'SIGNAL_FROM_FUTURE', 'SKIP', (d) => (d.enriched.signal.event_time = NOW + 5 * SECOND + 1)],
  [16, 'SIGNAL_DUPLICATE', 'SKIP', (d) => decided(d, NOW - 600 * SECOND + 1, 'ETH-USDT', true)],
  [17, 'PLAN_INVALID', 'BLOCK', (d) => strategyOf(d, { stop_bps: 2_501, target_bps: 9_999 })],
  [17, 'PLAN_INVALID', 'BLOCK', (d) => strategyOf(d, { max_hold_s: 59 })],
  [18, 'REWARD_RISK_LOW', 'SKIP', (d) => strategyOf(d, { target_bps: 899 })],
  [19, 'LIQUIDATION_TOO_CLOSE', 'BLOCK', perp((d) => (d.policy.caps.leverage = 12))],
  [19, 'LIQUIDATION_TOO_CLOSE', 'BLOCK', perp((d) => (d.enriched.signal.liquidation_price = decimal('91.01')))],
  [20, 'QUOTE_STALE', 'BLOCK', (d) => Object.assign(d.enriched.quote, { event_time: NOW - 31 * SECOND })],
  [20, 'QUOTE_STALE', 'BLOCK', (d) => d.enriched.quote.flags.push('QUOTE_STALE')],
  [21, 'PRICE_DRIFTED', 'SKIP', (d) => (d.enriched.signal.entry_price = decimal('103'))],
  [
    22,
    'BARS_STALE',
    'BLOCK',
    (d) => Object.assign(d.enriched.bars, { '1h': { close_time: NOW - 2 * HOUR - 1, offset: 1, age_us: 0 } }),
  ],
  [23, 'DATA_CROSSED', 'BLOCK', (d) => Object.assign(d.enriched.quote, { bid: decimal('100.06'), ask: decimal('100.05') })],
  [23, 'DATA_CROSSED', 'BLOCK', (d) => Object.assign(d.enriched.quote, { bid: decimal('100'), ask: decimal('100') })],
  [23, 'DATA_CROSSED', 'BLOCK', (d) => (d.enriched.mid = decimal('101.06'))],
  [23, 'DATA_FEEDS_DISAGREE', 'BLOCK', (d) => (d.enriched.feed_gap_bps = 500.5)],
  [23, 'DATA_JUMP', 'BLOCK', (d) => d.enriched.flags.push('PRICE_JUMP')],
  [23, 'DATA_FROZEN', 'BLOCK', (d) => d.enriched.flags.push('FEED_FROZEN')],
  [23, 'DATA_MISSING', 'BLOCK', (d) => d.enriched.flags.push('INDICATOR_RANGE')],
  [24, 'VOLATILITY_HALT', 'BLOCK', (d) => (d.enriched.change_30m_bps = -2_500.01)],
  [24, 'VOLATILITY_HALT', 'BLOCK', (d) => (d.enriched.features['1h.volatility'] = 150.01)],
  [25, 'PUMP_DUMP_SUSPECTED', 'BLOCK', (d) => d.enriched.pump_flags.push('volume', 'signals', 'top10')],
  [26, 'SPREAD_TOO_WIDE', 'BLOCK', (d) => Object.assign(d.enriched.quote, { bid: decimal('99.89'), ask: decimal('100.11') })],
  [
    27,
    'DEPTH_TOO_THIN',
    'BLOCK',
    (d) => (d.enriched.depth = [{ band_bps: 20, bid_usd: decimal('99999'), ask_usd: decimal('200000') }]),
  ],
  [28, 'VOLUME_TOO_LOW', 'SKIP', (d) => (d.enriched.volume_24h_usd = decimal('9999999'))],
  [29, 'SLIPPAGE_TOO_HIGH', 'BLOCK', (d) => (d.policy.liquidity.max_slippage_bps.T1 = 4)],
  [29, 'COST_TOO_HIGH', 'SKIP', (d) => strategyOf(d, { stop_bps: 100, target_bps: 243 })],
  [30, 'TOKEN_TOO_YOUNG', 'BLOCK', withToken((d) => (d.enriched.evidence.token_age_s = 3_599))],
  [31, 'TOKEN_HONEYPOT', 'BLOCK', withToken((d) => safety(d, { honeypot: 'HONEYPOT' }))],
  [31, 'TOKEN_RUG', 'BLOCK', withToken((d) => safety(d, { rug: 'RUG' }))],
  [31, 'TOKEN_BLACKLISTED', 'BLOCK', withToken((d) => d.enriched.trust_parts.rug_flags.push('blacklisted'))],
  [31, 'TOKEN_AUTHORITY_ACTIVE', 'BLOCK', withToken((d) => d.enriched.trust_parts.rug_flags.push('mint_authority_active'))],
  [31, 'TOKEN_SYBIL', 'BLOCK', withToken((d) => safety(d, { sybil: 'CRITICAL' }))],
  [
    31,
    'TOKEN_SOFT_FLAG',
    'BLOCK',
    withToken(
      (d) => Object.assign(d.policy.token, { soft_flags: 'block' }) && Object.assign(d.enriched.evidence, { rugcheck_score: 29 }),
    ),
  ],
  [32, 'HOLDERS_TOO_FEW', 'BLOCK', withToken((d) => (d.enriched.evidence.holder_count = 9))],
  [32, 'HOLDERS_CONCENTRATED', 'BLOCK', withToken((d) => (d.enriched.evidence.top10_holder_bps = 9_501))],
  [33, 'SELL_SIMULATION_FAILED', 'BLOCK', withToken((d) => (d.enriched.evidence.sell_quote_ok = false))],
  [
    34,
    'ONCHAIN_STALE',
    'BLOCK',
    withToken(
      (d) =>
        Object.assign(d.policy.data, { onchain_max_age_s: 10 }) &&
        Object.assign(d.enriched.signal, { event_time: NOW - 11 * SECOND }),
    ),
  ],
  [35, 'VENUE_UNHEALTHY', 'BLOCK', (d) => feed(d, { error_bps: 501 })],
  [35, 'VENUE_UNHEALTHY', 'BLOCK', (d) => feed(d, { connected: false })],
  [35, 'VENUE_UNHEALTHY', 'BLOCK', (d) => Object.assign(d.venue, { connected: false })],
  [36, 'BREAKER_OPEN', 'BLOCK', (d) => Object.assign(d.venue, { breaker: 'half_open' })],
  [37, 'RATE_LIMIT_COOLDOWN', 'BLOCK', (d) => Object.assign(d.venue, { limited_until: NOW + 1 })],
  [38, 'SYMBOL_FAILURE_COOLDOWN', 'BLOCK', (d) => Object.assign(d.venue, { symbol_failed_until: NOW + 1 })],
  [38, 'ORDER_REJECTION_BURST', 'BLOCK', (d) => Object.assign(d.venue, { rejections_until: NOW + 1 })],
  [39, 'ANALYSIS_BUDGET_SPENT', 'BLOCK', (d) => budget(d, '65', '65')],
  [39, 'ANALYSIS_BUDGET_SPENT', 'BLOCK', (d) => budget(d, '1', '300')],
  [40, 'REGIME_FORBIDS', 'BLOCK', (d) => (d.policy.regimes.chop_normal.size = null)],
  [40, 'REGIME_FORBIDS', 'BLOCK', (d) => (d.enriched.regime = exampleRegime('crash'))],
  [41, 'NO_STRATEGY', 'SKIP', (d) => (d.enriched.signal.strategy = 'no_such')],
  [41, 'NO_STRATEGY', 'SKIP', (d) => strategyOf(d, { enabled: false })],
  [41, 'STRATEGY_PAUSED', 'SKIP', (d) => pauseStrategy(d.pacing, 'price_move', NOW + 1)],
  [41, 'STRATEGY_RETIRED', 'SKIP', (d) => retireStrategy(d.pacing, 'price_move')],
  [41, 'STRATEGY_MISMATCH', 'SKIP', (d) => (d.enriched.regime = exampleRegime('bear_normal'))],
  [42, 'SETUP_UNCONFIRMED', 'SKIP', (d) => reversal(d, false)],
  [43, 'SOURCE_GRADE_LOW', 'SKIP', (d) => (d.enriched.source_prior = 'F')],
  [43, 'SOURCE_PROMOTIONAL_ONLY', 'SKIP', (d) => (d.enriched.signal.source = 'dexscreener:boost')],
  [44, 'TRUST_LOW', 'SKIP', (d) => (d.policy.trust.min = 86)],
  [44, 'TRUST_LOW', 'SKIP', (d) => strategyOf(d, { min_trust: 86 })],
  [45, 'CONFIDENCE_LOW', 'SKIP', (d) => (d.enriched.signal.confidence = 0.29)],
  [46, 'CONVICTION_LOW', 'SKIP', (d) => (d.policy.conviction.min = 0.7)],
  [47, 'EDGE_NEGATIVE', 'SKIP', (d) => learned(d, 21, 31, '0.56', '0.60')],
  [50, 'GLOBAL_SPACING_ACTIVE', 'SKIP', (d) => decided(d, NOW - 90 * SECOND + 1, 'ETH-USDT')],
  [51, 'SYMBOL_SPACING_ACTIVE', 'SKIP', (d) => decided(d, NOW - 900 * SECOND + 1, 'BTC-USDT')],
  [51, 'SYMBOL_SPACING_ACTIVE', 'SKIP', (d) => filled(d, 'o1', NOW - 1)],
  [52, 'HOURLY_TRADES_REACHED', 'SKIP', (d) => [1, 2, 3, 4, 5].map((i) => decided(d, NOW - HOUR + i * SECOND, 'ETH-USDT'))],
  [
    53,
    'DAILY_TRADES_REACHED',
    'SKIP',
    (d) => Array.from({ length: 40 }, (_, i) => decided(d, NOW - DAY + (i + 1) * SECOND, 'ETH-USDT')),
  ],
  [54, 'SYMBOL_COOLDOWN_ACTIVE', 'SKIP', (d) => closed(d, '1', NOW - 600 * SECOND + 1)],
  [55, 'LOSS_STREAK_PAUSE', 'BLOCK', (d) => [1, 2, 3].map((i) => closed(d, '-1', NOW - 3_600 * SECOND + i, 'ETH-USDT'))],
  [56, 'REJECTION_COOLDOWN_ACTIVE', 'SKIP', (d) => blocked(d, NOW - 1_800 * SECOND + 1)],
  [57, 'MESSAGE_RATE_EXCEEDED', 'BLOCK', (d) => d.pacing.throttle.set('sim', NOW + 8 * 312_500 - 312_500 + 1)],
  [58, 'REPEATED_EXECUTION_TRIPPED', 'BLOCK', (d) => ['a', 'b', 'c', 'd'].map((id) => filled(d, id, NOW - HOUR + 1))],
  [60, 'MAX_POSITIONS_REACHED', 'BLOCK', (d) => (d.policy.portfolio.max_positions = 0)],
  [61, 'POSITION_ALREADY_OPEN', 'SKIP', (d) => hold(d, 'BTC-USDT', '0.5')],
  [61, 'PYRAMID_TOO_SOON', 'SKIP', (d) => pyramid(d, NOW - 600 * SECOND + 1)],
  [61, 'PYRAMID_LIMIT_REACHED', 'SKIP', (d) => pyramid(d, NOW - 600 * SECOND, NOW - DAY + 1)],
  [62, 'ENTRY_ALREADY_PENDING', 'SKIP', (d) => Object.assign(d.orders, { entry_pending: true })],
  [63, 'OPPOSITE_POSITION_OPEN', 'SKIP', (d) => hold(d, 'BTC-USDT', '0.5', 'SELL')],
  [64, 'SELF_TRADE', 'BLOCK', (d) => Object.assign(d.orders, { resting: [{ side: 'SELL', price: decimal('100.25') }] })],
  [65, 'SYMBOL_CAP_REACHED', 'BLOCK', (d) => reserve(d, 'BTC-USDT', '236')],
  [
    66,
    'TIER_CAP_REACHED',
    'BLOCK',
    (d) => reserve(d, 'X', '2496', { tier: 'T1' }) ?? Object.assign(d.policy.caps, { total_bps: 5_000 }),
  ],
  [67, 'THEME_CAP_REACHED', 'BLOCK', (d) => reserve(d, 'X', '996', { theme: 'LAYER1' })],
  [68, 'STRATEGY_CAP_REACHED', 'BLOCK', (d) => reserve(d, 'X', '1496', { strategy: 'price_move' })],
  [
    69,
    'VENUE_CAP_REACHED',
    'BLOCK',
    (d) => reserve(d, 'X', '3996', { venue: 'sim' }) ?? Object.assign(d.policy.caps, { total_bps: 9_000 }),
  ],
  [69, 'VENUE_CAP_REACHED', 'BLOCK', withToken((d) => reserve(d, 'X', '1996', { chain: 'solana' }))],
  [70, 'TOTAL_CAP_REACHED', 'BLOCK', (d) => reserve(d, 'X', '2496')],
  [
    71,
    'LEVERAGE_CAP_REACHED',
    'BLOCK',
    (d) => reserve(d, 'X', '4996') ?? Object.assign(d.policy.caps, { total_bps: 10_000, leverage: 0.5 }),
  ],
  [72, 'CASH_INSUFFICIENT', 'BLOCK', (d) => Object.assign(d.ledger, { cash_reserved: decimal('9897') })],
  [73, 'RISK_PER_TRADE_REACHED', 'BLOCK', (d) => (d.policy.sizing.risk_per_trade_bps = 0)],
  [74, 'KELLY_CAP_REACHED', 'BLOCK', (d) => Object.assign(d.policy.kelly, { default_bps: 0 })],
  [75, 'DEPTH_CAP_REACHED', 'BLOCK', (d) => (d.policy.liquidity.depth_share = 0)],
  [76, 'ORDER_VALUE_CAP_REACHED', 'BLOCK', (d) => (d.policy.order.max_value = 5)],
  [77, 'LEASE_EXHAUSTED', 'BLOCK', (d) => (d.policy.lease.required = true)],
  [78, 'CAPITAL_CAP_REACHED', 'BLOCK', (d) => reserve(d, 'X', '96') ?? Object.assign(d.policy.caps, { capital_max: 100 })],
  [
    80,
    'SIZE_BELOW_MINIMUM',
    'SKIP',
    (d) => (d.enriched.info = { ...d.enriched.info, filters: { ...d.enriched.info.filters, step: decimal('10') } }),
  ],
  [82, 'ORDER_QUANTITY_EXCEEDED', 'BLOCK', (d) => Object.assign(d.policy.symbols['BTC-USDT'] ?? {}, { max_quantity: 1 })],
  [83, 'PRICE_OUTSIDE_COLLAR', 'BLOCK', (d) => (d.enriched.median_mid_5m = decimal('97'))],
  [84, 'VENUE_FILTER_FAILED', 'BLOCK', (d) => Object.assign(d.orders, { open_orders: 200 })],
  [86, 'ORDER_DUPLICATE', 'BLOCK', (d) => Object.assign(d.orders, { order_id_issued: true })],
];

function strategyOf(d: EntryDraft, change: Partial<Policy['strategies'][string]>) {
  Object.assign(d.policy.strategies.price_move ?? {}, change);
}
function perp(change: Change): Change {
  return (d) => {
    d.enriched.info = { ...d.enriched.info, kind: 'perp' };
    change(d);
  };
}
function safety(d: EntryDraft, change: object) {
  Object.assign(d.enriched.token_safety ?? {}, change);
}
function feed(d: EntryDraft, change: object) {
  Object.assign(d.enriched.info.feed, change);
}
function budget(d: EntryDraft, day: string, month: string) {
  d.policy.analysis.required = true;
  d.analysis_spend = { day_usd: decimal(day), month_usd: decimal(month) };
}
function reversal(d: EntryDraft, canary: boolean) {
  Object.assign(d.enriched.signal, { strategy: 'reversal', source: 'weir:reversal' });
  d.enriched.evidence = { q_vwap: true, q_higher_low: true, q_rsi_cross: false, q_bounce: false };
  d.policy.canary.enabled = canary;
}
function learned(d: EntryDraft, alpha: number, beta: number, win: string, loss: string, last_at = NOW) {
  const [n_win, n_loss] = [alpha - 1, beta - 1];
  const row = { strategy: 'price_move', regime: 'chop_normal' };
  d.learned.arms.set('price_move|chop_normal', {
    bandit: { ...row, wins: n_win, losses: n_loss, penalty: 0, n: n_win + n_loss, alpha, beta },
    payoff: { ...row, n_win, n_loss, sum_win_ret: decimal(win), sum_loss_ret: decimal(loss) },
    last_at,
  });
}
function decided(d: EntryDraft, at: number, instrument: string, same = false) {
  const duplicate_key = same ? 'BTC-USDT|long|weir:price_move|price_move|' : `${instrument}-${at}`;
  onEntryDecided(d.pacing, { instrument, venue: 'other', duplicate_key, add: false }, d.policy, at);
}
function filled(d: EntryDraft, order_id: string, at: number) {
  onFill(d.pacing, { instrument: 'BTC-USDT', strategy: 'price_move', side: 'LONG', order_id, entry: true }, d.policy, at);
  if (at < NOW - 1) Object.assign(d.pacing.symbols.get('BTC-USDT') ?? {}, { last_fill_at: -1 });
}
function closed(d: EntryDraft, net: string, at: number, instrument = 'BTC-USDT') {
  onTradeClosed(d.pacing, { instrument, strategy: 'x', net: decimal(net), stopped: false, catastrophic: false }, d.policy, at);
}
function blocked(d: EntryDraft, at: number) {
  d.policy.pacing.rejection_s = 1_800;
  onEntryBlocked(d.pacing, 'BTC-USDT', 'weir:price_move', d.policy, at);
}
function pyramid(d: EntryDraft, filledAt: number, addedAt?: number) {
  hold(d, 'BTC-USDT', '0.5');
  d.policy.pyramiding.enabled = true;
  d.policy.pacing.symbol_s = 0;
  d.policy.cooldown.win_s = 0;
  onFill(
    d.pacing,
    { instrument: 'BTC-USDT', strategy: 'price_move', side: 'LONG', order_id: 'p', entry: true },
    d.policy,
    filledAt,
  );
  const symbol = d.pacing.symbols.get('BTC-USDT');
  if (symbol !== undefined && addedAt !== undefined) symbol.adds.push(addedAt);
}

/** Gates behind a condition or a cap of the same number: they can only be the reason where that one is not. */
const BACKSTOPS = [81];

describe('the ladder', () => {
  test('the entry that every row begins from is approved, with every verdict a pass or not asked for', () => {
    const result = evaluate(() => {});
    expect(result.action).toBe('EXECUTE');
    expect(result.gates.filter((v) => v.verdict === 'FAIL' || v.verdict === 'UNKNOWN' || v.verdict === 'DEPENDENT')).toEqual([]);
    expect(result.order?.quantity).toBe(decimal('1.995'));
  });

  test.each(REFUSALS)('gate %i refuses with %s: %s', (gate, reason, action, change) => {
    const result = evaluate(change);
    expect([result.reason_gate, result.reason_code, result.action]).toEqual([gate, reason, action]);
    const verdict = gateOf(result, gate);
    expect(verdict.verdict).toBe('FAIL');
    expect(verdict.reason_code).toBe(reason);
    expect(reasonCode(reason)).toBe(reason);
    expect(result.flips.some((flip) => flip.gate === gate)).toBe(true);
  });

  test('every gate but the backstops has a row', () => {
    const rows = new Set(REFUSALS.map(([gate]) => gate));
    expect(LADDER.map((g) => g.number).filter((n) => !rows.has(n))).toEqual(BACKSTOPS);
  });

  test('a gate is one file named for its number, and the ladder is in their order', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((f) => /^\d\d-.*\.ts$/.test(f) && !f.endsWith('.test.ts'));
    expect(files.sort().map((f) => Number(f.slice(0, 2)))).toEqual(LADDER.map((g) => g.number));
    const names = LADDER.map((g) => g.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('every reason of a gate is in the closed list, with the class of the gate', () => {
    for (const [gate, reason, action] of REFUSALS) {
      const code = reasonCode(reason);
      expect(code, reason).not.toBeNull();
      if (code !== null && REASONS[code].gate === gate)
        expect([reason, action]).toEqual([reason, REASONS[code].class === 'B' ? 'BLOCK' : 'SKIP']);
    }
    for (const gate of LADDER) expect(reasonCode(`${gate.name}_UNKNOWN`), gate.name).not.toBeNull();
  });

  test('the verdicts that all entries share cannot be changed', () => {
    for (const gate of LADDER) expect(Object.values(gate.same).every(Object.isFrozen), gate.name).toBe(true);
  });
});

type UnknownRow = readonly [gate: number, reason: string, change: Change];

const UNKNOWNS: readonly UnknownRow[] = [
  [3, 'NAV_UNKNOWN', (d) => hold(d, 'ETH-USDT', '1') ?? Object.assign(d, { now: NOW + 61 * SECOND })],
  [7, 'RECONCILIATION_UNKNOWN', (d) => Object.assign(d.reconciliation, { last_clean_at: null })],
  [8, 'CLOCK_SKEW_UNKNOWN', (d) => Object.assign(d, { clock_skew_ms: null })],
  [10, 'LISTED_UNKNOWN', (d) => Object.assign(d.enriched, { info: null })],
  [10, 'LISTED_UNKNOWN', (d) => (d.enriched.info = { ...d.enriched.info, facts_at: NOW - 86_401 * SECOND })],
  [10, 'LISTED_UNKNOWN', (d) => (d.enriched.info = { ...d.enriched.info, derived_at: NOW - 901 * SECOND })],
  [
    10,
    'LISTED_UNKNOWN',
    (d) => Object.assign(d.policy.universe.listed_at, { 'BTC-USDT': '' }) && Object.assign(d.enriched.info, { listed_at: null }),
  ],
  [
    19,
    'LIQUIDATION_UNKNOWN',
    perp(
      (d) =>
        Object.assign(d.enriched.signal, { liquidation_price: decimal('50'), entry_price: null }) &&
        Object.assign(d.enriched, { mid: null }),
    ),
  ],
  [20, 'QUOTE_FRESH_UNKNOWN', (d) => Object.assign(d.enriched, { quote: null })],
  [20, 'QUOTE_FRESH_UNKNOWN', (d) => Object.assign(d.enriched.quote, { event_time: NOW + 2 * SECOND })],
  [20, 'QUOTE_FRESH_UNKNOWN', (d) => d.enriched.quote.flags.push('DERIVED')],
  [22, 'BARS_FRESH_UNKNOWN', (d) => matchedBy(d, '15m.rsi_14')],
  [24, 'VOLATILITY_HALT_UNKNOWN', (d) => (d.enriched.change_30m_bps = null)],
  [24, 'VOLATILITY_HALT_UNKNOWN', (d) => (d.enriched.features = {})],
  [25, 'PUMP_DUMP_UNKNOWN', (d) => (d.enriched.change_1h_bps = null)],
  [27, 'DEPTH_UNKNOWN', (d) => (d.enriched.depth = [])],
  [27, 'DEPTH_UNKNOWN', (d) => (d.enriched.depth_time = NOW - 10 * SECOND - 1)],
  [28, 'VOLUME_UNKNOWN', (d) => (d.enriched.volume_24h_usd = null)],
  [30, 'TOKEN_AGE_UNKNOWN', withToken((d) => Reflect.deleteProperty(d.enriched.evidence, 'token_age_s'))],
  [31, 'TOKEN_SAFE_UNKNOWN', withToken((d) => (d.enriched.token_safety = null))],
  [32, 'HOLDERS_UNKNOWN', withToken((d) => Reflect.deleteProperty(d.enriched.evidence, 'holder_count'))],
  [33, 'SELL_SIMULATION_UNKNOWN', withToken((d) => (d.enriched.signal.event_time = NOW - 301 * SECOND))],
  [35, 'VENUE_HEALTH_UNKNOWN', (d) => feed(d, { error_bps: null })],
  [35, 'VENUE_HEALTH_UNKNOWN', (d) => feed(d, { measured_at: NOW - 601 * SECOND })],
  [36, 'BREAKER_UNKNOWN', (d) => Object.assign(d.venue, { breaker: null })],
  [42, 'SETUP_UNKNOWN', (d) => reversal(d, true) ?? Object.assign(d.enriched, { evidence: {} })],
  [
    45,
    'CONFIDENCE_UNKNOWN',
    (d) =>
      Object.assign(d.enriched.signal, { confidence: null }) && Object.assign(d.policy.external, { default_confidence: null }),
  ],
  [
    46,
    'CONVICTION_UNKNOWN',
    (d) => Object.assign(d.enriched.signal, { strength: null }) && Object.assign(d.policy.external, { default_strength: null }),
  ],
  [83, 'PRICE_COLLAR_UNKNOWN', (d) => (d.enriched.median_mid_5m = null)],
];

function matchedBy(d: EntryDraft, feature: string) {
  Object.assign(d.enriched.signal, { source: 'binance:ta_signal' });
  strategyOf(d, { conditions: [{ feature, op: '>', value: 0 }] });
}

describe('unknown inputs', () => {
  test.each(UNKNOWNS)('gate %i: %s blocks', (gate, reason, change) => {
    const result = evaluate((d) => {
      d.policy.gates.waive_unknown = [];
      change(d);
    });
    expect([result.reason_gate, result.reason_code, result.action]).toEqual([gate, reason, 'BLOCK']);
    expect(gateOf(result, gate).verdict).toBe('UNKNOWN');
  });

  test('paper waives the unknown of a listed gate and says by what; live does not', () => {
    const change: Change = (d) => (d.enriched.change_1h_bps = null);
    const waived = gateOf(evaluate(change), 25);
    expect([waived.verdict, waived.waived_by, waived.reason_code]).toEqual([
      'WAIVED',
      'gates.waive_unknown',
      'PUMP_DUMP_UNKNOWN',
    ]);
    expect(gateOf(evaluate(change, live), 25).verdict).toBe('UNKNOWN');
  });

  test('a modelled quote is taken in a backtest, up to two bars old', () => {
    const at = (age: number, mode: EntryDraft['mode']) =>
      gateOf(
        evaluate((d) => {
          d.mode = mode;
          d.base_interval_us = 60 * SECOND;
          d.enriched.quote.flags.push('DERIVED');
          d.enriched.quote.event_time = NOW - age;
        }),
        20,
      ).verdict;
    expect([at(120 * SECOND, 'backtest'), at(120 * SECOND + 1, 'backtest'), at(0, 'paper')]).toEqual(['PASS', 'FAIL', 'UNKNOWN']);
  });
});

describe('one reason, all verdicts', () => {
  test('three failing gates: the lowest is the reason, three rows are recorded', () => {
    const result = evaluate((d) => {
      Object.assign(d.enriched.quote, { event_time: NOW - 31 * SECOND });
      d.policy.conviction.min = 0.7;
      reserve(d, 'BTC-USDT', '236');
    });
    expect(result.reason_code).toBe('QUOTE_STALE');
    expect(result.gates.filter((v) => v.verdict === 'FAIL').map((v) => v.gate)).toEqual([20, 46, 65]);
    expect(result.flips.map((f) => [f.gate, f.certain])).toEqual([
      [20, false],
      [46, false],
      [65, false],
    ]);
  });

  test('what depends on an unknown says on which; the collar of a missing mid is no reason of its own', () => {
    const result = evaluate((d) => Object.assign(d.enriched, { quote: null, mid: null }));
    expect(result.reason_code).toBe('QUOTE_FRESH_UNKNOWN');
    expect([gateOf(result, 83).verdict, gateOf(result, 83).depends_on]).toEqual(['DEPENDENT', 20]);
    expect(result.gates.filter((v) => v.verdict === 'FAIL' || v.verdict === 'UNKNOWN').map((v) => v.gate)).toEqual([20]);
    expect(result.order).toBeNull();
  });

  test('without a policy nothing is judged', () => {
    const draft = exampleEntry(paper);
    const result = evaluateEntry({ ...draft, policy: null });
    expect([result.action, result.reason_code, result.reason_gate]).toEqual(['BLOCK', 'POLICY_MISSING', 2]);
    expect(result.gates).toHaveLength(LADDER.length);
  });

  test('an override waives its gate by its id, but not one that may not be overridden', () => {
    const of = (gate: number, change: Change) =>
      evaluate((d) => {
        change(d);
        d.overrides = new Map([[gate, 'override-1']]);
      });
    const waived = of(26, (d) => Object.assign(d.enriched.quote, { bid: decimal('99.89'), ask: decimal('100.11') }));
    expect([waived.action, gateOf(waived, 26).verdict, gateOf(waived, 26).waived_by]).toEqual([
      'EXECUTE',
      'WAIVED',
      'override-1',
    ]);
    expect(of(12, (d) => (d.enriched.info = { ...d.enriched.info, base: 'USDC' })).reason_gate).toBe(12);
    expect([0, 12, 13, 63, 64, 65, 79, 80, 86].map(isOverridable)).toEqual([
      false,
      false,
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test('a pump that is refused closes the symbol for a day; two signs only warn', () => {
    expect(evaluate((d) => d.enriched.pump_flags.push('a', 'b', 'c')).ban_until).toBe(NOW + DAY);
    const two = evaluate((d) => d.enriched.pump_flags.push('a', 'b'));
    expect([two.action, two.ban_until, two.warnings]).toEqual(['EXECUTE', null, ['PUMP_DUMP_WARN']]);
  });

  test('the inputs are not changed, and the same inputs give the same evaluation', () => {
    const draft = exampleEntry(paper);
    const before = structuredClone(draft);
    const first = evaluateEntry(draft);
    expect(draft).toEqual(before);
    expect(evaluateEntry(structuredClone(draft))).toEqual(first);
  });
});
