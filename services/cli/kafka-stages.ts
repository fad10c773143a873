// The stages of a deployment on Kafka, in this process: each a member of its group, with the sources that were asked for.
import type { Micros } from '../../schemas/time.ts';
import { SECOND } from '../../schemas/time.ts';
import { LogAwayError, LogRefusedError, messageOf } from '../../topology/log/errors.ts';
import { type KafkaLog, openKafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { joinGroup, type KafkaMembership } from '../../topology/log/kafka/membership.ts';
import { SYSTEM_TIMING } from '../../topology/log/kafka/system-timing.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { Outgoing } from '../../topology/log/shared-log.ts';
import { createClaimWatch } from '../../topology/runtime/claimed/claim-watch.ts';
import { runStage, type StageRuntime } from '../../topology/runtime/claimed/stage-runtime.ts';
import { draftOfSource, type SourceRecord } from '../../topology/runtime/source.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import type { Stage } from '../../topology/stage.ts';
import { type StageName, stageOf } from '../../topology/stages.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { groupName } from '../deployment/topic-acls.ts';
import { wallClock } from '../market/live/clock.ts';
import type { Scenario } from '../market/synthetic/scenarios.ts';
import { EXIT } from './exit-codes.ts';
import { beginOnKafka } from './kafka-begin.ts';
import { lastMinutesOn } from './kafka-market.ts';
import { type Closing, type Ending, newClosing, newEnding } from './owner-ending.ts';
import type { OwnerLog } from './owner-events.ts';
import { originIn, startMarket } from './owner-market.ts';
import { type Probe, type StageHealth, serveHealth } from './stage-health.ts';

/** What runs as a process of its own on Kafka. */
export const PIPELINE: readonly StageName[] = ['strategy', 'enrichment', 'decision', 'execution', 'monitor', 'learning'];
export const KAFKA_SOURCES = ['clock', 'market'] as const satisfies readonly StageName[];

export interface KafkaStagesOptions {
  readonly config: KafkaConfig;
  /** Its partitions are those of the journal. */
  readonly deployment: Deployment;
  readonly stages: readonly StageName[];
  /** Null: nothing here writes market data. */
  readonly market: { readonly data: string; readonly seed: number; readonly scenario: Scenario } | null;
  /** `host:port` for probes; null: none. */
  readonly health: string | null;
  readonly log: OwnerLog;
  readonly snapshot_every_us?: Micros;
}

export interface KafkaStages {
  /** Where probes are answered; '' if nowhere. */
  readonly health: string;
  probe(): Probe;
  stop(reason: string, exit?: number): void;
  readonly ended: Promise<number>;
}

interface Running {
  readonly name: StageName;
  readonly membership: KafkaMembership;
  readonly runtime: StageRuntime;
}

const COMMIT_MS = 1_000;

/** Returns when every stage has begun to join its group. Throws what openKafkaLog throws. */
export async function startKafkaStages(options: KafkaStagesOptions): Promise<KafkaStages> {
  const { config, log: tell } = options;
  const stopped: StageStopped[] = [];
  const closing = newClosing();
  const ending = newEnding(tell, closing, () => stopped.length > 0);
  tell({
    event: 'stages-starting',
    brokers: config.settings.brokers.join(','),
    stages: options.stages.join(','),
    run_id: options.deployment.run_id,
  });
  try {
    const log = await openKafkaLog(config);
    closing.add(() => log.close());
    log.failed.catch((error: unknown) => failed(ending, tell, error));
    return await run(options, log, closing, ending, stopped);
  } catch (error) {
    await closing.all();
    throw error;
  }
}

function failed(ending: Ending, tell: OwnerLog, error: unknown): void {
  tell({ event: 'log-failed', message: messageOf(error) });
  ending.end('the log failed', exitOf(error));
}

function exitOf(error: unknown): number {
  if (error instanceof LogRefusedError) return EXIT.BAD_CONFIGURATION;
  return error instanceof LogAwayError ? EXIT.DEPENDENCY_AWAY : EXIT.FAILURE;
}

async function run(
  options: KafkaStagesOptions,
  log: KafkaLog,
  closing: Closing,
  ending: Ending,
  stopped: StageStopped[],
): Promise<KafkaStages> {
  const { config, deployment, log: tell } = options;
  const { topology } = config;
  const append = (records: readonly SourceRecord[]): Promise<AppendResult> => appendSource(log, records);

  await beginOnKafka(log, deployment, append, tell);
  const watch = createClaimWatch(log);
  const running: Running[] = [];
  for (const name of options.stages.filter((of) => PIPELINE.includes(of))) running.push(start(name));
  closing.add(async () => {
    await Promise.all(running.map(({ runtime }) => runtime.stop()));
  });

  function start(name: StageName): Running {
    const make = (claim: string): Stage<unknown> => {
      const stage = stagesOf({ ...deployment, claim }).find((of) => of.name === name);
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
      failed: (error) => failed(ending, tell, error),
      tell: told,
    });
    const runtime = runStage({
      log,
      membership,
      timing: SYSTEM_TIMING,
      watch,
      stage: make,
      tell: told,
      on_stopped(at) {
        stopped.push(at);
        const { stage, partition, reason, topic, topic_partition, offset, message } = at;
        tell({ event: 'partition-stopped', stage, partition, reason, topic, topic_partition, offset, message });
      },
      on_failed: (error) => failed(ending, tell, error),
      ...(options.snapshot_every_us === undefined ? {} : { snapshot_every_us: options.snapshot_every_us }),
    });
    return { name, membership, runtime };
  }

  const commits = setInterval(() => {
    for (const { name, membership, runtime } of running) {
      const shared = new Set<string>(
        stageOf(name)
          .inputs.filter(({ scope }) => scope !== 'all')
          .map(({ topic }) => topic),
      );
      const positions = runtime.positions().filter(({ topic }) => shared.has(topic));
      void membership.commit(positions.map((at) => ({ ...at, topic: `${topology.prefix}${at.topic}` })));
    }
  }, COMMIT_MS);
  closing.add(() => clearInterval(commits));

  if (options.stages.includes('clock')) closing.add(startClock(log, append, (error) => failed(ending, tell, error)));
  if (options.market !== null && options.stages.includes('market')) {
    const { data, seed, scenario } = options.market;
    const origin = originIn(data, seed, scenario);
    const into = { append, room: () => Promise.resolve() };
    const end = startMarket(deployment, origin, await lastMinutesOn(log), into, (error) => {
      tell({ event: 'market-failed', message: messageOf(error) });
      ending.end('the market source failed', exitOf(error));
    });
    closing.add(end);
  }

  const health = (): StageHealth => ({
    ending: ending.begun(),
    stages: running.map(({ name, membership, runtime }) => ({
      name,
      assigned: membership.assignment()?.partitions ?? null,
      owned: runtime.owned(),
      stopped: runtime.stopped().map(({ message }) => message),
      silent_ms: performance.now() - membership.answeredAt(),
      session_ms: membership.session_ms,
    })),
  });
  const server = await serveHealth(options.health, health);
  closing.add(() => server.close());
  ending.ready();
  return { health: server.address, probe: server.ready, stop: ending.end, ended: ending.ended };
}

/** Records of a source: without a claim, under the partition of their key. */
function appendSource(log: KafkaLog, records: readonly SourceRecord[]): Promise<AppendResult> {
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
