// Whole entries under the shipped profiles: what trades in the shipped month, what the benchmark trades, canaries and trial sizes.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal, formatDecimal } from '../../../schemas/money.ts';
import { SECOND } from '../../../schemas/time.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import { equityOf } from '../ledger/equity.ts';
import { evaluateEntry } from './entry.ts';
import { type EntryDraft, exampleEntry, exampleRegime, NOW } from './example.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);
const bench = shippedPolicy('bench', read);

type Change = (d: EntryDraft) => void;

function evaluate(change: Change, policy = paper) {
  const draft = exampleEntry(structuredClone(policy));
  change(draft);
  draft.equity = equityOf(draft.ledger, draft.now, 60 * SECOND);
  return evaluateEntry(draft);
}

/** BTC-USDT-PERP in a replay of one-minute bars: price, spread and depth are derived from the bar. */
function month(d: EntryDraft, id: string, strength: number, confidence: number, regime: string) {
  d.mode = 'backtest';
  d.base_interval_us = 60 * SECOND;
  d.clock_skew_ms = null;
  const price = (text: string) => decimal(text);
  Object.assign(d.enriched, {
    mid: price('43000'),
    signal_mid: price('43000'),
    median_mid_5m: price('43000'),
    regime: exampleRegime(regime),
  });
  Object.assign(d.enriched.quote, { bid: price('42978.5'), ask: price('43021.5'), flags: ['DERIVED'] });
  d.enriched.info = {
    ...d.enriched.info,
    kind: 'perp',
    listed_at: null,
    filters: { ...d.enriched.info.filters, tick: decimal('0.1'), step: decimal('0.001'), min_qty: decimal('0.001') },
  };
  Object.assign(d.enriched.signal, {
    instrument: 'BTC-USDT-PERP',
    source: `weir:${id}`,
    strategy: id,
    signal_type: id,
    entry_price: price('43000'),
    strength,
    confidence,
  });
}

describe('the shipped month, paper, 10000 USDT', () => {
  test.each<[id: string, strength: number, confidence: number, regime: string, notional: string]>([
    ['sma_cross', 0.6, 0.6, 'bull_normal', '86.215'],
    ['momentum', 0.3, 0.8, 'bull_normal', '172.43'],
    ['breakout', 0.7, 0.8, 'bull_normal', '172.43'],
    ['rsi_mean_reversion', 0.6, 0.6, 'chop_normal', '86.215'],
    ['price_move', 0.8, 0.85, 'chop_normal', '172.43'],
    ['price_move', 0.6, 0.7, 'unknown', '86.215'],
    ['volume_spike', 0.7, 0.75, 'chop_high', '129.3225'],
    ['mean_reversion', 0.6, 0.6, 'chop_low', '86.215'],
  ])('%s (%d/%d) in %s trades %s', (id, strength, confidence, regime, notional) => {
    const result = evaluate((d) => month(d, id, strength, confidence, regime));
    expect([result.action, result.reason_code]).toEqual(['EXECUTE', 'ENTRY_APPROVED']);
    expect(formatDecimal(result.order?.notional ?? 0n)).toBe(notional);
    expect(result.order?.side).toBe('BUY');
  });

  test.each<[id: string, regime: string, reason: string]>([
    ['sma_cross', 'chop_normal', 'STRATEGY_MISMATCH'],
    ['rsi_mean_reversion', 'bull_normal', 'STRATEGY_MISMATCH'],
    ['price_move', 'crash', 'REGIME_FORBIDS'],
  ])('%s in %s does not', (id, regime, reason) => {
    expect(evaluate((d) => month(d, id, 0.6, 0.6, regime)).reason_code).toBe(reason);
  });

  test("the README's sender: no strategy, no strength, an unknown but vouched name", () => {
    const result = evaluate((d) => {
      Object.assign(d.enriched.signal, {
        source: 'unknown:my_bot',
        strategy: null,
        signal_type: 'breakout',
        strength: null,
        confidence: null,
        entry_price: null,
      });
      d.enriched.source_prior = 'D';
      d.enriched.trust_parts = { provenance: 'contradicted', checkable: 1, verified: 1, rug_flags: [], sybil: 'UNKNOWN' };
      d.enriched.corroboration.count = 0;
    });
    expect([result.action, result.strategy, result.scores.trust]).toEqual(['EXECUTE', 'external', 50]);
    expect(result.plan).toMatchObject({ stop_bps: 600, target_bps: 1_200 });
  });
});

