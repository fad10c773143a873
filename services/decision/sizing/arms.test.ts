// Which strategies may answer a signal, which does, and what happens where none may.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal } from '../../../schemas/money.ts';
import { DAY, SECOND } from '../../../schemas/time.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import type { Strategy } from '../../policy/strategy.ts';
import { type EntryDraft, exampleEntry, NOW } from '../gates/example.ts';
import { pauseStrategy, retireStrategy } from '../pacing/pacing.ts';
import { chooseStrategy, shrunkPayoff } from './arms.ts';
import { type EligibilityInput, exclusionOf } from './eligibility.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);

interface Case {
  readonly d: EntryDraft;
  input: EligibilityInput;
}

/** An outside signal that names no strategy, on BTC-USDT in chop_normal. */
function outside(change: (c: EntryDraft) => void = () => {}, more: Partial<EligibilityInput> = {}): Case {
  const d = exampleEntry(structuredClone(paper));
  Object.assign(d.enriched.signal, { source: 'binance:ta_signal', strategy: null, signal_type: 'ta' });
  change(d);
  const input: EligibilityInput = {
    now: NOW,
    policy: d.policy,
    enriched: d.enriched,
    pacing: d.pacing,
    long: true,
    tier: 'T1',
    regime: 'chop_normal',
    age_us: 0,
    held: false,
    ...more,
  };
  return { d, input };
}

function own(d: EntryDraft, id: string): Strategy {
  const strategy = d.policy.strategies[id];
  if (strategy === undefined) throw new Error(`no strategy ${id}`);
  return strategy;
}

describe('eligibility of external', () => {
  test.each<[reason: string | null, change: (d: EntryDraft) => void, more: Partial<EligibilityInput>]>([
    [null, () => {}, {}],
    ['DISABLED', (d) => Object.assign(own(d, 'external'), { enabled: false }), {}],
    ['PAUSED', (d) => pauseStrategy(d.pacing, 'external', null), {}],
    ['RETIRED', (d) => retireStrategy(d.pacing, 'external'), {}],
    ['SOURCE', (d) => Object.assign(own(d, 'external'), { sources: ['telegram'] }), {}],
    [null, (d) => Object.assign(own(d, 'external'), { sources: ['binance'] }), {}],
    ['SIDE', (d) => Object.assign(own(d, 'external'), { sides: ['long'] }), { long: false }],
    ['TIER', (d) => Object.assign(own(d, 'external'), { tiers: ['T2'] }), {}],
    ['TIER', () => {}, { tier: null }],
    ['REGIME', () => {}, { regime: 'crash' }],
    ['REGIME', (d) => Object.assign(own(d, 'external'), { avoided: ['chop_normal'] }), {}],
    ['AGE', (d) => Object.assign(own(d, 'external'), { max_signal_age_s: 60 }), { age_us: 60 * SECOND + 1 }],
    [null, (d) => Object.assign(own(d, 'external'), { max_signal_age_s: 60 }), { age_us: 60 * SECOND }],
    ['CATALYST', (d) => Object.assign(d.policy.symbols['BTC-USDT'] ?? {}, { require_catalyst: true }), {}],
    ['CONDITION', (d) => condition(d, 'change_1h_bps', '>', 100), {}],
    [null, (d) => condition(d, 'change_1h_bps', '>=', 100), {}],
    [null, (d) => condition(d, 'change_1h_bps', '<=', 100), {}],
    ['CONDITION', (d) => condition(d, 'change_1h_bps', '<', 100), {}],
    [null, (d) => condition(d, 'change_1h_bps', '=', 100), {}],
    ['CONDITION', (d) => condition(d, 'change_1h_bps', '!=', 100), {}],
    ['CONDITION', (d) => condition(d, '1h.no_such', '!=', 100), {}],
    [null, (d) => condition(d, '1h.close', '<', 'mid') ?? Object.assign(d.enriched, { mid: decimal('101') }), {}],
    ['CONDITION', (d) => condition(d, '1h.close', '<', '1h.ema_50'), {}],
    ['CONDITION', (d) => condition(d, 'sell_quote_ok', '=', true), {}],
    [null, (d) => condition(d, 'sell_quote_ok', '=', true) ?? Object.assign(d.enriched.evidence, { sell_quote_ok: true }), {}],
    [
      'CONDITION',
      (d) => condition(d, 'sell_quote_ok', '>', 0) ?? Object.assign(d.enriched.evidence, { sell_quote_ok: true }),
      {},
    ],
  ])('%s', (reason, change, more) => {
    expect(exclusionOf('external', outside(change, more).input)).toBe(reason);
  });

  function condition(
    d: EntryDraft,
    feature: string,
    op: '<' | '<=' | '=' | '>=' | '>' | '!=',
    value: number | boolean | string,
  ): undefined {
    Object.assign(own(d, 'external'), { conditions: [{ feature, op, value }] });
  }

  test('a verified catalyst needs two providers', () => {
    const of = (count: number) =>
      exclusionOf(
        'external',
        outside((d) => {
          Object.assign(d.policy.symbols['BTC-USDT'] ?? {}, { require_catalyst: true });
          d.enriched.evidence.catalyst = true;
          d.enriched.corroboration.count = count;
        }).input,
      );
    expect([of(1), of(2)]).toEqual(['CATALYST', null]);
  });

  test('a bear regime takes an impulse only as a short', () => {
    expect(exclusionOf('price_move', outside(() => {}, { regime: 'bear_normal' }).input)).toBe('REGIME');
    expect(exclusionOf('price_move', outside(() => {}, { regime: 'bear_normal', long: false }).input)).toBeNull();
    expect(exclusionOf('sma_cross', outside(() => {}, { regime: 'bear_normal', long: false }).input)).toBe('SIDE');
  });

  test("a strategy's own signal is not asked for conditions again, the same by another sender is", () => {
    const of = (source: string) =>
      exclusionOf(
        'mean_reversion_bb',
        outside((d) => Object.assign(d.enriched.signal, { source, strategy: 'mean_reversion_bb' })).input,
      );
    expect([of('weir:mean_reversion_bb'), of('binance:ta_signal')]).toEqual([null, 'CONDITION']);
  });

  test('tradeability counts ten more where the instrument is not held', () => {
    const of = (held: boolean) =>
      exclusionOf(
        'external',
        outside(
          (d) => {
            Object.assign(own(d, 'external'), { conditions: [{ feature: 'tradeability', op: '>=', value: 70 }] });
            d.enriched.tradeability_base = 65;
          },
          { held },
        ).input,
      );
    expect([of(false), of(true)]).toEqual([null, 'CONDITION']);
  });
});

