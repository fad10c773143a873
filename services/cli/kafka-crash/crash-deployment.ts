// For tests: the deployment that runs on Kafka while its stages are killed; a policy that lets many orders and exits through.
import { decimal } from '../../../schemas/money.ts';
import { partitionFor } from '../../../topology/partition.ts';
import { type Deployment, SHIPPED_STRATEGIES } from '../../deployment/deployment.ts';
import { loadPolicy } from '../../deployment/policy-file.ts';
import { CRASH_INSTRUMENTS, exampleDeployment } from '../../gateway/example.ts';

/** Each instrument of the crash deployment lies in another partition. */
export const PARTITIONS = 3;

/** Stops and targets so near that the market of a minute reaches them. */
export const CRASH_POLICY = `extends: bench
venue: { failure_s: 0 }
source: { min_grade: F }
order: { max_value: 3000 }
sizing: { source: computed }
cost: { max_target_share: 1 }
strategies: { external: { stop_bps: 8, target_bps: 60 } }
execution: { route: TAKER_ONLY, exit_route: TAKER_ONLY }
`;

/** One portfolio in each partition of the journal. */
export const PORTFOLIOS: readonly string[] = Array.from({ length: PARTITIONS }, (_, partition) => {
  for (let i = 1; ; i++) if (partitionFor('journal.v1', `paper-${i}`, PARTITIONS) === partition) return `paper-${i}`;
});

export function matrixDeployment(policy: string): Deployment {
  return exampleDeployment({
    partitions: PARTITIONS,
    portfolios: PORTFOLIOS.map((portfolio, ordinal) => ({
      portfolio,
      ordinal,
      cash: decimal('100000'),
      policy: loadPolicy(policy),
    })),
    instruments: CRASH_INSTRUMENTS,
    strategies: SHIPPED_STRATEGIES,
  });
}
