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
