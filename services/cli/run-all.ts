// `weir run all`: one process that owns a data directory and runs every stage on the wall clock until it is told to stop.

import { formatTime, type Micros, SECOND } from '../../schemas/time.ts';
import { type DataLock, lockDataDirectory } from '../../topology/log/data-lock.ts';
import { DataDirectoryLockedError, LogFullError, messageOf } from '../../topology/log/errors.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import { openSqliteLog } from '../../topology/log/sqlite.ts';
import { partitionFor } from '../../topology/partition.ts';
import { letterFor } from '../../topology/runtime/letter.ts';
import { createLiveRuntime, type LiveRuntime } from '../../topology/runtime/live-runtime.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import { isTopicName } from '../../topology/topics.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { RefusedRecord } from '../archive/owner.ts';
import type { DecisionState } from '../decision/state.ts';
import { archiveSettings } from '../deployment/archive-settings.ts';
import { type DataPaths, pathsOf, readDeployment, saveDeployment } from '../deployment/data-directory.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { firstRecords } from '../deployment/first-records.ts';
import { enrichmentConfigOf, stagesOf } from '../deployment/pipeline.ts';
import { within } from '../gateway/append-within.ts';
import type { GatewayPorts, Readiness, SignalReader } from '../gateway/ports.ts';
import { loadProjection, newProjection, type Projection, windowOf } from '../gateway/projection.ts';
import { makeServer } from '../gateway/routes.ts';
import { listen, socketPathOf, urlOf } from '../gateway/socket.ts';
import { WALL, wallClock } from '../market/live/clock.ts';
import { feed } from '../market/live/feed.ts';
import { lastMinutes } from '../market/live/last-minute.ts';
import { listingOf } from '../market/live/listing.ts';
import { liveSyntheticSource } from '../market/live/live-synthetic.ts';
import { MarketOriginError, type Origin, openOrigin } from '../market/live/origin.ts';
import type { Scenario } from '../market/synthetic/scenarios.ts';
import { canonicalInstrument, instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { checkSignal, parseSignal } from '../signals/validator.ts';
import { violation } from '../signals/violation.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { NO_ARCHIVE, type OwnedArchive, ownArchive } from './owned-archive.ts';
import { type OwnerLog, stderrLog } from './owner-events.ts';
import { ownerStatus } from './owner-status.ts';

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
const STOP_MS = 30_000;

/** Runs until a signal, a failure, or the last stage stands. SIGTERM ends gracefully with 0, SIGINT with 130; a second one at once. */
export async function runAll(options: RunAllOptions): Promise<number> {
  const owner = await startAll(options);
  let asked = false;
  const hear = (signal: 'SIGTERM' | 'SIGINT', graceful: number, forced: number) => {
    const heard = () => {
      if (asked) process.exit(forced);
      asked = true;
      setTimeout(() => process.exit(forced), STOP_MS).unref();
      owner.stop(signal, graceful);
    };
    process.on(signal, heard);
    return () => process.off(signal, heard);
  };
  const deaf = [hear('SIGTERM', EXIT.OK, 143), hear('SIGINT', 130, 130)];
  try {
    return await owner.ended;
  } finally {
    for (const stop of deaf) stop();
  }
}

/** Returns when signals are accepted. Throws CommandError where the directory or its configuration does not let it. */
export async function startAll(options: RunAllOptions): Promise<Owner> {
  const tell = options.log ?? stderrLog();
  // Each start has a claim of its own, whatever its caller calls it: what an earlier start asked the venue is not asked for again.
  const deployment = { ...options.deployment, claim: `${options.deployment.claim}-${wallClock()}` };
  const paths = pathsOf(options.data);
  /** What has to be closed, in the order in which it was opened. */
  const open: (() => Promise<void> | void)[] = [];
  /** Closes all of it, whatever happens; returns the first thing that did. */
  const closeAll = async (): Promise<unknown> => {
    let failure: unknown = null;
    for (const close of open.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failure ??= error;
      }
    }
    return failure;
  };
  try {
    const lock = lockOf(options.data);
    open.push(() => lock.release());
    const origin = checkDirectory(paths, options);
    saveDeployment(paths, deployment, false);
    tell({ event: 'starting', data: options.data, run_id: deployment.run_id, mode: deployment.mode });
    const log = openSqliteLog({ path: paths.log, topology: topologyOf(deployment.partitions) });
    open.push(() => log.close());
    return await run({ options: { ...options, deployment }, tell, paths, lock, origin, log, open, closeAll });
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function lockOf(data: string): DataLock {
  try {
    return lockDataDirectory(data);
  } catch (error) {
    if (!(error instanceof DataDirectoryLockedError)) throw error;
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'DATA_DIRECTORY_LOCKED',
      error.message,
      'stop that process, or give another folder with --data',
    );
  }
}

function checkDirectory(paths: DataPaths, { deployment, market }: RunAllOptions): Origin | null {
  const before = readDeployment(paths);
  if (before !== null && before.run_id !== deployment.run_id) {
    const message = `${paths.folder} holds run ${before.run_id}, this one is ${deployment.run_id}`;
    throw new CommandError(EXIT.BAD_CONFIGURATION, 'DATA_DIRECTORY_OTHER_RUN', message, 'give another folder with --data');
  }
  if (market === null) return null;
  try {
    return openOrigin(paths.folder, market.seed, market.scenario, wallClock());
  } catch (error) {
    if (!(error instanceof MarketOriginError)) throw error;
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'MARKET_CHANGED',
      error.message,
      'give the market it began with, or another folder',
    );
  }
}