describe('bench', () => {
  /** A bar's close as price, nothing of the market but that. */
  const bars: Change = (d) => {
    d.mode = 'backtest';
    d.base_interval_us = 60 * SECOND;
    d.clock_skew_ms = null;
    Object.assign(d.ledger, { cash: decimal('1000000000'), nav: decimal('1000000000'), units: decimal('1000000000') });
    const price = decimal('1000022');
    Object.assign(d.enriched, {
      mid: price,
      median_mid_5m: price,
      depth: [],
      change_5m_bps: null,
      change_30m_bps: null,
      change_1h_bps: null,
      change_24h_bps: null,
      volume_24h_usd: null,
      features: {},
      bars: {},
    });
    Object.assign(d.enriched.quote, { bid: price, ask: price, flags: ['DERIVED'] });
    d.enriched.info = { ...d.enriched.info, listed_at: null, kind: 'spot', derived_at: 0 };
    d.enriched.info.feed = { ...d.enriched.info.feed, measured_at: 0, error_bps: null };
    d.enriched.regime = exampleRegime('unknown');
    Object.assign(d.reconciliation, { last_clean_at: null });
    Object.assign(d.enriched.signal, {
      instrument: 'BENCH',
      source: 'weir:bench_cross',
      strategy: 'bench_cross',
      signal_type: 'bench_cross',
      size: decimal('1'),
      entry_price: price,
    });
  };

  test("every signal enters with exactly its size, though the portfolio's own rules would allow another", () => {
    const result = evaluate(bars, bench);
    expect([result.action, result.reason_code]).toEqual(['EXECUTE', 'ENTRY_APPROVED']);
    expect(formatDecimal(result.order?.quantity ?? 0n)).toBe('1');
    expect([result.expected?.slippage_bps, result.expected?.fee_bps]).toEqual([0, 10]);
  });

  test('one entry right after another, losses running, do not hold it back', () => {
    const result = evaluate((d) => {
      bars(d);
      Object.assign(d.pacing, { entries: Array.from({ length: 500 }, (_, i) => NOW - i), last_entry_at: NOW - 1, losses: 99 });
      Object.assign(d.ledger.day, { realised: decimal('-5000000') });
    }, bench);
    expect(result.action).toBe('EXECUTE');
  });

  test('without a size there is nothing to order', () => {
    const result = evaluate((d) => {
      bars(d);
      d.enriched.signal.size = null;
    }, bench);
    expect([result.action, result.reason_code, result.reason_gate]).toEqual(['BLOCK', 'SIZE_UNKNOWN', 80]);
    expect(result.gates.filter((v) => v.verdict === 'DEPENDENT').map((v) => [v.gate, v.depends_on])).toEqual([
      [81, 80],
      [82, 80],
      [83, 80],
      [84, 80],
    ]);
  });
});

describe('canary and trial sizes', () => {
  const canary: Change = (d) => Object.assign(d.policy.conviction, { min: 0.69 });
  const factor = (result: ReturnType<typeof evaluate>, name: string) => result.sizing.factors.find((f) => f.name === name)?.value;

  test('just below the minimum: a quarter, resting only', () => {
    const result = evaluate(canary);
    expect([result.action, result.canary, result.order?.post_only]).toEqual(['EXECUTE', true, true]);
    expect(factor(result, 'trial')).toBe(0.25);
  });

  test.each<[name: string, change: Change, passes: boolean]>([
    ['.02 below', (d) => Object.assign(d.policy.conviction, { min: 0.695 }), true],
    ['.020001 below', (d) => Object.assign(d.policy.conviction, { min: 0.695001 }), false],
    ['another entry is under way', (d) => Object.assign(d.orders, { entries_pending: 1 }), false],
    ['tier 3', (d) => Object.assign(d.policy.symbols['BTC-USDT'] ?? {}, { tier: 'T3' }), false],
    ['spread 20 bps', (d) => Object.assign(d.enriched.quote, { bid: decimal('99.9'), ask: decimal('100.1') }), true],
    ['switched off', (d) => Object.assign(d.policy.canary, { enabled: false }), false],
    [
      'depth 50 k',
      (d) =>
        Object.assign(d.policy.liquidity.min_depth, { T1: 1 }) &&
        Object.assign(d.enriched, { depth: [{ band_bps: 20, bid_usd: decimal('50000'), ask_usd: decimal('50000') }] }),
      true,
    ],
    [
      'depth below 50 k',
      (d) =>
        Object.assign(d.policy.liquidity.min_depth, { T1: 1 }) &&
        Object.assign(d.enriched, { depth: [{ band_bps: 20, bid_usd: decimal('49999'), ask_usd: decimal('50000') }] }),
      false,
    ],
  ])('%s: %s', (_, change, passes) => {
    const result = evaluate((d) => {
      canary(d);
      change(d);
    });
    expect(result.canary).toBe(passes);
    if (!passes) expect(result.gates.find((v) => v.gate === 46)?.verdict).toBe('FAIL');
  });

  test('an unconfirmed reversal is tried as one, a confirmed one is not', () => {
    const of = (q_bounce: boolean) =>
      evaluate((d) => {
        Object.assign(d.enriched.signal, { strategy: 'reversal', source: 'weir:reversal', signal_type: 'reversal' });
        d.enriched.evidence = { q_vwap: true, q_higher_low: true, q_rsi_cross: false, q_bounce };
      });
    expect([of(false).canary, of(false).action, of(true).canary]).toEqual([true, 'EXECUTE', false]);
    expect(of(true).scores.boosts).toEqual({ tier: 0.02, q_vwap: 0.04, q_higher_low: 0.04, q_bounce: 0.04 });
  });

  test.each<[name: string, change: Change, expected: number | undefined]>([
    ['none', () => {}, undefined],
    ['recovery of safe mode', (d) => (d.safe_mode = 'RECOVERY'), 0.25],
    ['ramp in live', (d) => Object.assign(d, { mode: 'live', live_ramp: true }), 0.5],
    ['no ramp outside live', (d) => (d.live_ramp = true), undefined],
    [
      'both: the smaller, not the product',
      (d) => Object.assign(d, { mode: 'live', live_ramp: true, safe_mode: 'RECOVERY' }),
      0.25,
    ],
  ])('%s', (_, change, expected) => {
    expect(factor(evaluate(change), 'trial')).toBe(expected);
  });

  test('a size that the signal states may only reduce', () => {
    const sized = (size: string) =>
      formatDecimal(evaluate((d) => (d.enriched.signal.size = decimal(size))).order?.quantity ?? 0n);
    expect([sized('0.5'), sized('500')]).toEqual(['0.5', '1.995']);
  });

  test('a fast market halves', () => {
    expect(
      factor(
        evaluate((d) => (d.enriched.change_1h_bps = -800)),
        'fast_market',
      ),
    ).toBe(0.5);
    expect(
      factor(
        evaluate((d) => (d.enriched.change_1h_bps = -799)),
        'fast_market',
      ),
    ).toBeUndefined();
  });
});
