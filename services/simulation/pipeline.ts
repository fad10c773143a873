// What is simulated: two portfolios and two instruments, one in each partition, and every stage of the pipeline.
import { fileURLToPath } from 'node:url';
import { decimal } from '../../schemas/money.ts';
import { MINUTE } from '../../schemas/time.ts';
import { partitionFor } from '../../topology/partition.ts';
import type { Stage } from '../../topology/stage.ts';
import type { StageName } from '../../topology/stages.ts';
import { type Topology, topologyOf } from '../../topology/topology.ts';
import { decisionStage } from '../decision/stage.ts';
import { type Deployment, EXAMPLE_SOURCES } from '../deployment/deployment.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import type { VenueFaults } from '../execution/simulated/faults.ts';
import { executionStage } from '../execution/stage.ts';

export const PARTITIONS = 2;
export const TOPOLOGY: Topology = topologyOf(PARTITIONS);
export const SIMULATED: readonly StageName[] = ['strategy', 'enrichment', 'decision', 'execution', 'monitor', 'learning'];
export const INSTRUMENTS = ['AAA-USDT-PERP', 'ETH-USDT-PERP'] as const;
export const PORTFOLIOS = ['pf-0', 'pf-1'] as const;
export const VENUE = 'sim';
/** Versions of the decision stage that follow each other: they derive the same, but for their own name. */
export const VERSIONS = ['one', 'two'] as const;

export const DEPLOYMENT: Deployment = {
  run_id: 'simulation',
  mode: 'paper',
  currency: 'USDT',
  partitions: PARTITIONS,
  portfolios: PORTFOLIOS.map((portfolio, ordinal) => ({
    portfolio,
    ordinal,
    cash: decimal('1000000'),
    policy: loadPolicy(fileURLToPath(new URL('./policy.yaml', import.meta.url))),
  })),
  instruments: INSTRUMENTS,
  venues: [VENUE],
  sources: EXAMPLE_SOURCES,
  strategies: ['bench_cross'],
  base_interval: '1m',
  base_interval_us: MINUTE,
  candle_mode: false,
  learning: true,
  claim: 'simulation',
};

for (const [topic, keys] of [
  ['market.v1', INSTRUMENTS],
  ['journal.v1', PORTFOLIOS],
] as const) {
  const used = new Set(keys.map((key) => partitionFor(topic, key, PARTITIONS)));
  if (used.size !== PARTITIONS) throw new RangeError(`simulation: ${keys.join(', ')} leave a partition of ${topic} empty`);
}

const made = stagesOf(DEPLOYMENT);

export function decisionOf(version: string): Stage<unknown> {
  const stage = decisionStage({ stage_version: version, currency: 'USDT', paper_backend: 'SIMULATED', candle_interval_us: 0 });
  return stage as Stage<unknown>;
}

/** `claim` is the owner's: only execution writes it into its records. */
export function stageFor(name: StageName, version: string, claim: string, faults: VenueFaults): Stage<unknown> {
  if (name === 'decision') return decisionOf(version);
  const stage = made.find((of) => of.name === name);
  if (stage === undefined) throw new TypeError(`simulation: ${name} is no stage of the pipeline`);
  if (name !== 'execution') return stage;
  const { mode, venues, base_interval, base_interval_us } = DEPLOYMENT;
  const own = executionStage({ version: stage.version, mode, claim, venues, base_interval_us, base_interval, faults });
  return own as Stage<unknown>;
}
