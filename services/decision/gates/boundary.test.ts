// Gates at their boundary and one unit beyond: equality passes for ages, spreads, caps and spacings, and trips stops and counts.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal, formatDecimal } from '../../../schemas/money.ts';
import { DAY, HOUR, SECOND } from '../../../schemas/time.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import { equityOf } from '../ledger/equity.ts';
import { reserveEntry } from '../ledger/reservations.ts';
import { onEntryDecided } from '../pacing/pacing.ts';
import { evaluateEntry } from './entry.ts';
import { type EntryDraft, exampleEntry, NOW } from './example.ts';
import { LADDER } from './ladder.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);
const live = shippedPolicy('live', read);

type Change = (d: EntryDraft) => void;

function verdictOf(gate: number, change: Change, policy = paper) {
  const draft = exampleEntry(structuredClone(policy));
  change(draft);
  draft.equity = equityOf(draft.ledger, draft.now, 60 * SECOND);
  const verdict = evaluateEntry(draft).gates.find((v) => v.gate === gate);
  if (verdict === undefined) throw new Error(`no gate ${gate}`);
  return verdict;
}

const info = (d: EntryDraft, change: Partial<EntryDraft['enriched']['info']>) => Object.assign(d.enriched.info, change);
const token: Change = (d) => {
  info(d, { kind: 'token', address: 'a' });
  d.enriched.evidence = {
    token_age_s: 3_600,
    holder_count: 10,
    top10_holder_bps: 9_500,
    sell_quote_ok: true,
    liquidity_usd: 100_000,
  };
  d.enriched.token_safety = { honeypot: 'SAFE', rug: 'SAFE', rug_score: 0, sybil: 'LOW', holder_risk: 0, rugcheck_safe: true };
};
function withToken(d: EntryDraft, change: () => void) {
  token(d);
  change();
}
function reserve(d: EntryDraft, notional: string, more: object = {}) {
  reserveEntry(
    d.ledger,
    {
      instrument: `X${d.ledger.reservations.size}`,
      venue: 'else',
      chain: '',
      tier: 'T3',
      theme: 'MEME',
      strategy: 'other',
      ...more,
    },
    { order_id: `o${d.ledger.reservations.size}`, quantity: decimal('1'), notional: decimal(notional), cash: 0n },
  );
}
function decided(d: EntryDraft, at: number) {
  onEntryDecided(d.pacing, { instrument: 'BTC-USDT', venue: 'x', duplicate_key: `${at}`, add: false }, d.policy, at);
}

type Rows = readonly (readonly [gate: number, name: string, passes: Change, fails: Change, policy?: typeof paper])[];

