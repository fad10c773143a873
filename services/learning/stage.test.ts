// Given closed trades, when they are learned, then the Lessons carry the rows they changed.
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../schemas/money.ts';
import { blankTrade, type DeadLetter, type Lesson, type Trade } from '../../schemas/records.generated.ts';
import type { Envelope } from '../../topology/envelope.ts';
import type { Emit } from '../../topology/stage.ts';
import { learnBandit, newRows } from './rows.ts';
import { decayOf, type LearningConfig, learningStage } from './stage.ts';

let offset = 0;

function trade(
  strategy: string,
  regime: string,
  source: string,
  net: string,
  notional: string,
  more: Partial<Trade> = {},
): Trade {
  const amount = decimal(net);
  offset += 1;
  return {
    ...blankTrade(),
    trade_id: `t${offset}`,
    portfolio: 'pf-1',
    strategy,
    regime,
    source,
    net: amount,
    gross: amount + 1n,
    leg_edge: amount + 1n,
    leg_fees: -1n,
    entry_notional: decimal(notional),
    ...more,
  };
}

function envelope(value: Trade, retry_of = ''): Envelope<'Trade'> {
  return {
    topic: 'trades.v1',
    partition: 0,
    offset,
    sequence: offset,
    key: value.portfolio,
    at: 0,
    id: value.trade_id,
    cause: '',
    trace: '',
    source: null,
    retry_of,
    type: 'Trade',
    value,
  };
}

/** Lessons and letters of the trades in order, and the state after them. */
function learn(inputs: readonly Envelope<'Trade'>[], config: LearningConfig = {}) {
  const stage = learningStage(config);
  const state = stage.init(0);
  const lessons: Lesson[] = [];
  const letters: DeadLetter[] = [];
  const emit: Emit = (_topic, type, _key, value) => {
    if (type === 'Lesson') lessons.push(value as Lesson);
    else letters.push(value as DeadLetter);
  };
  for (const input of inputs) stage.step(state, input, emit, 0);
  return { lessons, letters, rows: state.portfolios.get('pf-1') ?? newRows() };
}

const CATASTROPHE = { judge_verdict: 'REJECT', confidence: 95, catastrophic: true, synthetic: false };

function sixTrades(): Trade[] {
  return [
    trade('MR', 'bull_normal', 'binance:ta_signal', '12.5', '500'),
    trade('MR', 'bull_normal', 'binance:ta_signal', '-8', '500'),
    trade('MR', 'bull_normal', 'coingecko:trending', '0', '500'),
    trade('MR', 'bear_high', 'coingecko:trending', '-30', '600', { verdict: CATASTROPHE }),
    trade('TF', 'bull_normal', 'solscan', '20', '400'),
    trade('MR', 'bull_normal', 'binance:ta_signal', '5', '500'),
  ];
}

