// Kelly's fraction of a strategy's own record, used as a cap and as the proof of an edge.
import { toNumber } from '../../../schemas/money.ts';
import type { Policy } from '../../policy/schema.ts';
import type { ArmRecord } from './learned.ts';

export interface Kelly {
  /** Cap as parts of NAV in billionths. */
  readonly cap_ppb: number;
  /** p − (1 − p)/b; null while there is too little to tell. */
  readonly f: number | null;
  readonly n: number;
  readonly edge_negative: boolean;
}

export interface Payoff {
  readonly n_win: number;
  readonly n_loss: number;
  /** Sums of returns on entry notional, absolute. */
  readonly sum_win: number;
  readonly sum_loss: number;
}

const NO_PAYOFF: Payoff = { n_win: 0, n_loss: 0, sum_win: 0, sum_loss: 0 };

export function payoffOf(record: ArmRecord | null): Payoff {
  const payoff = record?.payoff ?? null;
  if (payoff === null) return NO_PAYOFF;
  return {
    n_win: payoff.n_win,
    n_loss: payoff.n_loss,
    sum_win: toNumber(payoff.sum_win_ret),
    sum_loss: toNumber(payoff.sum_loss_ret),
  };
}

/** Mean win over mean loss; null while there is no loss, or losses that sum to 0; 0 without a win. */
export function observedPayoff(payoff: Payoff): number | null {
  if (payoff.n_loss === 0 || payoff.sum_loss === 0) return null;
  return payoff.n_win === 0 ? 0 : payoff.sum_win / payoff.n_win / (payoff.sum_loss / payoff.n_loss);
}

function ppbOf(bps: number): number {
  return Math.floor(bps * 1e5 + 0.5);
}

/** alpha, beta: the Beta counts of the (strategy, regime) row, prior included. */
export function kellyOf(alpha: number, beta: number, payoff: Payoff, kelly: Policy['kelly'], capBps: number): Kelly {
  const n = payoff.n_win + payoff.n_loss;
  const b = observedPayoff(payoff);
  const byDefault = ppbOf(Math.min(kelly.default_bps, capBps));
  if (kelly.min_trades === null || n < kelly.min_trades || b === null)
    return { cap_ppb: byDefault, f: null, n, edge_negative: false };
  const p = alpha / (alpha + beta);
  const f = b === 0 ? Number.NEGATIVE_INFINITY : p - (1 - p) / b;
  if (!(f > 0)) return { cap_ppb: 0, f: b === 0 ? -1 : f, n, edge_negative: true };
  const bps = kelly.fraction * f * 10_000;
  return { cap_ppb: ppbOf(Math.min(bps, capBps)), f, n, edge_negative: false };
}