describe('choice', () => {
  test('a signal that names a strategy has only that arm, for certain and without a draw', () => {
    const { d, input } = outside((c) => Object.assign(c.enriched.signal, { strategy: 'price_move' }));
    const chosen = chooseStrategy(input, d.learned, '0'.repeat(64));
    expect(chosen.choice).toMatchObject({ chosen: 'price_move', propensity: 1, draw: null, excluded: [] });
    expect(chosen.choice.arms).toEqual([{ strategy: 'price_move', alpha: 1, beta: 1, payoff: 1, weight: 2, probability: 1 }]);
  });

  test('an unnamed one goes to those that match; what does not is listed with its reason', () => {
    const { d, input } = outside((c) => {
      Object.assign(c.enriched.features, { '1h.rsi_14': 25, '1h.bb_lower': 101 });
    });
    const { choice } = chooseStrategy(input, d.learned, '0'.repeat(64));
    expect(choice.arms.map((a) => a.strategy)).toEqual(['external', 'mean_reversion_bb']);
    expect(choice.arms.map((a) => a.probability)).toEqual([0.5, 0.5]);
    expect([choice.draw, choice.chosen, choice.propensity]).toEqual([0.7576421477915152, 'mean_reversion_bb', 0.5]);
    expect(choice.excluded).toContainEqual({ strategy: 'trend_following', reason: 'REGIME' });
  });

  test('weights: preference of the regime, payoff, and a fifth more where the type is the strategy', () => {
    const { d, input } = outside((c) => {
      Object.assign(c.enriched.signal, { signal_type: 'external' });
      Object.assign(own(c, 'external'), { preferred: ['chop_normal'] });
    });
    learn(d, 'external', 10, 6, '0.30', '0.12');
    const [arm] = chooseStrategy(input, d.learned, 'x').choice.arms;
    expect(arm?.payoff).toBeCloseTo((16 * 1.5 + 30) / 46, 12);
    expect(arm?.weight).toBeCloseTo(1.15 * (1 + (16 * 1.5 + 30) / 46) * 1.2, 12);
    expect([arm?.alpha, arm?.beta]).toEqual([11, 7]);
  });

  test('without an edge the arm leaves the draw; thirty days later it is tried again', () => {
    const at = (age: number) => {
      const { d, input } = outside();
      learn(d, 'external', 16, 16, '0.32', '0.32', NOW - age);
      return chooseStrategy(input, d.learned, 'x');
    };
    expect(at(30 * DAY - 1)).toMatchObject({ edge_negative: true, strategy: 'external', refused: null, second_chance: false });
    expect(at(30 * DAY - 1).choice.excluded).toContainEqual({ strategy: 'external', reason: 'EDGE_NEGATIVE' });
    expect(at(30 * DAY)).toMatchObject({ edge_negative: false, second_chance: true, choice: { chosen: 'external' } });
  });

  test.each<[name: string, strategy: string | null, refused: string, planned: string | null]>([
    ['a name that is none', 'no_such', 'UNKNOWN', null],
    ['a strategy that may not', 'sma_cross', 'REGIME', 'sma_cross'],
    ['no name, nothing matches: the catch-all prices it', null, 'DISABLED', 'external'],
  ])('%s', (_, strategy, refused, planned) => {
    const { d, input } = outside((c) => {
      Object.assign(c.enriched.signal, { strategy });
      if (strategy === null) {
        for (const s of Object.values(c.policy.strategies)) s.matched = s === own(c, 'external');
        Object.assign(own(c, 'external'), { tiers: ['T3'] });
      }
    });
    const chosen = chooseStrategy(input, d.learned, 'x');
    expect(chosen.strategy).toBe(planned);
    expect(chosen.refused).toBe(refused === 'DISABLED' ? 'TIER' : refused);
    expect(chosen.choice).toMatchObject({ arms: [], chosen: null, propensity: null });
  });
});

function learn(d: EntryDraft, strategy: string, n_win: number, n_loss: number, win: string, loss: string, last_at = NOW) {
  const row = { strategy, regime: 'chop_normal' };
  d.learned.arms.set(`${strategy}|chop_normal`, {
    bandit: { ...row, wins: n_win, losses: n_loss, penalty: 0, n: n_win + n_loss, alpha: n_win + 1, beta: n_loss + 1 },
    payoff: { ...row, n_win, n_loss, sum_win_ret: decimal(win), sum_loss_ret: decimal(loss) },
    last_at,
  });
}

test('a payoff is drawn to 1 while there are few trades', () => {
  expect([shrunkPayoff(0, null), shrunkPayoff(30, 2), shrunkPayoff(10, 1.3)]).toEqual([1, 1.5, (10 * 1.3 + 30) / 40]);
});
