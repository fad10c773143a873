// The gateway on Kafka: the routes over TCP, from a link to the brokers that may come and go while it stays up.
import type { AddressInfo } from 'node:net';
import { openServerStore } from '../../clickhouse/client.ts';
import { SECOND } from '../../schemas/time.ts';
import { messageOf } from '../../topology/log/errors.ts';
import type { OpenLog } from '../../topology/registry/registered-log.ts';
import { stageOf } from '../../topology/stages.ts';
import type { ClickhouseConfig } from '../deployment/clickhouse-config.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { GatewayConfig } from '../deployment/gateway-config.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { networkRule } from '../gateway/network-rule.ts';
import type { ArchiveReads, Check, GatewayPorts } from '../gateway/ports.ts';
import { newProjection, type Projection, windowOf } from '../gateway/projection.ts';
import { makeServer } from '../gateway/routes.ts';
import { wallClock } from '../market/live/clock.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { RunningArchive } from './kafka-archive.ts';
import { type KafkaLink, linkKafka } from './kafka-link.ts';
import { type ArchiveState, readsOf } from './owned-archive.ts';
import type { Closing } from './owner-ending.ts';
import type { OwnerLog } from './owner-events.ts';
import { signalReader } from './owner-projection.ts';
import { ownerStatus, type StageStatus } from './owner-status.ts';

export interface GatewayOptions {
  readonly config: KafkaConfig;
  readonly deployment: Deployment;
  readonly gateway: GatewayConfig;
  readonly clickhouse: ClickhouseConfig;
  readonly openLog: OpenLog;
  /** The archive of the same process, if there is one. */
  readonly archive: RunningArchive | null;
  readonly ending: () => boolean;
  /** The configuration is wrong: the process has to end. */
  readonly refused: (error: unknown) => void;
  readonly log: OwnerLog;
}

export interface RunningGateway {
  /** `http://host:port` */
  readonly url: string;
  health(): { readonly ok: boolean; readonly detail: string; readonly needed: boolean };
}

/** Further behind than this, reads of the projection have no answer. */
const BEHIND_MAX = 100;

/** Returns when it listens, whether or not there are brokers. */
export async function startGateway(options: GatewayOptions, closing: Closing): Promise<RunningGateway> {
  const { deployment, gateway, log: tell } = options;
  const signals = signalReader(deployment);
  const projection = newProjection({ parse: signals.parse, check: signals.check, window_us: windowOf(deployment.mode) });
  const link = linkKafka({ ...options, projection, tell });
  closing.add(() => link.stop());
  const archive = archiveOf(options, link, closing);

  const checks = (): Readonly<Record<string, Check>> => {
    const trouble = link.trouble();
    const age_s = ageOf(link);
    const { state, detail } = archive.state();
    return {
      draining: { ok: !options.ending(), detail: options.ending() ? 'stopping' : '', age_s: 0 },
      log: { ok: trouble === '', detail: trouble === '' ? `${link.behind()} records behind` : trouble, age_s },
      archive: { ok: state === 'running' || state === 'off', detail: detail === '' ? state : detail, age_s: 0 },
    };
  };
  const ports: GatewayPorts = {
    now: wallClock,
    append: link.append,
    signals,
    projection,
    portfolios: deployment.portfolios.map(({ portfolio }) => ({ portfolio, run_id: deployment.run_id, mode: deployment.mode })),
    archive: archive.reads,
    behind() {
      const trouble = link.trouble();
      if (trouble !== '') return `what this gateway knows of the log may be old: ${trouble}`;
      return link.behind() > BEHIND_MAX ? `${link.behind()} records behind the log: expected at most ${BEHIND_MAX}` : null;
    },
    status: () =>
      ownerStatus({
        deployment,
        states: link.states(),
        stages: stageRows(deployment, link, projection),
        queued: link.lag().reduce((most, { lag }) => Math.max(most, lag ?? 0), 0),
        market_at: link.moved_at().market,
        archive: archive.state(),
        open_letters: projection.openLetters(),
        now: wallClock(),
      }),
    // An archive that is away is told, and makes nobody unready.
    readiness: () => ({ ready: !options.ending() && link.trouble() === '', checks: checks() }),
    failed: (route, error) => tell({ event: 'request-failed', route, message: messageOf(error) }),
  };
  const server = makeServer(ports, networkRule({ hosts: gateway.hosts }));
  closing.add(() => server.close());
  await server.listen({ host: gateway.host, port: gateway.port }).catch((error: unknown) => {
    const at = `${gateway.host}:${gateway.port}`;
    throw new CommandError(EXIT.BAD_CONFIGURATION, 'ADDRESS_IN_USE', `${at}: ${messageOf(error)}`, 'look at WEIR_GATEWAY_LISTEN');
  });
  const { address, port, family } = server.server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  tell({ event: 'gateway-listening', url });
  return {
    url,
    health: () => ({ ok: link.trouble() === '', detail: link.trouble() === '' ? url : link.trouble(), needed: true }),
  };
}

