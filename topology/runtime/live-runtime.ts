// Runs all stages in one process on the wall clock: what waits is appended, the stages settle, one commit makes it all durable.
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { appendResultOf } from '../log/append-result.ts';
import { LogClosedError, LogFullError } from '../log/errors.ts';
import type { AppendResult, LocalLog } from '../log/log.ts';
import type { Stage } from '../stage.ts';
import type { StageName } from '../stages.ts';
import { accept, appendSources, createEngine, type Engine, endInstant, settle, snapshot, stateOf, trim } from './engine.ts';
import type { SourceRecord } from './source.ts';
import type { StageStopped } from './stopped.ts';

export interface LiveOptions {
  readonly log: LocalLog;
  readonly stages: readonly Stage<unknown>[];
  /** Wall clock in µs; default the system's, which follows its corrections. */
  readonly clock?: () => Micros;
  /** Measured skew of that clock, carried by each Tick; null while unknown. */
  readonly skew_ms?: () => number | null;
  /** false: no Tick source (another one writes them). */
  readonly ticks?: boolean;
  /** Between snapshots; default 60 s. */
  readonly snapshot_every_us?: Micros;
  /** Records that may wait; `append` beyond them resolves later, and `room` tells when to go on. */
  readonly queue_records?: number;
  /** Records taken from the queue in one turn, which is one commit. */
  readonly turn_records?: number;
  /** A stage's partition stands; the others go on. The alarm. */
  readonly on_stopped?: (stopped: StageStopped) => void;
  /** The log cannot be written: nothing acknowledged is lost, the process has to be started again. */
  readonly on_failed?: (error: unknown) => void;
}

