// Requested sizes: the golden table, from strength and confidence to parts of NAV and money.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { convictionFactor, convictionOf } from './conviction.ts';
import { type RequestedInput, requestedSize } from './requested.ts';

const NAV = decimal('10000');

function input(change: Partial<RequestedInput>): RequestedInput {
  return {
    nav: NAV,
    base_bps: 300,
    size_factor: 1,
    risk_per_trade_bps: 100,
    stop_bps: 600,
    volatility_pct: 60,
    confidence: 1,
    confidence_factor: 1,
    conviction_factor: 1,
    regime: 1,
    fast_market: false,
    trial: 1,
    ...change,
  };
}

/** Parts of NAV in billionths, found from a NAV at which the notional spells them. */
function ppb(of: RequestedInput): number {
  return Number(requestedSize({ ...of, nav: 1_000_000_000n }).notional);
}

type Row = [
  name: string,
  k: number,
  stop: number,
  strength: number,
  confidence: number,
  factor: number,
  t1: [number, number, string],
  t2: [number, number, string],
];

const ROWS: Row[] = [
  ['price move both', 1, 600, 0.8, 0.85, 1, [0.675, 25_500_000, '204'], [0.655, 17_000_000, '136']],
  ['price move 15 m', 1, 600, 0.6, 0.7, 1, [0.53, 21_000_000, '168'], [0.51, 14_000_000, '112']],
  ['volume 3×', 1, 800, 2 / 3, 0.75, 1, [0.578333, 22_500_000, '180'], [0.558333, 15_000_000, '120']],
  ['breakout', 1.2, 600, 0.7, 0.8, 1, [0.61, 28_800_000, '230.4'], [0.59, 19_200_000, '153.6']],
  ['momentum', 1, 800, 0.6, 2 / 3, 1, [0.52, 20_000_000, '160'], [0.5, 13_333_333, '106.66667']],
  ['flush', 0.85, 1_000, 0.6, 2 / 3, 0.9, [0.52, 15_300_000, '122.4'], [0.5, 10_200_000, '81.6']],
];

describe('requested size', () => {
  test.each(ROWS)('%s', (_, k, stop, strength, confidence, factor, t1, t2) => {
    for (const [base, boosts, [conviction, parts, chop]] of [
      [300, { tier: 0.02 }, t1],
      [200, {}, t2],
    ] as const) {
      const found = convictionOf(strength, confidence, boosts as Record<string, number>, 0);
      expect(found).toBe(conviction);
      const of = input({
        base_bps: base,
        size_factor: k,
        stop_bps: stop,
        confidence,
        confidence_factor: factor,
        conviction_factor: convictionFactor(found, 0.3),
      });
      expect(ppb(of)).toBe(parts);
      expect(requestedSize({ ...of, regime: 0.8 }).notional).toBe(decimal(chop));
    }
  });

  test('reversal with three qualifiers', () => {
    const q = { q_vwap: 0.04, q_higher_low: 0.04, q_bounce: 0.04 };
    const boosts = { tier: 0.02, q_vwap: 0.04, q_higher_low: 0.04, q_bounce: 0.04 };
    expect(convictionOf(0.4, 0.6, boosts, 0)).toBe(0.52);
    expect(convictionOf(0.4, 0.6, q, 0)).toBe(0.5);
    const of = input({ size_factor: 0.8, stop_bps: 1_200, confidence: 0.6, confidence_factor: 0.8 });
    expect(ppb(of)).toBe(11_520_000);
    expect(requestedSize({ ...of, regime: 0.8 }).notional).toBe(decimal('92.16'));
    const t2 = { ...of, base_bps: 200 };
    expect(ppb(t2)).toBe(7_680_000);
    expect(requestedSize({ ...t2, regime: 0.8 }).notional).toBe(decimal('61.44'));
  });

  test('momentum in chop, tier 2: 10666667 parts', () => {
    expect(ppb(input({ base_bps: 200, stop_bps: 800, confidence: 2 / 3, regime: 0.8 }))).toBe(10_666_667);
  });

  test('risk parity binds at a wide stop in a wild market', () => {
    const of = requestedSize(input({ stop_bps: 1_200, volatility_pct: 200 }));
    expect(of.parity_bps).toBeCloseTo(208.333333, 6);
    expect(of.factors.at(-1)?.after_bps).toBeCloseTo(208.333333, 6);
    expect(of.factors.map((f) => f.name)).toContain('parity');
  });

  test.each([
    [0.4, 0.3, 135],
    [0.3, 0.3, 90],
    [0.4, 0.34, 123.75],
  ])('conviction %d at a minimum of %d: %d bps', (conviction, min, bps) => {
    expect(ppb(input({ confidence: 0.6, conviction_factor: convictionFactor(conviction, min) }))).toBe(bps * 1e5);
  });

  test('below the minimum a canary counts half; from .5 on it is full', () => {
    expect([convictionFactor(0.29, 0.3), convictionFactor(0.5, 0.3), convictionFactor(0.9, 0.3)]).toEqual([0.5, 1, 1]);
  });

  test('a calm market counts as 10 % volatile, a fast one halves, a trial quarters', () => {
    expect(requestedSize(input({ volatility_pct: 1 })).parity_bps).toBe(requestedSize(input({ volatility_pct: 10 })).parity_bps);
    expect(ppb(input({ fast_market: true }))).toBe(15_000_000);
    expect(ppb(input({ trial: 0.25 }))).toBe(7_500_000);
  });
});
