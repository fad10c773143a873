// `weir run all`: one process that owns a data directory and runs every stage on the wall clock until it is told to stop.

import type { DataLock } from '../../topology/log/data-lock.ts';
import { LogFullError, messageOf } from '../../topology/log/errors.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { partitionFor } from '../../topology/partition.ts';
import { letterFor } from '../../topology/runtime/letter.ts';
import { createLiveRuntime, type LiveRuntime } from '../../topology/runtime/live-runtime.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import { isTopicName } from '../../topology/topics.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { RefusedRecord } from '../archive/owner.ts';
import type { DecisionState } from '../decision/state.ts';
import { archiveSettings } from '../deployment/archive-settings.ts';
import { type DataPaths, pathsOf, saveDeployment } from '../deployment/data-directory.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { firstRecords } from '../deployment/first-records.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { within } from '../gateway/append-within.ts';
import type { GatewayPorts } from '../gateway/ports.ts';
import { makeServer } from '../gateway/routes.ts';
import { listen, socketPathOf, urlOf } from '../gateway/socket.ts';
import { wallClock } from '../market/live/clock.ts';
import { lastMinutes } from '../market/live/last-minute.ts';
import type { Origin } from '../market/live/origin.ts';
import type { Scenario } from '../market/synthetic/scenarios.ts';
import { EXIT } from './exit-codes.ts';
import { NO_ARCHIVE, ownArchive } from './owned-archive.ts';
import { checkDirectory, lockOf } from './owner-directory.ts';
import { type Closing, newClosing, newEnding } from './owner-ending.ts';
import { type OwnerLog, stderrLog } from './owner-events.ts';
import { watchHalts } from './owner-halts.ts';
import { startMarket } from './owner-market.ts';
import { openProjection, signalReader } from './owner-projection.ts';
import { ownedStages, ownerReadiness, ownerStatus } from './owner-status.ts';
import { tellPolicy } from './policy-differs.ts';

export interface RunAllOptions {
  /** The data directory. */
  readonly data: string;
  readonly deployment: Deployment;
  /** Null: nothing writes market data. */
  readonly market: { readonly seed: number; readonly scenario: Scenario } | null;
  readonly archive: boolean;
  /** Default: JSON lines on stderr. */
  readonly log?: OwnerLog;
}

export interface Owner {
  readonly socket: string;
  /** Takes no more, finishes what it has, writes final snapshots. The first call decides the exit code. */
  stop(reason: string, exit?: number): void;
  /** The exit code, once everything is closed. */
  readonly ended: Promise<number>;
}

const APPEND_MS = 5_000;
/** A graceful stop that takes longer than this is given up. */
export const STOP_MS = 30_000;

/**
 * Runs until a signal, a failure, or the last stage stands. SIGTERM ends gracefully with 0, SIGINT with 130, also during the
 * start; a second one at once.
 */
export function runAll(options: RunAllOptions): Promise<number> {
  return untilSignal(() => startAll(options));
}

/** For so long what is only beginning may go on once it was told to end; then it is left as a crash would leave it. */
const BEGIN_MS = 2_000;

/** What a process runs until it is told to end. */
export type Stoppable = Pick<Owner, 'stop' | 'ended'>;

export async function untilSignal(start: () => Promise<Stoppable>): Promise<number> {
  let owner: Stoppable | null = null;
  let asked: { readonly signal: string; readonly exit: number } | null = null;
  let cut: NodeJS.Timeout | undefined;
  const leave = (signal: string, exit: number): void => {
    if (owner !== null) return;
    const tell = stderrLog();
    tell({ event: 'stopping', reason: `${signal} before it had begun` });
    tell({ event: 'stopped', exit });
    process.exit(exit);
  };
  const hear = (signal: 'SIGTERM' | 'SIGINT', exit: number, forced: number) => {
    const heard = () => {
      if (asked !== null) process.exit(forced);
      asked = { signal, exit };
      setTimeout(() => process.exit(forced), STOP_MS).unref();
      if (owner !== null) owner.stop(signal, exit);
      else cut = setTimeout(leave, BEGIN_MS, signal, exit).unref();
    };
    process.on(signal, heard);
    return () => process.off(signal, heard);
  };
  const deaf = [hear('SIGTERM', EXIT.OK, 143), hear('SIGINT', 130, 130)];
  const startedAs = (): typeof asked => asked;
  try {
    owner = await start();
    const early = startedAs();
    if (early !== null) owner.stop(early.signal, early.exit);
    return await owner.ended;
  } finally {
    clearTimeout(cut);
    for (const stop of deaf) stop();
  }
}

/** Returns when signals are accepted. Throws CommandError where the directory or its configuration does not let it. */
export async function startAll(options: RunAllOptions): Promise<Owner> {
  const tell = options.log ?? stderrLog();
  // Each start has a claim of its own, whatever its caller calls it: what an earlier start asked the venue is not asked for again.
  const deployment = { ...options.deployment, claim: `${options.deployment.claim}-${wallClock()}` };
  const paths = pathsOf(options.data);
  const closing = newClosing();
  try {
    const lock = lockOf(options.data);
    closing.add(() => lock.release());
    const origin = checkDirectory(paths, options);
    saveDeployment(paths, deployment, false);
    tell({ event: 'starting', data: options.data, run_id: deployment.run_id, mode: deployment.mode });
    const log = openSqliteLog({ path: paths.log, topology: topologyOf(deployment.partitions) });
    closing.add(() => log.close());
    return await run({ options: { ...options, deployment }, tell, paths, lock, origin, log, closing });
  } catch (error) {
    await closing.all();
    throw error;
  }
}

