// Stops trading through the log alone: for when no gateway answers. Needs the brokers, and nothing else.
import type { Micros } from '../../schemas/time.ts';
import { SYSTEM_TIMING } from '../../topology/log/kafka/system-timing.ts';
import { registeredLogs } from '../../topology/registry/registered-log.ts';
import { type FollowedFold, followFold } from '../../topology/runtime/claimed/follow.ts';
import type { TypedSourceRecord } from '../../topology/runtime/source.ts';
import type { Stage } from '../../topology/stage.ts';
import type { DecisionState } from '../decision/state.ts';
import { statusOf } from '../decision/status/status.ts';
import { PAPER_TERMS } from '../deployment/deployment.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { decisionStageOf } from '../deployment/pipeline.ts';
import type { PortfolioName } from '../gateway/ports.ts';
import { wallClock } from '../market/live/clock.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { appendSource } from './kafka-pipeline.ts';

export interface Killed {
  readonly portfolio: string;
  /** As the decision fold has it after the record. */
  readonly state: string;
}

/** `portfolio`: a name, or `*` for every one that the journal knows. Throws what registeredLogs and openKafkaLog throw; no registry is asked. */
export async function killOnKafka(
  config: KafkaConfig,
  portfolio: string,
  record: (of: PortfolioName, now: Micros) => TypedSourceRecord<'Control'>,
): Promise<readonly Killed[]> {
  const openLog = await registeredLogs({ ...config, registry: null }, () => {});
  const log = await openLog(config);
  try {
    const stage = decisionStageOf(PAPER_TERMS) as Stage<unknown>;
    const partitions = Array.from({ length: log.topology.partitions['journal.v1'] }, (_, partition) => partition);
    const folds = await Promise.all(partitions.map((partition) => followFold(log, SYSTEM_TIMING, stage, partition, () => {})));
    await Promise.all(folds.map(async (fold) => reached(fold, await log.endOffset('journal.v1', fold.place.partition))));
    const known = folds.flatMap((fold) => [...portfoliosOf(fold).values()]);
    const meant = known.filter((one) => portfolio === '*' || one.portfolio === portfolio);
    if (meant.length === 0) {
      const names = known.map((one) => one.portfolio).join(', ');
      throw new CommandError(EXIT.USAGE, 'USAGE', `--portfolio ${portfolio}: expected * or one of ${names}`);
    }
    const now = wallClock();
    const result = await appendSource(
      log,
      meant.map((one) => record(one, now)),
    );
    for (const { partition, offset, count } of result) {
      const fold = folds[partition];
      if (fold !== undefined) await reached(fold, offset + count);
    }
    return folds.flatMap((fold) =>
      [...portfoliosOf(fold).values()]
        .filter((one) => meant.some(({ portfolio: name }) => name === one.portfolio))
        .map((one) => ({ portfolio: one.portfolio, state: statusOf(one).state })),
    );
  } finally {
    await log.close();
  }
}

function portfoliosOf(fold: FollowedFold): DecisionState['portfolios'] {
  return (fold.state() as DecisionState).portfolios;
}

function reached(fold: FollowedFold, offset: number): Promise<void> {
  return Promise.race([fold.ended, fold.reaches(offset)]);
}