const ROWS: Rows = [
  [
    4,
    'day −199.99 / −200 bps in live',
    (d) => Object.assign(d.ledger, { nav: decimal('9800.01') }),
    (d) => Object.assign(d.ledger, { nav: decimal('9800') }),
    live,
  ],
  [
    4,
    'day −200 / −300 bps realised, though the total is up',
    (d) => Object.assign(d.ledger.day, { realised: decimal('-299.99') }),
    (d) => Object.assign(d.ledger.day, { realised: decimal('-300') }),
  ],
  [
    5,
    'week',
    (d) => Object.assign(d.ledger.week, { realised: decimal('-699.99') }),
    (d) => Object.assign(d.ledger.week, { realised: decimal('-700') }),
  ],
  [
    6,
    'drawdown 1499.99 / 1500 bps',
    (d) => Object.assign(d.ledger, { nav: decimal('8500.01'), day: base(), week: base() }),
    (d) => Object.assign(d.ledger, { nav: decimal('8500'), day: base(), week: base() }),
  ],
  [
    7,
    'clean report 3600 s old',
    (d) => Object.assign(d.reconciliation, { last_clean_at: NOW - 3_600 * SECOND }),
    (d) => Object.assign(d.reconciliation, { last_clean_at: NOW - 3_600 * SECOND - 1 }),
  ],
  [8, 'skew 2000 / 2001 ms', (d) => (d.clock_skew_ms = 2_000), (d) => (d.clock_skew_ms = 2_001)],
  [10, 'listed 7 days', (d) => info(d, { listed_at: NOW - 7 * DAY }), (d) => info(d, { listed_at: NOW - 7 * DAY + 1 })],
  [
    11,
    'a ban that ends now',
    (d) => (d.restriction = { code: 'x', until: NOW }),
    (d) => (d.restriction = { code: 'x', until: NOW + 1 }),
  ],
  [
    15,
    'signal 1800 s old',
    (d) => (d.enriched.signal.event_time = NOW - 1_800 * SECOND),
    (d) => (d.enriched.signal.event_time = NOW - 1_800 * SECOND - 1),
  ],
  [
    15,
    'signal 5 s ahead',
    (d) => (d.enriched.signal.event_time = NOW + 5 * SECOND),
    (d) => (d.enriched.signal.event_time = NOW + 5 * SECOND + 1),
  ],
  [
    16,
    'the same content 600 s ago',
    (d) => d.pacing.executed.set('BTC-USDT|long|weir:price_move|price_move|', NOW - 600 * SECOND),
    (d) => d.pacing.executed.set('BTC-USDT|long|weir:price_move|price_move|', NOW - 600 * SECOND + 1),
  ],
  [
    17,
    'stop 2500 / 2501',
    (d) => strategy(d, { stop_bps: 2_500, target_bps: 9_000 }),
    (d) => strategy(d, { stop_bps: 2_501, target_bps: 9_000 }),
  ],
  [18, 'reward 1.5', (d) => strategy(d, { target_bps: 900 }), (d) => strategy(d, { target_bps: 899 })],
  [
    20,
    'quote 5.000000 / 5.000001 s old in live',
    (d) => Object.assign(d.enriched.quote, { event_time: NOW - 5 * SECOND }),
    (d) => Object.assign(d.enriched.quote, { event_time: NOW - 5 * SECOND - 1 }),
    live,
  ],
  [21, 'drift 200 bps', (d) => (d.enriched.mid = decimal('102')), (d) => (d.enriched.mid = decimal('102.000000000001'))],
  [
    22,
    'bar two hours old',
    (d) => Object.assign(d.enriched.bars, { '1h': { close_time: NOW - 2 * HOUR, offset: 1, age_us: 0 } }),
    (d) => Object.assign(d.enriched.bars, { '1h': { close_time: NOW - 2 * HOUR - 1, offset: 1, age_us: 0 } }),
  ],
  [23, 'feeds 500 bps apart', (d) => (d.enriched.feed_gap_bps = 500), (d) => (d.enriched.feed_gap_bps = 500.001)],
  [24, 'move 2500 bps', (d) => (d.enriched.change_30m_bps = -2_500), (d) => (d.enriched.change_30m_bps = -2_500.001)],
  [
    24,
    'volatility 150 %',
    (d) => (d.enriched.features['1h.volatility'] = 150),
    (d) => (d.enriched.features['1h.volatility'] = 150.001),
  ],
  [
    25,
    'two / three signs of a pump',
    (d) => d.enriched.pump_flags.push('a', 'b'),
    (d) => d.enriched.pump_flags.push('a', 'b', 'c'),
  ],
  [
    26,
    'spread 20 bps',
    (d) => Object.assign(d.enriched.quote, { bid: decimal('99.9'), ask: decimal('100.1') }),
    (d) => Object.assign(d.enriched.quote, { bid: decimal('99.9'), ask: decimal('100.100000000001') }),
  ],
  [27, 'depth 100000', (d) => depth(d, '100000'), (d) => depth(d, '99999.999999999999')],
  [
    28,
    'volume 10 M',
    (d) => (d.enriched.volume_24h_usd = decimal('10000000')),
    (d) => (d.enriched.volume_24h_usd = decimal('9999999.999999999999')),
  ],
  [
    29,
    'target 244 / 243 bps at a cost of 122',
    (d) => strategy(d, { stop_bps: 100, target_bps: 244 }),
    (d) => strategy(d, { stop_bps: 100, target_bps: 243 }),
  ],
  [30, 'token an hour old', token, (d) => withToken(d, () => (d.enriched.evidence.token_age_s = 3_599))],
  [32, 'ten holders', token, (d) => withToken(d, () => (d.enriched.evidence.holder_count = 9))],
  [32, 'top ten hold 9500 bps', token, (d) => withToken(d, () => (d.enriched.evidence.top10_holder_bps = 9_501))],
  [
    33,
    'sale simulated 300 s ago',
    (d) => withToken(d, () => (d.enriched.signal.event_time = NOW - 300 * SECOND)),
    (d) => withToken(d, () => (d.enriched.evidence.sell_quote_ok = false)),
  ],
  [
    34,
    'evidence 1800 s old',
    (d) => withToken(d, () => (d.enriched.signal.event_time = NOW - 1_800 * SECOND)),
    (d) => withToken(d, () => (d.enriched.signal.event_time = NOW - 1_800 * SECOND - 1)),
  ],
  [
    35,
    'errors 500 bps',
    (d) => Object.assign(d.enriched.info.feed, { error_bps: 500 }),
    (d) => Object.assign(d.enriched.info.feed, { error_bps: 500.001 }),
  ],
  [
    37,
    'rate limit',
    (d) => Object.assign(d.venue, { limited_until: NOW }),
    (d) => Object.assign(d.venue, { limited_until: NOW + 1 }),
  ],
  [
    38,
    'order failures',
    (d) => Object.assign(d.venue, { symbol_failed_until: NOW }),
    (d) => Object.assign(d.venue, { symbol_failed_until: NOW + 1 }),
  ],
  [39, 'budget 64.99 / 65', (d) => budget(d, '64.999999999999'), (d) => budget(d, '65')],
  [44, 'trust 85', (d) => (d.policy.trust.min = 85), (d) => (d.policy.trust.min = 86)],
  [45, 'confidence .30', (d) => (d.enriched.signal.confidence = 0.3), (d) => (d.enriched.signal.confidence = 0.299999)],
  [
    46,
    'conviction .675',
    (d) => (d.policy.conviction.min = 0.675),
    (d) => Object.assign(d.policy.conviction, { min: 0.675001 }) && Object.assign(d.policy.canary, { enabled: false }),
  ],
  [50, 'global spacing 90 s', (d) => decided(d, NOW - 90 * SECOND), (d) => decided(d, NOW - 90 * SECOND + 1)],
  [51, 'symbol spacing 900 s', (d) => decided(d, NOW - 900 * SECOND), (d) => decided(d, NOW - 900 * SECOND + 1)],
  [
    52,
    'fifth entry of the hour',
    (d) => [1, 2, 3, 4].map((i) => decided(d, NOW - i * SECOND)),
    (d) => [1, 2, 3, 4, 5].map((i) => decided(d, NOW - i * SECOND)),
  ],
  [
    52,
    'an entry exactly an hour ago has left',
    (d) => [HOUR, 1, 2, 3, 4].map((i) => decided(d, NOW - i)),
    (d) => [HOUR - 1, 1, 2, 3, 4].map((i) => decided(d, NOW - i)),
  ],
  [60, 'third / fourth position of three', (d) => slots(d, 2), (d) => slots(d, 3), live],
  [64, 'own order beyond / at the worst price', (d) => resting(d, '100.26'), (d) => resting(d, '100.25')],
  [
    65,
    'headroom = need',
    (d) => reserve(d, '234.595230960229', { instrument: 'BTC-USDT' }),
    (d) => reserve(d, '234.59523096023', { instrument: 'BTC-USDT' }),
  ],
  [70, 'total headroom = need', (d) => reserve(d, '2494.595230960229'), (d) => reserve(d, '2494.59523096023')],
  [
    82,
    'own largest quantity',
    (d) => Object.assign(d.policy.symbols['BTC-USDT'] ?? {}, { max_quantity: '1.995' }),
    (d) => Object.assign(d.policy.symbols['BTC-USDT'] ?? {}, { max_quantity: '1.9949' }),
  ],
  [
    83,
    'worst price 300 bps from the median',
    (d) => (d.enriched.median_mid_5m = decimal('97.33009708738')),
    (d) => (d.enriched.median_mid_5m = decimal('97.330097')),
  ],
  [
    84,
    'own open orders 199 / 200',
    (d) => Object.assign(d.orders, { open_orders: 199 }),
    (d) => Object.assign(d.orders, { open_orders: 200 }),
  ],
  [86, 'the same order 5 s ago', (d) => twin(d, NOW - 5 * SECOND), (d) => twin(d, NOW - 5 * SECOND + 1)],
];

