// Runs all stages in one thread under a virtual clock: the engine of backtests, simulations and tests.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { LocalLog } from '../log/log.ts';
import type { Stage } from '../stage.ts';
import type { StageName } from '../stages.ts';
import { appendSources, createEngine, deadlineOf, type Engine, endInstant, settle, snapshot, stateOf } from './engine.ts';
import type { SourceEvent, SourceRecord } from './source.ts';
import { type StandingSource, standingSource } from './standing-source.ts';
import type { StageStopped } from './stopped.ts';
import { nextHour, nextTick } from './virtual-clock.ts';

export interface VirtualOptions {
  readonly log: LocalLog;
  readonly stages: readonly Stage<unknown>[];
  /** sparse: a Tick only where a stage's deadline has come, and at every UTC hour. dense: every second. */
  readonly ticks: 'sparse' | 'dense';
  /** Journal partitions that get Ticks; default all. */
  readonly tick_partitions?: readonly number[];
  /** Sees every record once, in append order, after the stages have come to rest. */
  readonly observe?: (record: AnyEnvelope) => void;
  /** Virtual time between snapshots of all stages; default none. */
  readonly snapshot_every_us?: Micros;
}

export interface VirtualRuntime {
  /** The virtual clock. */
  now(): Micros;
  /** Ticks due before the event, then the event, then the stages to quiescence. Events come in order of time. */
  advance(event: SourceEvent): void;
  /** Ticks up to and including `at`. */
  advanceTo(at: Micros): void;
  /** advance for every event, then advanceTo(until) if given, then flush. */
  run(source: Iterable<SourceEvent>, until?: Micros): void;
  /** State of a stage's partition, to be read and not changed. */
  stateOf(stage: StageName, partition: number): unknown;
  /** Final snapshots (if snapshots are on), flush. */
  finish(): void;
}

/** What a run under the virtual clock remembers from one event to the next. */
interface Run {
  readonly engine: Engine;
  readonly standing: StandingSource;
  readonly ticks: VirtualOptions['ticks'];
  readonly tick_partitions: readonly number[];
  readonly snapshot_every_us: Micros;
  readonly stopped: StageStopped[];
  now: Micros;
  last_tick: Micros;
  /** No hour begins before this: most events need not look for Ticks. */
  quiet_until: Micros;
  last_snapshot: Micros;
  /** Records of the event that a killed run had not yet appended; only while skipping. */
  resuming: boolean;
}

/**
 * Recovers every stage from the log, then waits for events. A run that was killed is given the same events from the start:
 * those that stand are skipped. Throws StageStopped where a stage has a bug or diverges.
 */
export function createVirtualRuntime(options: VirtualOptions): VirtualRuntime {
  const { log } = options;
  const stopped: StageStopped[] = [];
  const standing = standingSource(log);
  const run: Run = {
    engine: createEngine({
      log,
      stages: options.stages,
      now: log.readMerged(log.lastSequence() - 1, 1, () => true)[0]?.at ?? 0,
      observe: options.observe,
      hash_inputs: options.snapshot_every_us !== undefined,
      on_stopped: (of) => stopped.push(of),
    }),
    standing,
    ticks: options.ticks,
    tick_partitions: options.tick_partitions ?? Array.from({ length: log.topology.partitions['journal.v1'] }, (_, p) => p),
    snapshot_every_us: options.snapshot_every_us ?? Number.POSITIVE_INFINITY,
    stopped,
    now: Number.NEGATIVE_INFINITY,
    last_tick: standing.last_tick,
    quiet_until: Number.NEGATIVE_INFINITY,
    last_snapshot: Number.NEGATIVE_INFINITY,
    resuming: standing.left() > 0,
  };
  failIfStopped(run);
  return {
    now: () => run.now,
    advance: (event) => advance(run, event),
    advanceTo: (at) => advanceTo(run, at),
    run(source, until) {
      for (const event of source) advance(run, event);
      if (until !== undefined) advanceTo(run, until);
      log.flush();
    },
    stateOf: (stage, partition) => stateOf(run.engine, stage, partition),
    finish() {
      if (options.snapshot_every_us !== undefined) snapshot(run.engine, Math.max(run.now, 0));
      log.flush();
    },
  };
}

function failIfStopped({ engine, stopped }: Run): void {
  const [first] = stopped;
  if (first === undefined) return;
  endInstant(engine);
  engine.log.flush();
  throw first;
}

function advance(run: Run, event: SourceEvent): void {
  if (event.at < run.now) throw new RangeError(`source: an event at ${event.at} µs follows one at ${run.now} µs`);
  if (run.resuming) {
    resume(run, event);
    return;
  }
  tickBefore(run, event.at);
  instant(run, event.records, event.at);
}

function resume(run: Run, event: SourceEvent): void {
  const missing = event.records.filter((record) => !run.standing.skips(record));
  if (missing.length === 0) {
    run.now = event.at;
    return;
  }
  run.resuming = false;
  if (run.standing.left() > 0)
    throw new RangeError('source: the log holds records that the source does not: the folder belongs to another run');
  if (missing.length === event.records.length) tickBefore(run, event.at);
  instant(run, missing, event.at);
}

function advanceTo(run: Run, at: Micros): void {
  run.resuming = false;
  tickBefore(run, at + 1);
  run.now = Math.max(run.now, at);
}

function instant(run: Run, records: readonly SourceRecord[], at: Micros): void {
  const { engine } = run;
  run.now = at;
  appendSources(engine, records, at);
  settle(engine, at);
  if (run.stopped.length > 0) failIfStopped(run);
  endInstant(engine);
  if (at >= run.last_snapshot + run.snapshot_every_us) {
    if (run.last_snapshot !== Number.NEGATIVE_INFINITY) snapshot(engine, at);
    run.last_snapshot = at;
  }
}

/** Ticks at seconds before `until`. */
function tickBefore(run: Run, until: Micros): void {
  if (until <= run.quiet_until && deadlineOf(run.engine) >= until) return;
  for (;;) {
    const at = nextTick(run.ticks, run.now, run.last_tick, deadlineOf(run.engine));
    if (at >= until) {
      if (run.ticks === 'sparse' && run.now !== Number.NEGATIVE_INFINITY) run.quiet_until = nextHour(run.now, run.last_tick);
      return;
    }
    run.last_tick = at;
    instant(run, ticksAt(run, at), at);
  }
}

function ticksAt({ tick_partitions }: Run, at: Micros): SourceRecord[] {
  return tick_partitions.map((partition) => ({
    topic: 'journal.v1',
    type: 'Tick',
    key: '',
    partition,
    value: { tick_at: at, skew_ms: null },
  }));
}
