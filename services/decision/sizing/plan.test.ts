// Plans: the strategy's, scaled by the regime; a sender's own where it may; the hold by tier; prices on the tick.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal as d, formatDecimal } from '../../../schemas/money.ts';
import type { Signal } from '../../../schemas/records.generated.ts';
import { liquidationShare } from '../../policy/liquidation.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import type { RegimeTag } from '../../policy/strategy.ts';
import { exampleEntry } from '../gates/example.ts';
import { planOf, priceAt } from './plan.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);

function plan(
  id: string,
  change: Partial<Signal> = {},
  regime: RegimeTag = 'chop_normal',
  tier: 'T1' | 'T3' | 'micro' = 'T1',
  long = true,
) {
  const strategy = paper.strategies[id];
  if (strategy === undefined) throw new Error(`no strategy ${id}`);
  const signal = { ...exampleEntry(paper).enriched.signal, ...change };
  return planOf(strategy, signal, long, tier, regime, paper, d('100'));
}

describe('plan', () => {
  test.each<[id: string, regime: RegimeTag, stop: number]>([
    ['sma_cross', 'chop_normal', 300],
    ['sma_cross', 'bull_normal', 360],
    ['sma_cross', 'bull_high', 330],
    ['sma_cross', 'bear_high', 270],
    ['scalping', 'bull_high', 55],
  ])('%s in %s: stop %i', (id, regime, stop_bps) => {
    const of = plan(id, {}, regime);
    expect(of.stop_bps).toBe(stop_bps);
    expect(of.unscaled_stop_bps).toBe(paper.strategies[id]?.stop_bps);
  });

  test('sma_cross has target, trail and its arm', () => {
    expect(plan('sma_cross')).toMatchObject({ target_bps: 600, trail_bps: 200, trail_arm_bps: 400, max_hold_s: 48 * 3_600 });
    expect(plan('price_move')).toMatchObject({ trail_bps: null, trail_arm_bps: null });
  });

  test.each<[tier: 'T1' | 'T3' | 'micro', hours: number]>([
    ['T1', 120],
    ['T3', 72],
    ['micro', 24],
  ])('breakout in %s is held %i h at most', (tier, hours) => {
    expect(plan('breakout', {}, 'bull_normal', tier).max_hold_s).toBe(hours * 3_600);
  });

  test('a shorter hold of the sender counts, a longer one does not', () => {
    expect(plan('sma_cross', { max_hold_s: 3_600 }).max_hold_s).toBe(3_600);
    expect(plan('sma_cross', { max_hold_s: 10_000_000 }).max_hold_s).toBe(48 * 3_600);
  });

  test.each<[name: string, id: string, change: Partial<Signal>, long: boolean, stop: number, target: number]>([
    ['its own within bounds', 'external', { stop_price: d('97'), take_profit_price: d('110') }, true, 300, 1_000],
    ['its own of a short', 'external', { stop_price: d('103'), take_profit_price: d('90') }, false, 300, 1_000],
    ['a stop beyond 2500 bps is replaced', 'external', { stop_price: d('74.99') }, true, 600, 1_200],
    ['a stop on the wrong side is replaced', 'external', { stop_price: d('101') }, true, 600, 1_200],
    ['none', 'external', {}, true, 600, 1_200],
    ['no other strategy takes it', 'sma_cross', { stop_price: d('97'), take_profit_price: d('110') }, true, 300, 600],
  ])('%s', (_, id, change, long, stop_bps, target_bps) => {
    expect(plan(id, change, 'chop_normal', 'T1', long)).toMatchObject({ stop_bps, target_bps });
  });

  test("its own stop is not scaled by the regime, the strategy's is", () => {
    expect(plan('external', { stop_price: d('97') }, 'bull_normal').stop_bps).toBe(300);
    expect(plan('external', {}, 'bull_normal').stop_bps).toBe(720);
  });
});

describe('prices of a plan', () => {
  test.each([
    ['100', 300, true, true, '0.01', '97'],
    ['100.05', 300, true, true, '0.01', '97.05'],
    ['100.05', 300, false, false, '0.01', '103.05'],
    ['100.05', 600, false, true, '0.01', '106.06'],
    ['1', 10_000, true, true, '0.01', '0'],
  ])('%s by %i bps, below %s, up %s, tick %s → %s', (price, bps, below, up, tick, expected) => {
    expect(formatDecimal(priceAt(d(price), bps, below, up, d(tick)))).toBe(expected);
  });

  test('rounding to scale and then to the tick is rounding once', () => {
    const price = fc.bigInt(1n, 10n ** 24n);
    const tick = fc.oneof(fc.constant(0n), fc.bigInt(1n, 10n ** 13n));
    fc.assert(
      fc.property(price, fc.integer({ min: 0, max: 10_000 }), fc.boolean(), fc.boolean(), tick, (price, bps, below, up, tick) => {
        const exact = price * BigInt(below ? 10_000 - bps : 10_000 + bps);
        const unit = (tick === 0n ? 1n : tick) * 10_000n;
        const steps = up ? (exact + unit - 1n) / unit : exact / unit;
        expect(priceAt(price, bps, below, up, tick)).toBe(steps * (unit / 10_000n));
      }),
    );
  });
});

describe('liquidation', () => {
  test.each([
    [true, 5, 80.402],
    [true, 1, 0],
    [false, 1, 199.005],
    [false, 5, 119.403],
  ])('long %s at leverage %i of an entry at 100: %d', (long, leverage, price) => {
    const share = liquidationShare(long, leverage);
    expect(long ? 100 * (1 - share) : 100 * (1 + share)).toBeCloseTo(price, 3);
  });
});