describe('six trades', () => {
  const { lessons, rows } = learn(sixTrades().map((t) => envelope(t)));
  const last = (strategy: string, regime: string) =>
    lessons.filter((l) => l.bandit?.strategy === strategy && l.bandit.regime === regime).at(-1);
  const source = (name: string) => lessons.filter((l) => l.source?.source === name).at(-1)?.source;

  test('one Lesson each, numbered', () => {
    expect(lessons.map((l) => l.lesson_seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.lesson_seq).toBe(6);
  });

  test.each([
    ['MR', 'bull_normal', { wins: 2, losses: 2, penalty: 0, n: 4, alpha: 3, beta: 3 }],
    ['MR', 'bear_high', { wins: 0, losses: 1, penalty: 3, n: 1, alpha: 1, beta: 5 }],
    ['TF', 'bull_normal', { wins: 1, losses: 0, penalty: 0, n: 1, alpha: 2, beta: 1 }],
  ])('bandit %s in %s', (strategy, regime, row) => {
    expect(last(strategy, regime)?.bandit).toEqual({ strategy, regime, ...row });
  });

  test('sources: the enricher is none, nothing but zero is a loss for coingecko', () => {
    expect(source('binance:ta_signal')).toMatchObject({ n: 3, wins: 2, penalty: 0 });
    expect(source('coingecko:trending')).toMatchObject({ n: 2, wins: 0, penalty: 2 });
    expect(lessons.map((l) => l.n_total)).toEqual([1, 2, 3, 4, 4, 5]);
    expect(rows.sources.size).toBe(2);
  });

  test('payoff of MR in bull_normal', () => {
    const payoff = last('MR', 'bull_normal')?.payoff;
    expect([payoff?.n_win, payoff?.n_loss]).toEqual([2, 2]);
    expect([formatDecimal(payoff?.sum_win_ret ?? 0n), formatDecimal(payoff?.sum_loss_ret ?? 0n)]).toEqual(['0.035', '0.016']);
    const b = Number(payoff?.sum_win_ret) / 2 / (Number(payoff?.sum_loss_ret) / 2);
    expect(b).toBe(2.1875);
  });

  test('the rows of the Lessons are the rows of the state', () => {
    for (const [strategy, regimes] of rows.bandit) {
      for (const [regime, row] of regimes) expect(last(strategy, regime)?.bandit).toMatchObject({ ...row });
    }
    for (const row of rows.sources.values()) expect(source(row.source)).toMatchObject({ ...row });
  });
});

describe('what is learned', () => {
  test.each([
    ['0.000000000001', true, '0'],
    ['0', false, '0'],
    ['-0.000000000001', false, '0'],
    ['25', true, '0.05'],
    ['600', true, '1'],
    ['-600', false, '-1'],
  ])('net %s of 500: win %s, reward %s', (net, win, reward) => {
    const [lesson] = learn([envelope(trade('MR', 'chop_low', 's:x', net, '500'))]).lessons;
    expect([lesson?.win, formatDecimal(lesson?.reward ?? -99n)]).toEqual([win, reward]);
  });

  test('an unpriced trade: a Lesson that changes nothing', () => {
    const { lessons, rows } = learn([envelope(trade('MR', 'chop_low', 's:x', '5', '500', { unpriced: true }))]);
    expect(lessons[0]).toMatchObject({
      applied: false,
      skip_code: 'LESSON_UNPRICED',
      bandit: null,
      source: null,
      payoff: null,
      win: null,
      lesson_seq: 1,
    });
    expect([rows.bandit.size, rows.sources.size, rows.n_total]).toEqual([0, 0, 0]);
  });

  test('a position that no strategy opened: its source only', () => {
    const [lesson] = learn([envelope(trade('', 'chop_low', 's:x', '5', '500'))]).lessons;
    expect(lesson).toMatchObject({ applied: true, bandit: null, payoff: null, source: { source: 's:x', n: 1 } });
  });

  test('a signal of enrichers only: no source', () => {
    const [lesson] = learn([envelope(trade('MR', 'chop_low', 'unknown:enricher_only', '5', '500'))]).lessons;
    expect([lesson?.source, lesson?.n_total]).toEqual([null, 0]);
  });

  test('a synthetic verdict cannot cause a catastrophe', () => {
    const verdict = { ...CATASTROPHE, synthetic: true };
    const [lesson] = learn([envelope(trade('MR', 'chop_low', 's:x', '-5', '500', { verdict }))]).lessons;
    expect([lesson?.bandit?.penalty, lesson?.source?.penalty]).toEqual([0, 0]);
  });

  test('the propensity of the decision is copied', () => {
    const [lesson] = learn([envelope(trade('MR', 'chop_low', 's:x', '5', '500', { propensity: 0.35 }))]).lessons;
    expect(lesson?.propensity).toBe(0.35);
  });

  test('portfolios do not learn from each other', () => {
    const { lessons } = learn([
      envelope(trade('MR', 'chop_low', 's:x', '5', '500')),
      envelope(trade('MR', 'chop_low', 's:x', '5', '500', { portfolio: 'pf-2' })),
    ]);
    expect(lessons.map((l) => [l.portfolio, l.lesson_seq, l.bandit?.n])).toEqual([
      ['pf-1', 1, 1],
      ['pf-2', 1, 1],
    ]);
  });

  test('switched off there are no Lessons', () => {
    expect(learn([envelope(trade('MR', 'chop_low', 's:x', '5', '500'))], { enabled: false }).lessons).toEqual([]);
  });
});

describe('a trade that cannot be learned', () => {
  test.each<[string, Partial<Trade>, string]>([
    ['a leg too much', { leg_exit_delay: 1n }, 'net: 5: expected the sum of its legs, 5.000000000001'],
    ['another gross', { gross: decimal('5') }, 'net: 5: expected gross + fees + funding, 4.999999999999'],
    ['no notional', { entry_notional: 0n }, 'entry_notional: 0: expected more than 0'],
  ])('%s: a letter, no Lesson, and the fold goes on', (_, damage, message) => {
    const bad = trade('MR', 'chop_low', 's:x', '5', '500', damage);
    const { lessons, letters } = learn([envelope(bad), envelope(trade('MR', 'chop_low', 's:x', '5', '500'))]);
    expect(letters.map((l) => [l.reason_code, l.message, l.error_class])).toEqual([
      ['LESSON_TRADE_INVALID', message, 'VALIDATION_FAILED'],
    ]);
    expect(lessons.map((l) => [l.lesson_seq, l.n_total])).toEqual([[1, 1]]);
  });

  test('taken again from its letter it is learned once', () => {
    const repaired = trade('MR', 'chop_low', 's:x', '5', '500');
    const { lessons } = learn([envelope(repaired, 'letter/1'), envelope(repaired, 'letter/2'), envelope(repaired)]);
    expect(lessons.length).toBe(1);
  });
});

describe('options, off by default', () => {
  test('decay: half life 50, ten wins, ten losses, and a win', () => {
    const rows = newRows();
    rows.bandit.set('MR', new Map([['r', { strategy: 'MR', regime: 'r', wins: 10, losses: 10, penalty: 0, n: 20 }]]));
    const row = learnBandit(rows, 'MR', 'r', { win: true, reward: 0n, catastrophic: false }, decayOf(50), 0);
    expect(row.wins).toBeCloseTo(10.862327045, 9);
    expect(row.losses).toBeCloseTo(9.862327045, 9);
    expect(row.n).toBe(21);
    expect(decayOf(0)).toBe(1);
  });

  test('shrinkage: 30 wins and 20 losses in all, a row of 2 and 4', () => {
    const rows = newRows();
    const row = (regime: string, wins: number, losses: number) =>
      [regime, { strategy: 'MR', regime, wins, losses, penalty: 0, n: 0 }] as const;
    rows.bandit.set('MR', new Map([row('r', 1, 4), row('other', 28, 16)]));
    const learned = learnBandit(rows, 'MR', 'r', { win: true, reward: 0n, catastrophic: false }, 1, 10);
    expect([learned.wins, learned.losses]).toEqual([2, 4]);
    expect(learned.alpha).toBeCloseTo(8.961538462, 9);
    expect(learned.beta).toBeCloseTo(9.038461538, 9);
  });

  test('each is part of the stage version', () => {
    const versions = [{}, { half_life_trades: 50 }, { shrinkage_kappa: 10 }, { enabled: false }, { enrichers: [] }].map(
      (c) => learningStage(c).version,
    );
    expect(new Set(versions).size).toBe(5);
  });
});
