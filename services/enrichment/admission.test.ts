// Tests of admission through the stage: every code, and both sides of every boundary.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import type { Mode, Quote, Signal } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { defaultEnrichmentConfig, type LimitOverride } from './config.ts';
import { type Bench, bench, benchConfig, NOW, onlyOf, type Placing, seconds } from './example.ts';

interface Given {
  readonly mode?: Mode;
  readonly profile?: string;
  readonly quote?: Partial<Quote> | null;
  readonly derivatives_age_us?: Micros | null;
  readonly overrides?: { readonly [instrument: string]: LimitOverride };
  readonly unknown_source?: 'accept' | 'refuse';
}

function given({ mode = 'paper', profile = 'trend_follow_v1', quote = {}, derivatives_age_us = null, overrides }: Given): Bench {
  const { limits, routes } = defaultEnrichmentConfig({
    run_id: 'run-1',
    portfolios: [{ portfolio: 'pf', mode, ordinal: 0 }],
    catalog: { instruments: [] },
  });
  const made = bench(
    benchConfig({
      portfolios: [{ portfolio: 'pf', mode, ordinal: 0 }],
      routes: routes.map((route) => ({ ...route, profile })),
      limits: { ...limits, [mode]: { ...limits[mode], overrides: overrides ?? {} } },
    }),
  );
  made.info();
  if (quote !== null) made.quote({ bid: decimal('100'), ask: decimal('100'), ...quote });
  if (derivatives_age_us !== null) made.derivatives({ event_time: NOW - derivatives_age_us });
  return made;
}

/** mid exactly at the price. */
const at = (price: string): Partial<Quote> => ({ bid: decimal(price), ask: decimal(price) });
const age = (seconds_old: number): Partial<Quote> => ({ event_time: NOW - seconds(seconds_old) });
const old = (seconds_old: number): Partial<Signal> => ({ event_time: NOW - seconds(seconds_old) });
const close: Partial<Signal> = { direction: 'close_long' };
const evidence = (values: { readonly [key: string]: string }): Partial<Signal> => ({ evidence: values });