interface Starting {
  readonly options: RunAllOptions;
  readonly tell: OwnerLog;
  readonly paths: DataPaths;
  readonly lock: DataLock;
  readonly origin: Origin | null;
  readonly log: LocalLog;
  readonly open: (() => Promise<void> | void)[];
  readonly closeAll: () => Promise<unknown>;
}

async function run({ options, tell, paths, lock, origin, log, open, closeAll }: Starting): Promise<Owner> {
  const { deployment } = options;
  const stopped: StageStopped[] = [];
  const times = { committed_at: wallClock(), market_at: 0 };
  const signals = signalReader(deployment);
  const projection = openProjection(log, deployment, signals, times);
  const ending = newEnding(tell, closeAll, () => stopped.length > 0);

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
  open.push(() => runtime.stop());
  tell({ event: 'recovered', duration_ms: Math.round(performance.now() - begun), records: log.lastSequence() });
  await begin(deployment, runtime, tell);

  const archive = options.archive
    ? ownArchive({
        settings: archiveSettings(paths, deployment),
        log: tell,
        letter: (refused) => writeLetter(log, runtime, tell, refused),
        away: () => ending.end('the archive cannot start', EXIT.DEPENDENCY_AWAY),
      })
    : NO_ARCHIVE;
  // Before the runtime ends: letters that the last records cost are still written.
  open.push(() => archive.stop());

  const ports: GatewayPorts = {
    now: wallClock,
    append: (records) => within(runtime.append(records), APPEND_MS),
    signals,
    projection,
    portfolios: deployment.portfolios.map(({ portfolio }) => ({ portfolio, run_id: deployment.run_id, mode: deployment.mode })),
    archive: () => archive.reads(),
    status: () =>
      ownerStatus({
        deployment,
        log,
        stages,
        stateOf: (partition) => (runtime.stateOf('decision', partition) as DecisionState | undefined) ?? null,
        stopped,
        queued: runtime.queued(),
        ...times,
        archive: { state: archive.state(), detail: archive.detail() },
        open_letters: projection.openLetters(),
        now: wallClock(),
      }),
    readiness: () => readiness(ending.begun(), stopped, times.committed_at, archive),
    failed: (route, error) => tell({ event: 'request-failed', route, message: messageOf(error) }),
  };
  const server = makeServer(ports);
  open.push(() => server.close());
  const socket = socketPathOf(options.data);
  await listen(server, socket);
  lock.setUrl(urlOf(socket));
  tell({ event: 'listening', socket });

  if (origin !== null)
    open.push(
      startMarket(deployment, origin, log, runtime, (error) => {
        tell({ event: 'market-failed', message: messageOf(error) });
        ending.end('the market source failed', EXIT.FAILURE);
      }),
    );
  ending.ready();
  return { socket, stop: ending.end, ended: ending.ended };
}

interface Ending {
  end(reason: string, exit?: number): void;
  /** Everything that has to be closed is open: what was asked for meanwhile is done now. */
  ready(): void;
  begun(): boolean;
  readonly ended: Promise<number>;
}

