// The stages of a deployment on Kafka, in this process: each a member of its group, with the sources that were asked for.
import type { Micros } from '../../schemas/time.ts';
import { SECOND } from '../../schemas/time.ts';
import { AppendFailedError, LogAwayError, LogRefusedError } from '../../topology/log/errors.ts';
import type { KafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { joinGroup, type KafkaMembership } from '../../topology/log/kafka/membership.ts';
import { retrying } from '../../topology/log/kafka/retrying.ts';
import { SYSTEM_TIMING } from '../../topology/log/kafka/system-timing.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { Outgoing, SharedLog } from '../../topology/log/shared-log.ts';
import { partitionFor } from '../../topology/partition.ts';
import { createClaimWatch } from '../../topology/runtime/claimed/claim-watch.ts';
import { runStage, type StageRuntime } from '../../topology/runtime/claimed/stage-runtime.ts';
import { draftOfSource, type SourceRecord } from '../../topology/runtime/source.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import type { Stage } from '../../topology/stage.ts';
import { type StageName, stageOf } from '../../topology/stages.ts';
import type { TopicName } from '../../topology/topics.ts';
import type { DecisionState } from '../decision/state.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { groupName } from '../deployment/topic-acls.ts';
import { wallClock } from '../market/live/clock.ts';
import type { Scenario } from '../market/synthetic/scenarios.ts';
import { beginOnKafka } from './kafka-begin.ts';
import { lastMinutesOn } from './kafka-market.ts';
import type { Closing } from './owner-ending.ts';
import type { OwnerLog } from './owner-events.ts';
import { originIn, startMarket } from './owner-market.ts';
import { tellPolicy } from './policy-differs.ts';
import type { StageHealth } from './stage-health.ts';

export interface PipelineOptions {
  readonly config: KafkaConfig;
  /** Its partitions are those of the journal. */
  readonly deployment: Deployment;
  /** Those with inputs, and the sources clock and market. */
  readonly stages: readonly StageName[];
  /** Null: nothing here writes market data. */
  readonly market: { readonly data: string; readonly seed: number; readonly scenario: Scenario } | null;
  readonly log: OwnerLog;
  readonly snapshot_every_us?: Micros;
}

interface Running {
  readonly name: StageName;
  /** Those whose partitions its group shares out. */
  readonly topics: readonly TopicName[];
  readonly membership: KafkaMembership;
  readonly runtime: StageRuntime;
}

/** Between two commits of the positions, and two looks at which partitions are ours. */
const LOOK_MS = 1_000;

/** What goes wrong for good is told as `failed`, with the name of the source that it ends. */
export async function startPipeline(
  options: PipelineOptions,
  log: KafkaLog,
  closing: Closing,
  failed: (error: unknown, source?: StageName) => void,
  on_stopped: (at: StageStopped) => void,
): Promise<() => StageHealth['stages']> {
  const { config, deployment, log: tell } = options;
  const { topology } = config;
  const append = (records: readonly SourceRecord[]): Promise<AppendResult> => appendSource(log, records);

  let ending = false;
  /** Again after an append that failed: a copy has no effect, by its id, or because it tells nothing new. */
  const appendSurely = (records: readonly SourceRecord[]): Promise<AppendResult> =>
    retrying(
      { settings: config.settings, closed: () => ending },
      () => append(records),
      (error) => !(error instanceof AppendFailedError),
    );

  await beginOnKafka(log, deployment, appendSurely, tell);
  const watch = createClaimWatch(log);
  const running: Running[] = [];
  for (const name of options.stages.filter((of) => stageOf(of).inputs.length > 0)) running.push(start(name));
  closing.add(async () => {
    await Promise.all(running.map(({ runtime }) => runtime.stop()));
  });

  function start(name: StageName): Running {
    const make = (claim: string): Stage<unknown> => {
      const stage = stagesOf({ ...deployment, claim, signal_partitions: topology.partitions['signals.v1'] }).find(
        (of) => of.name === name,
      );
      if (stage === undefined) throw new TypeError(`stage: ${name} is not part of the pipeline`);
      return stage;
    };
    const { version } = make('');
    const topics = stageOf(name)
      .inputs.filter(({ scope }) => scope !== 'all')
      .map(({ topic }) => topic);
    const [assigned = 'journal.v1'] = topics;
    const told = (what: string, detail: string): void => tell({ event: 'stage', stage: name, what, detail });
    const membership = joinGroup({
      settings: config.settings,
      group: groupName(topology.prefix, name),
      version,
      topics: topics.map((topic) => `${topology.prefix}${topic}`),
      partitions: topology.partitions[assigned],
      failed,
      tell: told,
    });
    const runtime = runStage({
      log,
      membership,
      timing: SYSTEM_TIMING,
      watch,
      stage: make,
      tell: told,
      on_stopped,
      on_failed: failed,
      ...(options.snapshot_every_us === undefined ? {} : { snapshot_every_us: options.snapshot_every_us }),
    });
    return { name, topics, membership, runtime };
  }

  /** Partitions of decision that were current at the last look. */
  let current: ReadonlySet<number> = new Set();
  function lookAtPolicies(decision: StageRuntime): void {
    const before = current;
    current = new Set(decision.owned().flatMap((of) => (of.current ? [of.partition] : [])));
    for (const setup of deployment.portfolios) {
      const partition = partitionFor('journal.v1', setup.portfolio, topology.partitions['journal.v1']);
      if (current.has(partition) && !before.has(partition))
        tellPolicy(decision.stateOf(partition) as DecisionState | undefined, setup, tell);
    }
  }

  const looking = setInterval(() => {
    for (const { name, topics, membership, runtime } of running) {
      if (name === 'decision') lookAtPolicies(runtime);
      const positions = runtime.positions().filter((at) => topics.some((topic) => topic === at.topic));
      void membership.commit(positions.map((at) => ({ ...at, topic: `${topology.prefix}${at.topic}` })));
    }
  }, LOOK_MS);
  closing.add(() => clearInterval(looking));

  if (options.stages.includes('clock')) closing.add(startClock(log, append, failed));
  if (options.market !== null && options.stages.includes('market')) {
    const { data, seed, scenario } = options.market;
    const origin = originIn(data, seed, scenario);
    const into = { append: appendSurely, room: () => Promise.resolve() };
    const end = startMarket(deployment, origin, await lastMinutesOn(log), into, (error) => failed(error, 'market'));
    closing.add(end);
    closing.add(() => {
      ending = true;
    });
  }

  return () =>
    running.map(({ name, membership, runtime }) => ({
      name,
      assigned: membership.assignment()?.partitions ?? null,
      owned: runtime.owned(),
      stopped: runtime.stopped().map(({ message }) => message),
      silent_ms: performance.now() - membership.answeredAt(),
      session_ms: membership.session_ms,
    }));
}

/** Records of a source: without a claim, under the partition of their key. */
export function appendSource(log: SharedLog, records: readonly SourceRecord[]): Promise<AppendResult> {
  const at = wallClock();
  const { partitions } = log.topology;
  return log.append(
    records.map(
      (record): Outgoing => ({ kind: 'RECORD', draft: draftOfSource(record, at, partitions[record.topic]), claim: null }),
    ),
  );
}

/** One Tick a second in every partition of the journal; of several clocks the first one counts. */
function startClock(
  log: KafkaLog,
  append: (records: readonly SourceRecord[]) => Promise<AppendResult>,
  failed: (error: unknown) => void,
): () => void {
  let last = 0;
  const timer = setInterval(() => {
    const tick_at = Math.floor(wallClock() / SECOND) * SECOND;
    if (tick_at <= last) return;
    last = tick_at;
    const records = Array.from(
      { length: log.topology.partitions['journal.v1'] },
      (_, partition): SourceRecord => ({ topic: 'journal.v1', type: 'Tick', key: '', partition, value: { tick_at, skew_ms: 0 } }),
    );
    append(records).catch((error: unknown) => {
      // A second that was not told is gone; the next one comes anyway.
      if (error instanceof LogAwayError || error instanceof LogRefusedError) failed(error);
    });
  }, 50);
  return () => clearInterval(timer);
}