const rows: readonly (readonly [string, Given, Partial<Signal>, readonly string[], Placing?])[] = [
  ['a fresh signal', {}, {}, []],
  // 1
  ['5 s ahead', {}, old(-5), []],
  ['5 s and 1 µs ahead', {}, old(-5.000001), ['SIGNAL_FROM_FUTURE']],
  ['a close ahead', {}, { ...close, ...old(-5.000001) }, ['SIGNAL_FROM_FUTURE']],
  // 2
  ['300 s old', {}, old(300), []],
  ['300 s and 1 µs old', {}, old(300.000001), ['SIGNAL_TOO_OLD']],
  ['a source with 1 800 s', {}, { ...old(1800), source: 'telegram' }, []],
  ['beyond its 1 800 s', {}, { ...old(1800.000001), source: 'telegram' }, ['SIGNAL_TOO_OLD']],
  ['a new listing of two hours', {}, { ...old(7200), source: 'new_listing' }, []],
  ['a close of an hour', {}, { ...close, ...old(3600) }, []],
  ['a close of more than an hour', {}, { ...close, ...old(3600.000001) }, ['SIGNAL_TOO_OLD']],
  ['valid until now', {}, { ...old(10), valid_until: NOW }, []],
  ['valid until before now', {}, { ...old(10), valid_until: NOW - 1 }, ['SIGNAL_TOO_OLD']],
  ['valid long, but old', {}, { ...old(301), valid_until: NOW + seconds(1000) }, ['SIGNAL_TOO_OLD']],
  ['290 s old when appended, 310 s now', {}, old(310), ['SIGNAL_DELAYED'], { appended_at: NOW - seconds(20) }],
  ['310 s old when appended', {}, old(310), ['SIGNAL_TOO_OLD'], { appended_at: NOW }],
  [
    'valid when appended',
    {},
    { ...old(10), valid_until: NOW - seconds(1) },
    ['SIGNAL_DELAYED'],
    { appended_at: NOW - seconds(2) },
  ],
  ['a delayed close', {}, { ...close, ...old(3610) }, ['SIGNAL_DELAYED'], { appended_at: NOW - seconds(20) }],
  ['an override that loosens, paper', { overrides: { 'BTC-USDT': { max_age_us: seconds(900) } } }, old(900), []],
  [
    'an override that loosens, live',
    { mode: 'live', overrides: { 'BTC-USDT': { max_age_us: seconds(900) } } },
    old(301),
    ['SIGNAL_TOO_OLD'],
  ],
  [
    'an override that tightens, live',
    { mode: 'live', overrides: { 'BTC-USDT': { max_age_us: seconds(60) } } },
    old(61),
    ['SIGNAL_TOO_OLD'],
  ],
  ['an override of another instrument', { overrides: { 'ETH-USDT': { max_age_us: 0 } } }, old(10), []],
  // 3
  ['an unknown source, paper', {}, { source: 'nobody' }, []],
  ['an unknown source, live', { mode: 'live' }, { source: 'nobody' }, ['SOURCE_UNKNOWN']],
  ['an enricher alone, live', { mode: 'live' }, { source: 'rugcheck' }, ['SOURCE_UNKNOWN']],
  ['an unknown source closes, live', { mode: 'live' }, { ...close, source: 'nobody' }, []],
  ['our own name', {}, { source: 'weir:x' }, ['SOURCE_RESERVED']],
  ['our own name on a close', {}, { ...close, source: 'weir:x' }, ['SOURCE_RESERVED']],
  // 4
  ['an instrument not configured', {}, { instrument: 'NEW-USDT' }, ['INSTRUMENT_UNKNOWN', 'QUOTE_MISSING']],
  ['a close of one not configured', {}, { ...close, instrument: 'NEW-USDT' }, []],
  // 5
  ['no quote', { quote: null }, {}, ['QUOTE_MISSING']],
  ['no quote for a close', { quote: null }, close, []],
  ['a quote of 30 s, paper', { quote: age(30) }, {}, []],
  ['a quote of 30 s and 1 µs, paper', { quote: age(30.000001) }, {}, ['QUOTE_STALE']],
  ['a quote of 5 s, live', { mode: 'live', quote: age(5) }, {}, []],
  ['a quote of 5 s and 1 µs, live', { mode: 'live', quote: age(5.000001) }, {}, ['QUOTE_STALE']],
  ['a stale quote for a close', { quote: age(31) }, close, []],
  ['a derived quote of two minutes', { mode: 'backtest', quote: { ...age(120), flags: ['DERIVED'] } }, {}, []],
  ['a derived quote of more', { mode: 'backtest', quote: { ...age(120.000001), flags: ['DERIVED'] } }, {}, ['QUOTE_STALE']],
  ['a real quote in a backtest', { mode: 'backtest', quote: age(31) }, {}, ['QUOTE_STALE']],
  ['a derived quote in paper', { quote: { ...age(31), flags: ['DERIVED'] } }, {}, ['QUOTE_STALE']],
  // 6
  ['entry 100, mid 102', { quote: at('102') }, { entry_price: decimal('100') }, []],
  ['entry 100, mid 98', { quote: at('98') }, { entry_price: decimal('100') }, []],
  ['entry 100, mid 102.000000000001', { quote: at('102.000000000001') }, { entry_price: decimal('100') }, ['PRICE_DRIFTED']],
  ['entry 100, mid 97.999999999999', { quote: at('97.999999999999') }, { entry_price: decimal('100') }, ['PRICE_DRIFTED']],
  ['no entry price', { quote: at('150') }, {}, []],
  ['a close with entry 100, mid 150', { quote: at('150') }, { ...close, entry_price: decimal('100') }, []],
  [
    'a tighter drift',
    { mode: 'live', quote: at('101.1'), overrides: { 'BTC-USDT': { max_drift_bps: 100 } } },
    { entry_price: decimal('100') },
    ['PRICE_DRIFTED'],
  ],
  [
    'a looser drift, live',
    { mode: 'live', quote: at('103'), overrides: { 'BTC-USDT': { max_drift_bps: 500 } } },
    { entry_price: decimal('100') },
    ['PRICE_DRIFTED'],
  ],
  // 7
  ['a long with its stop at mid', {}, { stop_price: decimal('100') }, []],
  ['a long with its stop above mid', {}, { stop_price: decimal('100.000000000001') }, ['SIGNAL_STOP_CROSSED']],
  ['a long with its target below mid', {}, { take_profit_price: decimal('99.9') }, ['SIGNAL_STOP_CROSSED']],
  ['a long with liquidation above mid', {}, { liquidation_price: decimal('100.1') }, ['SIGNAL_STOP_CROSSED']],
  ['a long in order', {}, { stop_price: decimal('95'), take_profit_price: decimal('110'), liquidation_price: decimal('50') }, []],
  ['a short with its stop below mid', {}, { direction: 'short', stop_price: decimal('99.9') }, ['SIGNAL_STOP_CROSSED']],
  ['a short with its target above mid', {}, { direction: 'short', take_profit_price: decimal('100.1') }, ['SIGNAL_STOP_CROSSED']],
  ['a short with liquidation below mid', {}, { direction: 'short', liquidation_price: decimal('99') }, ['SIGNAL_STOP_CROSSED']],
  ['a short in order', {}, { direction: 'short', stop_price: decimal('105'), take_profit_price: decimal('90') }, []],
  // 8
  ['volume 100 × cap', {}, evidence({ volume_24h_usd: '100', market_cap_usd: '1' }), []],
  ['volume above 100 × cap', {}, evidence({ volume_24h_usd: '100.000000000001', market_cap_usd: '1' }), ['EVIDENCE_IMPLAUSIBLE']],
  ['a negative amount', {}, evidence({ liquidity_usd: '-1' }), ['EVIDENCE_IMPLAUSIBLE']],
  ['whales that sell', {}, evidence({ whale_net_usd: '-1' }), []],
  ['top 10 below the top holder', {}, evidence({ top10_holder_bps: '10', top_holder_bps: '11' }), ['EVIDENCE_IMPLAUSIBLE']],
  ['top 10 equal to the top holder', {}, evidence({ top10_holder_bps: '11', top_holder_bps: '11' }), []],
  ['entry 5 000 bps off mid', {}, { entry_price: decimal('150') }, ['PRICE_DRIFTED']],
  ['entry further off mid', {}, { entry_price: decimal('150.000000000001') }, ['PRICE_DRIFTED', 'EVIDENCE_IMPLAUSIBLE']],
  ['implausible evidence on a close', {}, { ...close, ...evidence({ liquidity_usd: '-1' }) }, []],
  // 9
  ['derivatives required, absent', { profile: 'crypto_perps_v1' }, {}, ['DERIVATIVES_MISSING']],
  ['derivatives 60 s old', { profile: 'crypto_perps_v1', derivatives_age_us: seconds(60) }, {}, []],
  ['derivatives older', { profile: 'crypto_perps_v1', derivatives_age_us: seconds(60) + 1 }, {}, ['DERIVATIVES_MISSING']],
  ['derivatives not asked for', { profile: 'trend_follow_v1' }, {}, []],
  ['a close without derivatives', { profile: 'crypto_perps_v1' }, close, []],
];