/** The first reason to end counts; a stage that stands, or something that does not close, makes a good end a failure. */
function newEnding(tell: OwnerLog, closeAll: () => Promise<unknown>, failed: () => boolean): Ending {
  const { promise, resolve } = Promise.withResolvers<number>();
  let asked: { readonly reason: string; readonly exit: number } | null = null;
  let ready = false;
  async function close({ reason, exit }: { readonly reason: string; readonly exit: number }): Promise<void> {
    tell({ event: 'stopping', reason });
    const failure = await closeAll();
    if (failure !== null) tell({ event: 'close-failed', message: messageOf(failure) });
    const code = exit === EXIT.OK && (failed() || failure !== null) ? EXIT.FAILURE : exit;
    tell({ event: 'stopped', exit: code });
    resolve(code);
  }
  return {
    end(reason, exit = EXIT.OK) {
      if (asked !== null) return;
      asked = { reason, exit };
      if (ready) void close(asked);
    },
    ready() {
      ready = true;
      if (asked !== null) void close(asked);
    },
    begun: () => asked !== null,
    ended: promise,
  };
}

function signalReader(deployment: Deployment): SignalReader {
  const config = enrichmentConfigOf(deployment);
  const catalog = instrumentCatalog(config.catalog);
  const sources = sourceTable(config.sources);
  return {
    parse: (bytes) => parseSignal(bytes, catalog, sources, config.bytes_max),
    check: (signal) => checkSignal(signal, catalog, sources),
    instrument(text) {
      const resolved = canonicalInstrument(text, catalog);
      return 'code' in resolved ? violation(resolved.code, 'instrument', text, resolved.expected) : resolved;
    },
  };
}

interface Times {
  committed_at: Micros;
  market_at: Micros;
}

function openProjection(log: LocalLog, deployment: Deployment, signals: SignalReader, times: Times): Projection {
  const window_us = windowOf(deployment.mode);
  const projection = newProjection({ parse: signals.parse, check: signals.check, window_us });
  loadProjection(projection, log, wallClock() - window_us);
  log.subscribe((records) => {
    times.committed_at = wallClock();
    for (const record of records) {
      if (record.topic === 'market.v1') times.market_at = record.at;
      else projection.observe(record);
    }
  });
  return projection;
}

/** The policy and the cash of each portfolio that the journal does not know yet. */
async function begin(deployment: Deployment, runtime: LiveRuntime, tell: OwnerLog): Promise<void> {
  const fresh = deployment.portfolios.filter((setup) => {
    const partition = partitionFor('journal.v1', setup.portfolio, deployment.partitions);
    const state = runtime.stateOf('decision', partition) as DecisionState | undefined;
    const known = state?.portfolios.get(setup.portfolio);
    const active = known?.policy?.policy_hash ?? null;
    const configured = setup.policy.policy_hash;
    if (active !== null && active !== configured)
      tell({ event: 'policy-differs', portfolio: setup.portfolio, active, configured });
    return known === undefined;
  });
  if (fresh.length > 0) await runtime.append(firstRecords({ ...deployment, portfolios: fresh }, wallClock()));
}

/** Returns what ends it. */
function startMarket(
  deployment: Deployment,
  origin: Origin,
  log: LocalLog,
  runtime: LiveRuntime,
  failed: (error: unknown) => void,
): () => Promise<void> {
  const abort = new AbortController();
  const source = liveSyntheticSource({
    ...origin,
    instruments: deployment.instruments.map(listingOf),
    clock: WALL,
    signal: abort.signal,
    last_minutes: lastMinutes(log, deployment.instruments),
  });
  const fed = feed(source, runtime).catch((error: unknown) => {
    if (!abort.signal.aborted) failed(error);
  });
  return () => {
    abort.abort();
    return fed;
  };
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

function readiness(ending: boolean, stopped: readonly StageStopped[], committed_at: Micros, archive: OwnedArchive): Readiness {
  const age_s = Math.max(0, (wallClock() - committed_at) / SECOND);
  return {
    ready: !ending,
    checks: {
      draining: { ok: !ending, detail: ending ? 'stopping' : '', age_s: 0 },
      log: { ok: true, detail: `last commit ${formatTime(committed_at)}`, age_s },
      stages: { ok: stopped.length === 0, detail: stopped.map(({ message }) => message).join('; '), age_s },
      archive: {
        ok: archive.state() === 'running' || archive.state() === 'off',
        detail: archive.detail() || archive.state(),
        age_s: 0,
      },
    },
  };
}
