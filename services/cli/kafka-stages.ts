// A process on Kafka: stages of the pipeline with their sources, the archive and the gateway, as far as they were asked for.
import { mkdirSync } from 'node:fs';
import type { DataLock } from '../../topology/log/data-lock.ts';
import { messageOf } from '../../topology/log/errors.ts';
import { type OpenLog, registeredLogs } from '../../topology/registry/registered-log.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import type { StageName } from '../../topology/stages.ts';
import { kafkaArchiveSettings } from '../deployment/archive-settings.ts';
import type { ClickhouseConfig } from '../deployment/clickhouse-config.ts';
import { pathsOf } from '../deployment/data-directory.ts';
import type { GatewayConfig } from '../deployment/gateway-config.ts';
import { archiveBeside, archiveHere, type RunningArchive } from './kafka-archive.ts';
import { startGateway } from './kafka-gateway.ts';
import { type PipelineOptions, startPipeline } from './kafka-pipeline.ts';
import { commandErrorOf } from './known-errors.ts';
import { lockOf } from './owner-directory.ts';
import { type Closing, type Ending, newClosing, newEnding } from './owner-ending.ts';
import { type Probe, type StageHealth, serveHealth } from './stage-health.ts';
import { kafkaFailure } from './topics.ts';

/** What takes records from a log, as a member of a group each. */
export const PIPELINE: readonly StageName[] = ['strategy', 'enrichment', 'decision', 'execution', 'monitor', 'learning'];
export const KAFKA_SOURCES = ['clock', 'market'] as const satisfies readonly StageName[];
/** What runs as a process of its own on Kafka. */
export const KAFKA_STAGES: readonly StageName[] = [...PIPELINE, ...KAFKA_SOURCES, 'archive', 'gateway'];

export interface KafkaStagesOptions extends PipelineOptions {
  /** Where an archive of this process stores, and what a gateway asks. */
  readonly archive?: { readonly data: string; readonly clickhouse: ClickhouseConfig };
  readonly gateway?: GatewayConfig;
  /** `host:port` for probes; null: none. */
  readonly health: string | null;
}

export interface KafkaStages {
  /** Where probes are answered; '' if nowhere. */
  readonly health: string;
  /** Address of the gateway; '' if none runs here. */
  readonly gateway: string;
  probe(): Probe;
  stop(reason: string, exit?: number): void;
  readonly ended: Promise<number>;
}

/** Returns when every stage has begun to join its group. Throws what openKafkaLog and startKafkaArchive throw. */
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
    return await run(options, closing, ending, stopped);
  } catch (error) {
    await closing.all();
    throw error;
  }
}

async function run(options: KafkaStagesOptions, closing: Closing, ending: Ending, stopped: StageStopped[]): Promise<KafkaStages> {
  const { config, log: tell, stages } = options;

  function failed(error: unknown, source?: StageName): void {
    const message = messageOf(error);
    tell(source === 'market' ? { event: 'market-failed', message } : { event: 'log-failed', message });
    ending.end(
      source === undefined ? 'the log failed' : `the ${source} failed`,
      (commandErrorOf(error) ?? kafkaFailure(error)).exit,
    );
  }

  const openLog = await registeredLogs(config, (message) => tell({ event: 'registry-away', message }));
  let pipeline = (): StageHealth['stages'] => [];
  const piped = stages.filter((name) => PIPELINE.includes(name) || KAFKA_SOURCES.some((source) => source === name));
  if (piped.length > 0) {
    const log = await openLog(config);
    closing.add(() => log.close());
    log.failed.catch((error: unknown) => failed(error));
    pipeline = await startPipeline({ ...options, stages: piped }, log, closing, failed, (at) => {
      stopped.push(at);
      const { stage, partition, reason, topic, topic_partition, offset, message } = at;
      tell({ event: 'partition-stopped', stage, partition, reason, topic, topic_partition, offset, message });
    });
  }
  const lock = lockEngine(options, closing);
  const archive = await startArchive(options, openLog, piped.length > 0, closing, (error) => failed(error, 'archive'));
  const gateway =
    options.gateway === undefined || options.archive === undefined || !stages.includes('gateway')
      ? null
      : await startGateway(
          {
            ...options,
            gateway: options.gateway,
            clickhouse: options.archive.clickhouse,
            archive,
            openLog,
            ending: ending.begun,
            refused: (error) => failed(error, 'gateway'),
          },
          closing,
        );

  // Commands in the folder find the gateway by its lock.
  if (gateway !== null) lock?.setUrl(gateway.url);

  const health = (): StageHealth => {
    const archived = archive?.health() ?? { stages: [] };
    const others = { ...archived.others, ...(gateway === null ? {} : { gateway: gateway.health() }) };
    return { ending: ending.begun(), stages: [...pipeline(), ...archived.stages], others };
  };
  const server = await serveHealth(options.health, health);
  closing.add(() => server.close());
  ending.ready();
  return { health: server.address, gateway: gateway?.url ?? '', probe: server.ready, stop: ending.end, ended: ending.ended };
}

/** An engine of its own has one owner. */
function lockEngine({ stages, archive }: KafkaStagesOptions, closing: Closing): DataLock | null {
  if (archive === undefined || archive.clickhouse.server !== null || !stages.includes('archive')) return null;
  mkdirSync(archive.data, { recursive: true });
  const lock = lockOf(archive.data);
  closing.add(() => lock.release());
  return lock;
}

/** Beside stages it is a process of its own, and they go on without it. */
async function startArchive(
  { config, deployment, stages, archive: wanted, log: tell }: KafkaStagesOptions,
  openLog: OpenLog,
  beside: boolean,
  closing: Closing,
  failed: (error: unknown) => void,
): Promise<RunningArchive | null> {
  if (wanted === undefined || !stages.includes('archive')) return null;
  const paths = pathsOf(wanted.data);
  const settings = kafkaArchiveSettings(config, wanted.clickhouse, paths, deployment);
  const archive = beside
    ? archiveBeside(settings, tell, failed)
    : await archiveHere(settings, settings.log, openLog, tell, failed);
  closing.add(() => archive.stop());
  return archive;
}