describe('admission', () => {
  for (const [name, setting, signal, reasons, placing] of rows) {
    test(name, () => {
      const record = onlyOf(given(setting).signal(signal, placing));
      expect(record.admission).toEqual({ verdict: reasons.length === 0 ? 'admit' : 'refuse', reasons });
    });
  }

  test('every code is met above', () => expect(new Set(rows.flatMap(([, , , reasons]) => reasons)).size).toBe(12));
});

test('all reasons are recorded, in order', () => {
  const record = onlyOf(
    given({ mode: 'live', profile: 'crypto_perps_v1', quote: age(60) }).signal({
      ...old(400),
      source: 'nobody',
      entry_price: decimal('160'),
      stop_price: decimal('101'),
    }),
  );
  expect(record.admission.reasons).toEqual([
    'SIGNAL_TOO_OLD',
    'SOURCE_UNKNOWN',
    'QUOTE_STALE',
    'PRICE_DRIFTED',
    'SIGNAL_STOP_CROSSED',
    'EVIDENCE_IMPLAUSIBLE',
    'DERIVATIVES_MISSING',
  ]);
});

test('what does not hold a close back is flagged', () => {
  const record = onlyOf(
    given({ profile: 'crypto_perps_v1', quote: null }).signal({ ...close, ...evidence({ market_cap_usd: '-5' }) }),
  );
  expect(record.admission.verdict).toBe('admit');
  expect(record.flags).toEqual(expect.arrayContaining(['QUOTE_MISSING', 'EVIDENCE_IMPLAUSIBLE', 'DERIVATIVES_MISSING']));
});

test('a refused signal keeps its features', () => {
  const record = onlyOf(given({ quote: at('110') }).signal({ entry_price: decimal('100') }));
  expect(record.admission.reasons).toEqual(['PRICE_DRIFTED']);
  expect(record.features.drift_bps).toBeCloseTo(1_000, 9);
});
