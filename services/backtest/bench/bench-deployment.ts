// The deployment of the golden benchmarks: one portfolio, one instrument, one strategy, and limits that never bind.
import { decimal } from '../../../schemas/money.ts';
import { MINUTE } from '../../../schemas/time.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { loadPolicy } from '../../deployment/policy-file.ts';
import { BENCH_INSTRUMENT, BENCH_VENUE } from '../../market/bench-bars.ts';

export const BENCH_CASH = decimal('1000000000');

export function benchDeployment(): Deployment {
  return {
    run_id: 'bt-bench',
    mode: 'backtest',
    currency: 'USDT',
    partitions: 1,
    portfolios: [{ portfolio: 'bench', ordinal: 0, cash: BENCH_CASH, policy: loadPolicy('bench') }],
    instruments: [BENCH_INSTRUMENT],
    venues: [BENCH_VENUE],
    sources: {},
    strategies: ['bench_cross'],
    base_interval: '1m',
    base_interval_us: MINUTE,
    candle_mode: true,
    learning: false,
    claim: 'bench',
  };
}

/** Portfolios of the recovery bench that trade, and that refuse every signal: their policies allow no order of this size. */
const TRADING = 6;
const REFUSING = 2;

/** As the benchmark, with several portfolios on one journal; `claim` names this start of the process. */
export function recoveryDeployment(claim: string): Deployment {
  const trading = loadPolicy('bench');
  const refusing = loadPolicy('paper');
  const portfolios = Array.from({ length: TRADING + REFUSING }, (_, ordinal) => ({
    portfolio: `bench-${ordinal + 1}`,
    ordinal,
    cash: BENCH_CASH,
    policy: ordinal < TRADING ? trading : refusing,
  }));
  return { ...benchDeployment(), run_id: 'bt-recovery', portfolios, claim };
}
