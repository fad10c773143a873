// Kelly's cap: golden rows, the number of trades it waits for, and its limits.
import { describe, expect, test } from 'vitest';
import { kellyOf, observedPayoff, type Payoff } from './kelly.ts';

const PAPER = { min_trades: 30, fraction: 0.5, cap_bps: 500, default_bps: 200 };
const CONSERVATIVE = { ...PAPER, fraction: 0.25 };

/** A record with so many wins and losses of one size each. */
function payoff(n_win: number, n_loss: number, win: number, loss: number): Payoff {
  return { n_win, n_loss, sum_win: n_win * win, sum_loss: n_loss * loss };
}

describe("Kelly's cap", () => {
  test.each<[alpha: number, beta: number, win: number, loss: number, ppb: number, edge: boolean]>([
    [19, 13, 0.024, 0.02, 50_000_000, false],
    [17, 25, 0.036, 0.02, 37_037_037, false],
    [16, 16, 0.02, 0.02, 0, true],
    [21, 31, 0.028, 0.02, 0, true],
    [15, 16, 0.03, 0.02, 20_000_000, false],
  ])('α %i β %i win %d loss %d', (alpha, beta, win, loss, ppb, edge) => {
    const kelly = kellyOf(alpha, beta, payoff(alpha - 1, beta - 1, win, loss), PAPER, PAPER.cap_bps);
    expect([kelly.cap_ppb, kelly.edge_negative]).toEqual([ppb, edge]);
  });

  test('half of f, a quarter in the conservative profile', () => {
    const of = payoff(16, 24, 0.036, 0.02);
    expect(kellyOf(17, 25, of, CONSERVATIVE, 500).cap_ppb).toBe(18_518_519);
    expect(kellyOf(19, 15, payoff(18, 14, 0.03, 0.02), PAPER, 10_000).f).toBeCloseTo(0.264705882, 9);
  });

  test.each<[name: string, of: Payoff, expected: number]>([
    ['no loss yet', payoff(40, 0, 0.02, 0), 20_000_000],
    ['losses that sum to nothing', payoff(30, 10, 0.02, 0), 20_000_000],
    ['29 trades', payoff(15, 14, 0.05, 0.01), 20_000_000],
  ])('%s: the default', (_, of, expected) => {
    const kelly = kellyOf(of.n_win + 1, of.n_loss + 1, of, PAPER, 500);
    expect([kelly.cap_ppb, kelly.edge_negative]).toEqual([expected, false]);
  });

  test('no win in thirty trades is no edge', () => {
    expect(kellyOf(1, 31, payoff(0, 30, 0, 0.01), PAPER, 500)).toMatchObject({ cap_ppb: 0, edge_negative: true, n: 30 });
  });

  test('a strategy with a cap of its own keeps to it', () => {
    expect(kellyOf(1, 1, payoff(0, 0, 0, 0), PAPER, 100).cap_ppb).toBe(10_000_000);
  });

  test('switched off it never refuses', () => {
    expect(kellyOf(1, 31, payoff(0, 30, 0, 0.01), { ...PAPER, min_trades: null }, 500).edge_negative).toBe(false);
  });
});

test('payoff: mean win over mean loss, unknown without a loss', () => {
  expect(observedPayoff({ n_win: 2, n_loss: 2, sum_win: 0.035, sum_loss: 0.016 })).toBeCloseTo(2.1875, 12);
  expect(observedPayoff(payoff(2, 0, 0.1, 0))).toBeNull();
});