export interface LiveRuntime {
  /** Resolves once the records and everything derived from them are durable. Records of one call stay together. */
  append(records: readonly SourceRecord[]): Promise<AppendResult>;
  /** Resolves when the queue has room: what a source awaits before it reads on. */
  room(): Promise<void>;
  queued(): number;
  stateOf(stage: StageName, partition: number): unknown;
  /** Takes what waits, writes final snapshots, stops the clock. The log stays open. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly records: readonly SourceRecord[];
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Recovers every stage, then starts. One turn is one atomic commit: a decision, its order and all that follows from the same
 * record stand together or not at all, and who acts on the outside world subscribes to the log, so it acts after the commit.
 */
export function createLiveRuntime(options: LiveOptions): LiveRuntime {
  const { log } = options;
  const wallClock = options.clock ?? (() => Date.now() * 1_000);
  const snapshotEvery = options.snapshot_every_us ?? 60 * SECOND;
  const queueRecords = options.queue_records ?? 20_000;
  const turnRecords = options.turn_records ?? 1_000;
  let queue: Waiting[] = [];
  let foreign: AnyEnvelope[] = [];
  let queued = 0;
  let waitingForRoom: (() => void)[] = [];
  let now: Micros = wallClock();
  let lastTick = 0;
  let lastSnapshot = now;
  let lastTrim = now;
  let inTurn = true;
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;
  let ended: LogClosedError | null = null;

  const unsubscribe = log.subscribe((records) => {
    if (inTurn) return;
    foreign.push(...records.filter((record) => record.topic !== 'snapshots.v1'));
    schedule();
  });
  const engine: Engine = createEngine({
    log,
    stages: options.stages,
    now,
    observe: undefined,
    hash_inputs: true,
    on_stopped: (stopped) => options.on_stopped?.(stopped),
  });
  log.flush();
  inTurn = false;
  if (options.ticks ?? true) setTick();

  function schedule(): void {
    if (scheduled || ended !== null) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      turn();
    });
  }

  /** The clock of the stages never goes back, so that a log folded again sees the same times. */
  function tellTime(): Micros {
    now = Math.max(now, wallClock());
    return now;
  }

  function take(): Waiting[] {
    let records = 0;
    let calls = 0;
    while (calls < queue.length && records < turnRecords) {
      records += queue[calls]?.records.length ?? 0;
      calls += 1;
    }
    queued -= records;
    return queue.splice(0, calls);
  }

  function turn(): void {
    if (ended !== null) return;
    const calls = take();
    const others = foreign;
    foreign = [];
    if (calls.length === 0 && others.length === 0) return;
    inTurn = true;
    const appended: { readonly call: Waiting; readonly result: AppendResult }[] = [];
    try {
      const at = tellTime();
      if (others.length > 0) accept(engine, others);
      for (const call of calls) {
        const result = appendOne(call, at);
        if (result !== null) appended.push({ call, result });
      }
      settle(engine, at);
      endInstant(engine);
      log.flush();
    } catch (error) {
      fail(error, calls);
      return;
    } finally {
      inTurn = false;
    }
    for (const { call, result } of appended) call.resolve(result);
    snapshotIfDue();
    if (ended !== null) return;
    if (queued < queueRecords) {
      for (const resolve of waitingForRoom) resolve();
      waitingForRoom = [];
    }
    if (queue.length > 0 || foreign.length > 0) schedule();
  }

  /** A value that its schema cannot hold is its caller's fault alone: refused before anything of it is written. */
  function appendOne(call: Waiting, at: Micros): AppendResult | null {
    try {
      return appendResultOf(appendSources(engine, call.records, at));
    } catch (error) {
      if (error instanceof LogFullError || error instanceof LogClosedError) throw error;
      call.reject(error);
      return null;
    }
  }

  /** After the callers know that their records stand: a snapshot that fails takes none of them with it. */
  function snapshotIfDue(): void {
    if (now < lastSnapshot + snapshotEvery) return;
    lastSnapshot = now;
    inTurn = true;
    try {
      snapshot(engine, now);
      if (now >= lastTrim + HOUR) {
        lastTrim = now;
        trim(engine, now);
      }
    } catch (error) {
      fail(error, []);
    } finally {
      inTurn = false;
    }
  }

  /** Nothing of the turn stands; what the stages hold in memory is beyond the log, so only a new start can go on. */
  function fail(error: unknown, calls: readonly Waiting[]): void {
    log.discard();
    end('a turn failed');
    for (const call of [...calls, ...queue]) call.reject(error);
    queue = [];
    options.on_failed?.(error);
  }

  function end(reason: string): void {
    ended = new LogClosedError(reason);
    clearTimeout(timer);
    unsubscribe();
    for (const resolve of waitingForRoom) resolve();
    waitingForRoom = [];
  }

  function setTick(): void {
    const at = wallClock();
    const rest = SECOND - (at % SECOND);
    timer = setTimeout(
      () => {
        tick();
        if (ended === null) setTick();
      },
      Math.ceil(rest / 1_000),
    );
  }

  function tick(): void {
    const at = Math.floor(tellTime() / SECOND) * SECOND;
    if (at <= lastTick) return;
    lastTick = at;
    const skew_ms = options.skew_ms?.() ?? null;
    const records: SourceRecord[] = [];
    for (let partition = 0; partition < log.topology.partitions['journal.v1']; partition++) {
      records.push({ topic: 'journal.v1', type: 'Tick', key: '', partition, value: { tick_at: at, skew_ms } });
    }
    // Who appended learns of a failure through on_failed.
    append(records).catch(() => {});
  }

  function append(records: readonly SourceRecord[]): Promise<AppendResult> {
    if (ended !== null) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      queue.push({ records, resolve, reject });
      queued += records.length;
      schedule();
    });
  }

  return {
    append,
    room() {
      if (queued < queueRecords || ended !== null) return Promise.resolve();
      return new Promise((resolve) => {
        waitingForRoom.push(resolve);
      });
    },
    queued: () => queued,
    stateOf: (stage, partition) => stateOf(engine, stage, partition),
    async stop() {
      if (ended !== null) return;
      clearTimeout(timer);
      while (ended === null && (queue.length > 0 || foreign.length > 0)) turn();
      if (ended !== null) return;
      lastSnapshot = Number.NEGATIVE_INFINITY;
      snapshotIfDue();
      if (ended === null) end('stopped');
    },
  };
}