function base() {
  return { period: -1, unit: decimal('0.85'), realised: 0n, forgiven: 0n };
}
function strategy(d: EntryDraft, change: object) {
  Object.assign(d.policy.strategies.price_move ?? {}, change);
}
function depth(d: EntryDraft, usd: string) {
  d.enriched.depth = [{ band_bps: 20, bid_usd: decimal(usd), ask_usd: decimal('200000') }];
}
function budget(d: EntryDraft, day: string) {
  d.policy.analysis.required = true;
  d.analysis_spend = { day_usd: decimal(day), month_usd: decimal(day) };
}
function slots(d: EntryDraft, n: number) {
  for (let i = 0; i < n; i += 1) reserve(d, '1');
}
function resting(d: EntryDraft, price: string) {
  Object.assign(d.orders, {
    resting: [
      { side: 'SELL', price: decimal(price) },
      { side: 'BUY', price: decimal('1') },
    ],
  });
}
function twin(d: EntryDraft, at: number) {
  Object.assign(d.orders, { recent: [{ side: 'BUY', quantity: decimal('1.995'), price: decimal('100.25'), at }] });
}

describe('boundaries', () => {
  test.each(ROWS.map(([gate, name, passes, fails, policy]) => ({ gate, name, passes, fails, policy })))(
    'gate $gate: $name',
    ({ gate, passes, fails, policy }) => {
      expect(verdictOf(gate, passes, policy).verdict).toBe('PASS');
      expect(verdictOf(gate, fails, policy).verdict).toBe('FAIL');
    },
  );
});

