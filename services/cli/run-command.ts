// `weir run all`: the paper deployment on a synthetic market in real time, in the data directory.
import type { Money } from '../../schemas/money.ts';
import { MINUTE } from '../../schemas/time.ts';
import { type Deployment, EXAMPLE_SOURCES, SHIPPED_STRATEGIES } from '../deployment/deployment.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import { SCENARIOS } from '../market/synthetic/scenarios.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { runAll } from './run-all.ts';

export interface RunCommandOptions extends CommonOptions {
  readonly policy: string;
  readonly portfolio: string;
  readonly cash: Money;
  readonly instrument: readonly string[];
  readonly scenario: string;
  readonly seed: number;
  readonly archive: boolean;
}

const INSTRUMENTS = ['BTC-USDT', 'ETH-USDT'];

export async function run(options: RunCommandOptions, _output: Output, what: string): Promise<ExitCode> {
  if (what !== 'all')
    throw new CommandError(
      EXIT.USAGE,
      'USAGE',
      `run ${what}: expected all`,
      'single stages run as processes of their own on Kafka, which is not there yet',
    );
  const scenario = SCENARIOS.find((name) => name === options.scenario);
  if (scenario === undefined)
    throw new CommandError(EXIT.USAGE, 'USAGE', `--scenario ${options.scenario}: expected one of ${SCENARIOS.join(', ')}`);
  const deployment: Deployment = {
    run_id: 'paper',
    mode: 'paper',
    currency: 'USDT',
    partitions: 1,
    portfolios: [{ portfolio: options.portfolio, ordinal: 0, cash: options.cash, policy: loadPolicy(options.policy) }],
    instruments: options.instrument.length > 0 ? options.instrument : INSTRUMENTS,
    venues: ['sim'],
    sources: EXAMPLE_SOURCES,
    strategies: SHIPPED_STRATEGIES,
    base_interval: '1m',
    base_interval_us: MINUTE,
    candle_mode: false,
    learning: true,
    claim: `run-all-${process.pid}-${Date.now()}`,
  };
  const exit = await runAll({
    data: options.data,
    deployment,
    market: { seed: options.seed, scenario },
    archive: options.archive,
  });
  return exit as ExitCode;
}