interface Starting {
  readonly options: RunAllOptions;
  readonly tell: OwnerLog;
  readonly paths: DataPaths;
  readonly lock: DataLock;
  readonly origin: Origin | null;
  readonly log: LocalLog;
  readonly closing: Closing;
}

async function run({ options, tell, paths, lock, origin, log, closing }: Starting): Promise<Owner> {
  const { deployment } = options;
  const stopped: StageStopped[] = [];
  const times = { committed_at: wallClock(), market_at: 0 };
  const signals = signalReader(deployment);
  const projection = openProjection(log, deployment, signals, times);
  const ending = newEnding(tell, closing, () => stopped.length > 0);

  const begun = performance.now();
  const stages = stagesOf(deployment);
  const tasks = stages.length * deployment.partitions;
  const runtime = createLiveRuntime({
    log,
    stages,
    clock: wallClock,
    // The synthetic venue lives on this very clock.
    skew_ms: () => (origin === null ? null : 0),
    on_stopped: (at) => {
      stopped.push(at);
      const { stage, partition, reason, topic, topic_partition, offset, message } = at;
      tell({ event: 'partition-stopped', stage, partition, reason, topic, topic_partition, offset, message });
      if (stopped.length === tasks) ending.end('every stage has stopped', EXIT.FAILURE);
    },
    on_failed: (error) => {
      tell({ event: 'log-failed', message: messageOf(error) });
      ending.end('the log cannot be written', error instanceof LogFullError ? EXIT.DEPENDENCY_AWAY : EXIT.FAILURE);
    },
  });
  closing.add(() => runtime.stop());
  tell({ event: 'recovered', duration_ms: Math.round(performance.now() - begun), records: log.lastSequence() });
  // A fold that stands may not know what its journal holds: nothing is begun a second time.
  if (!stopped.some(({ stage }) => stage === 'decision')) await begin(deployment, runtime, tell);
  const { run_id, mode } = deployment;
  const portfolios = deployment.portfolios.map(({ portfolio }) => ({ portfolio, run_id, mode }));
  // Before anything can be decided.
  const append = (records: readonly SourceRecord[]) => within(runtime.append(records), APPEND_MS);
  closing.add(await watchHalts({ data: options.data, portfolios, append, tell }));

  const archive = options.archive
    ? ownArchive({
        settings: archiveSettings(paths, deployment),
        log: tell,
        letter: (refused) => writeLetter(log, runtime, tell, refused),
        away: () => ending.end('the archive cannot start', EXIT.DEPENDENCY_AWAY),
      })
    : NO_ARCHIVE;
  // Before the runtime ends: letters that the last records cost are still written.
  closing.add(() => archive.stop());

  const archiveNow = () => ({ state: archive.state(), detail: archive.detail() });

  const ports: GatewayPorts = {
    now: wallClock,
    append,
    signals,
    projection,
    portfolios,
    archive: () => archive.reads(),
    behind: () => null,
    status: () => {
      const now = wallClock();
      const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition);
      return ownerStatus({
        deployment,
        states: partitions.map((partition) => (runtime.stateOf('decision', partition) as DecisionState | undefined) ?? null),
        stages: ownedStages({ log, stages, stopped, committed_at: times.committed_at, now }),
        queued: runtime.queued(),
        market_at: times.market_at,
        archive: archiveNow(),
        open_letters: projection.openLetters(),
        now,
      });
    },
    readiness: () => ownerReadiness({ ending: ending.begun(), stopped, ...times, archive: archiveNow(), now: wallClock() }),
    failed: (route, error) => tell({ event: 'request-failed', route, message: messageOf(error) }),
  };
  const server = makeServer(ports);
  closing.add(() => server.close());
  const socket = socketPathOf(options.data);
  await listen(server, socket);
  lock.setUrl(urlOf(socket));
  tell({ event: 'listening', socket });

  if (origin !== null)
    closing.add(
      startMarket(deployment, origin, lastMinutes(log, deployment.instruments), runtime, (error) => {
        tell({ event: 'market-failed', message: messageOf(error) });
        ending.end('the market source failed', EXIT.FAILURE);
      }),
    );
  ending.ready();
  return { socket, stop: ending.end, ended: ending.ended };
}

/** The policy and the cash of each portfolio that the journal does not know yet. */
async function begin(deployment: Deployment, runtime: LiveRuntime, tell: OwnerLog): Promise<void> {
  const fresh = deployment.portfolios.filter((setup) => {
    const partition = partitionFor('journal.v1', setup.portfolio, deployment.partitions);
    const state = runtime.stateOf('decision', partition) as DecisionState | undefined;
    tellPolicy(state, setup, tell);
    return state?.portfolios.get(setup.portfolio) === undefined;
  });
  if (fresh.length > 0) await runtime.append(firstRecords({ ...deployment, portfolios: fresh }, wallClock()));
}

async function writeLetter(log: LocalLog, runtime: LiveRuntime, tell: OwnerLog, refused: RefusedRecord): Promise<void> {
  const { topic, partition, offset, reason } = refused;
  tell({ event: 'archive-refused', topic, partition, offset, reason });
  const [record] = isTopicName(topic) ? log.readNow(topic, partition, offset, 1) : [];
  if (record === undefined) return;
  const value = letterFor(record, 'archive', '', 'SINK_REFUSED', reason, wallClock());
  const id = value.dead_letter_id;
  // A log that does not take it has ended the process; the record itself is archived whole.
  await runtime
    .append([{ topic: 'dead-letters.v1', type: 'DeadLetter', key: record.key, value, id, cause: record.id }])
    .catch((error: unknown) => tell({ event: 'log-failed', message: messageOf(error) }));
}
