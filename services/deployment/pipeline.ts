// Makes the stages of a deployment. Which stage reads which topic is the stage table's business, not ours.
import { contentHash } from '../../schemas/ids.ts';
import type { Stage } from '../../topology/stage.ts';
import { decisionStage } from '../decision/stage.ts';
import { defaultEnrichmentConfig, type EnrichmentConfig } from '../enrichment/config.ts';
import { enrichmentStage } from '../enrichment/stage.ts';
import { executionStage } from '../execution/stage.ts';
import { learningStage } from '../learning/stage.ts';
import { monitorStage } from '../monitor/stage.ts';
import { strategyStage } from '../strategy/stage.ts';
import type { Deployment } from './deployment.ts';

/** Changes with every change of what the code of the stage derives from the same records. */
const DECISION_VERSION = '2';
const EXECUTION_VERSION = '1';

function version(code: string, part: Readonly<Record<string, string | number | boolean>>): string {
  return `${code}-${contentHash(part).slice(0, 16)}`;
}

/** The decision stage alone: what a replay folds with. */
export function decisionStageOf(deployment: Pick<Deployment, 'currency' | 'candle_mode' | 'base_interval_us'>) {
  const candle_interval_us = deployment.candle_mode ? deployment.base_interval_us : 0;
  const { currency } = deployment;
  return decisionStage({
    stage_version: version(DECISION_VERSION, { candle_interval_us, currency }),
    currency,
    paper_backend: 'SIMULATED',
    candle_interval_us,
  });
}

/** Also what the gateway reads signals with, so that both know the same instruments and sources. */
export function enrichmentConfigOf(deployment: Deployment): EnrichmentConfig {
  const { mode } = deployment;
  return defaultEnrichmentConfig({
    run_id: deployment.run_id,
    partitions: deployment.signal_partitions ?? deployment.partitions,
    portfolios: deployment.portfolios.map(({ portfolio, ordinal }) => ({ portfolio, ordinal, mode })),
    catalog: { instruments: deployment.instruments },
    sources: deployment.sources,
    base_interval_us: deployment.base_interval_us,
  });
}

/** All stages of the deployment, on whichever log. Throws a RangeError naming what is wrong with a configuration. */
export function stagesOf(deployment: Deployment): Stage<unknown>[] {
  const { base_interval, base_interval_us, mode } = deployment;
  const stages = [
    strategyStage({ enabled: deployment.strategies.map((id) => ({ id })), base_interval }),
    enrichmentStage(enrichmentConfigOf(deployment)),
    decisionStageOf(deployment),
    executionStage({
      version: version(EXECUTION_VERSION, { base_interval, mode, venues: deployment.venues.join() }),
      mode,
      claim: deployment.claim,
      venues: deployment.venues,
      base_interval_us,
      base_interval,
    }),
    monitorStage({ base_interval }),
    learningStage({ enabled: deployment.learning }),
  ];
  return stages as Stage<unknown>[];
}