describe('what is recorded', () => {
  test.each<[gate: number, change: Change, observed: string, limit: string, margin: number]>([
    [4, (d) => Object.assign(d.ledger, { nav: decimal('9900') }), '-100', '-300', 2 / 3],
    [20, (d) => Object.assign(d.enriched.quote, { event_time: NOW - 15_000_001 }), '15.000001', '30', 0.4999999666],
    [26, () => {}, '10', '20', 0.5],
    [29, () => {}, '122', '600', 478 / 600],
    [45, () => {}, '0.85', '0.3', 0.55 / 0.3],
    [52, (d) => decided(d, NOW - SECOND), '1', '5', 0.8],
    [65, () => {}, '240', '5.404769039771', 240 / 5.404769039771 - 1],
    [83, () => {}, '25', '100', 0.75],
  ])('gate %i is exact', (gate, change, observed, limit, margin) => {
    const verdict = verdictOf(gate, change);
    expect([formatDecimal(verdict.observed ?? 0n), formatDecimal(verdict.limit ?? 0n)]).toEqual([observed, limit]);
    expect(verdict.margin).toBeCloseTo(margin, 9);
  });

  test('every verdict has the same keys in the same order', () => {
    const shapes = new Set(evaluateEntry(exampleEntry(paper)).gates.map((v) => Object.keys(v).join()));
    expect(shapes.size).toBe(1);
    const failing = verdictOf(20, (d) => Object.assign(d.enriched, { quote: null, mid: null }));
    expect(shapes.has(Object.keys(failing).join())).toBe(true);
  });

  test('one free slot and three signals: exactly one enters', () => {
    const draft = exampleEntry(structuredClone(live));
    Object.assign(draft.enriched.signal, { strength: 1, confidence: 1 });
    slots(draft, 2);
    const reasons: string[] = [];
    for (const instrument of ['BTC-USDT', 'ETH-USDT', 'SOL-USDT']) {
      draft.enriched.signal.instrument = instrument;
      const result = evaluateEntry(draft);
      reasons.push(result.gates.find((v) => v.gate === 60)?.reason_code ?? result.action);
      if (result.gates.find((v) => v.gate === 60)?.verdict === 'PASS') reserve(draft, '1', { instrument });
    }
    expect(reasons.filter((r) => r === 'MAX_POSITIONS_REACHED')).toHaveLength(2);
  });
});

test('gates of caps are numbered as the caps are listed', () => {
  expect(LADDER.filter((g) => g.number >= 65 && g.number <= 78)).toHaveLength(14);
});