/** Seconds since the log last had something new; 0 while nothing was seen of it. */
function ageOf(link: KafkaLink): number {
  const { log } = link.moved_at();
  return log === 0 ? 0 : Math.max(0, (wallClock() - log) / SECOND);
}

interface AskedArchive {
  readonly reads: () => ArchiveReads | null;
  readonly state: () => { readonly state: ArchiveState; readonly detail: string };
}

/** A server is asked whoever fills it; an engine only by the process that owns it. */
function archiveOf({ clickhouse, archive }: GatewayOptions, link: KafkaLink, closing: Closing): AskedArchive {
  if (clickhouse.server !== null) {
    const store = openServerStore(clickhouse.server, clickhouse.database);
    closing.add(() => store.close());
    const reads = readsOf(store, clickhouse.database);
    return { reads: () => reads, state: () => archive?.state() ?? stateByLag(link) };
  }
  if (archive !== null) return { reads: archive.reads, state: archive.state };
  const none = (): Promise<never> =>
    Promise.reject(new Error('this gateway knows no ClickHouse: set WEIR_CLICKHOUSE_URL to the server that the archive fills'));
  return { reads: () => ({ query: none, select: none }), state: () => ({ state: 'off', detail: '' }) };
}

/** Records that it has still to take: so many come within its pauses. */
const ARCHIVE_BEHIND_MAX = 10_000;

/** What its group tells of an archive that runs elsewhere. */
function stateByLag(link: KafkaLink): { readonly state: ArchiveState; readonly detail: string } {
  const rows = link.lag().filter(({ stage }) => stage === 'archive');
  const behind = rows.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
  if (rows.length === 0) return { state: 'starting', detail: 'no archive has told how far it is' };
  if (behind > ARCHIVE_BEHIND_MAX) return { state: 'troubled', detail: `${behind} records behind` };
  return { state: 'running', detail: '' };
}

/** What the groups tell of their positions; where a fold stands, its letter tells. */
function stageRows(deployment: Deployment, link: KafkaLink, projection: Projection): StageStatus[] {
  return stagesOf(deployment).map(({ name, version }) => {
    const rows = link.lag().filter(({ stage }) => stage === name);
    const standing = projection.standing().filter(({ stage }) => stage === name);
    const assigned = stageOf(name).inputs[0]?.topic;
    return {
      stage: name,
      version,
      last_progress_age_s: ageOf(link),
      lag_records: rows.filter(({ topic }) => topic === assigned).reduce((sum, { lag }) => sum + (lag ?? 0), 0),
      stopped_partitions: standing.map(({ topic, partition, offset, error_class, message }) => ({
        partition,
        reason: error_class,
        at: `${topic}/${partition}/${offset}`,
        message,
      })),
    };
  });
}
