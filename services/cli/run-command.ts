// `weir run all`: the paper deployment on a synthetic market in real time, in the data directory.
import { mkdirSync } from 'node:fs';
import type { Money } from '../../schemas/money.ts';
import { type ClickhouseConfig, readClickhouseConfig } from '../deployment/clickhouse-config.ts';
import { type Deployment, EXAMPLE_SOURCES, PAPER_TERMS, SHIPPED_STRATEGIES } from '../deployment/deployment.ts';
import { type GatewayConfig, readGatewayConfig } from '../deployment/gateway-config.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import { SCENARIOS, type Scenario } from '../market/synthetic/scenarios.ts';
import { CommandError, configError, EXIT, type ExitCode } from './exit-codes.ts';
import { KAFKA_STAGES, startKafkaStages } from './kafka-stages.ts';
import { commandErrorOf } from './known-errors.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { stderrLog } from './owner-events.ts';
import { runAll, untilSignal } from './run-all.ts';
import { kafkaConfig, kafkaFailure } from './topics.ts';

export interface RunCommandOptions extends CommonOptions {
  readonly policy: string;
  readonly portfolio: string;
  readonly cash: Money;
  readonly instrument: readonly string[];
  readonly scenario: string;
  readonly seed: number;
  readonly archive: boolean;
  /** sqlite or kafka. */
  readonly log: string;
  /** `host:port` of the probes of a process on Kafka. */
  readonly health?: string;
}

const INSTRUMENTS = ['BTC-USDT', 'ETH-USDT'];

export async function run(options: RunCommandOptions, _output: Output, what: string): Promise<ExitCode> {
  if (options.log !== 'sqlite' && options.log !== 'kafka')
    throw new CommandError(EXIT.USAGE, 'USAGE', `--log ${options.log}: expected sqlite or kafka`);
  const scenario = SCENARIOS.find((name) => name === options.scenario);
  if (scenario === undefined)
    throw new CommandError(EXIT.USAGE, 'USAGE', `--scenario ${options.scenario}: expected one of ${SCENARIOS.join(', ')}`);
  if (options.log === 'kafka') return runOnKafka(options, what, scenario);
  if (what !== 'all')
    throw new CommandError(
      EXIT.USAGE,
      'USAGE',
      `run ${what}: expected all`,
      'single stages run as processes of their own on Kafka: --log kafka, or WEIR_LOG=kafka',
    );
  const deployment = paperDeployment(options, 1);
  const exit = await runAll({
    data: options.data,
    deployment,
    market: { seed: options.seed, scenario },
    archive: options.archive,
  });
  return exit as ExitCode;
}

/** What `run` runs, on whichever log. */
export function paperDeployment(options: RunCommandOptions, partitions: number): Deployment {
  return {
    run_id: 'paper',
    mode: 'paper',
    ...PAPER_TERMS,
    partitions,
    portfolios: [{ portfolio: options.portfolio, ordinal: 0, cash: options.cash, policy: loadPolicy(options.policy) }],
    instruments: options.instrument.length > 0 ? options.instrument : INSTRUMENTS,
    venues: ['sim'],
    sources: EXAMPLE_SOURCES,
    strategies: SHIPPED_STRATEGIES,
    learning: true,
    claim: `run-all-${process.pid}-${Date.now()}`,
  };
}

/** The pipeline and its sources in one process, or one of them; ends as `run all` does. */
async function runOnKafka(options: RunCommandOptions, what: string, scenario: Scenario): Promise<ExitCode> {
  const stages = KAFKA_STAGES.filter((name) => (what === 'all' ? name !== 'archive' || options.archive : name === what));
  if (stages.length === 0) throw new CommandError(EXIT.USAGE, 'USAGE', `run ${what}: expected all, ${KAFKA_STAGES.join(', ')}`);
  const config = kafkaConfig();
  const deployment = paperDeployment(options, config.topology.partitions['journal.v1']);
  if (stages.includes('market')) mkdirSync(options.data, { recursive: true });
  const { data, seed } = options;
  const start = () =>
    startKafkaStages({
      config,
      deployment,
      stages,
      market: stages.includes('market') ? { data, seed, scenario } : null,
      ...(stages.includes('archive') || stages.includes('gateway') ? { archive: { data, clickhouse: clickhouseConfig() } } : {}),
      ...(stages.includes('gateway') ? { gateway: gatewayConfig() } : {}),
      health: options.health ?? null,
      log: stderrLog(),
    });
  try {
    return (await untilSignal(start)) as ExitCode;
  } catch (error) {
    throw commandErrorOf(error) ?? kafkaFailure(error);
  }
}

/** The configuration of the environment, or every fault at once. */
function clickhouseConfig(): ClickhouseConfig {
  const { config, faults } = readClickhouseConfig();
  if (config === null) throw configError('ClickHouse', faults);
  return config;
}

function gatewayConfig(): GatewayConfig {
  const { config, faults } = readGatewayConfig();
  if (config === null) throw configError('gateway', faults);
  return config;
}
