// Runs all stages in one thread under a virtual clock: the engine of backtests, simulations and tests.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { LocalLog } from '../log/log.ts';
import type { Stage } from '../stage.ts';
import type { StageName } from '../stages.ts';
import { createEngine } from './engine.ts';
import type { SourceEvent, SourceRecord } from './source.ts';
import { standingSource } from './standing-source.ts';
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

/**
 * Recovers every stage from the log, then waits for events. A run that was killed is given the same events from the start:
 * those that stand are skipped. Throws StageStopped where a stage has a bug or diverges.
 */
export function createVirtualRuntime(options: VirtualOptions): VirtualRuntime {
  const { log } = options;
  const snapshotEvery = options.snapshot_every_us ?? Number.POSITIVE_INFINITY;
  const tickPartitions = options.tick_partitions ?? Array.from({ length: log.topology.partitions['journal.v1'] }, (_, p) => p);
  let stopped: StageStopped | null = null;
  const standing = standingSource(log);
  const engine = createEngine({
    log,
    stages: options.stages,
    now: log.readMerged(log.lastSequence() - 1, 1, () => true)[0]?.at ?? 0,
    observe: options.observe,
    hash_inputs: options.snapshot_every_us !== undefined,
    on_stopped(of) {
      stopped ??= of;
    },
  });
  /** In an object of numbers: a variable that is set at each event would cost a write barrier. */
  const clock: { now: Micros } = { now: Number.NEGATIVE_INFINITY };
  let lastTick: Micros = standing.last_tick;
  /** No hour begins before this: most events need not look for Ticks. */
  let quietUntil: Micros = Number.NEGATIVE_INFINITY;
  let lastSnapshot: Micros = Number.NEGATIVE_INFINITY;
  /** Records of the event that a killed run had not yet appended; only while skipping. */
  let resuming = standing.left() > 0;
  failIfStopped();

  function failIfStopped(): void {
    if (stopped === null) return;
    engine.endInstant();
    log.flush();
    throw stopped;
  }

  function instant(records: readonly SourceRecord[], at: Micros): void {
    clock.now = at;
    engine.append(records, at);
    engine.settle(at);
    if (stopped !== null) failIfStopped();
    engine.endInstant();
    if (at >= lastSnapshot + snapshotEvery) snapshot(at);
  }

  function snapshot(at: Micros): void {
    if (lastSnapshot !== Number.NEGATIVE_INFINITY) engine.snapshot(at);
    lastSnapshot = at;
  }

  /** Ticks at seconds before `until`. */
  function tickBefore(until: Micros): void {
    if (until <= quietUntil && engine.deadline() >= until) return;
    for (;;) {
      const at = nextTick(options.ticks, clock.now, lastTick, engine.deadline());
      if (at >= until) {
        if (options.ticks === 'sparse' && clock.now !== Number.NEGATIVE_INFINITY) quietUntil = nextHour(clock.now, lastTick);
        return;
      }
      lastTick = at;
      instant(ticksAt(at), at);
    }
  }

  function ticksAt(at: Micros): SourceRecord[] {
    return tickPartitions.map((partition) => ({
      topic: 'journal.v1',
      type: 'Tick',
      key: '',
      partition,
      value: { tick_at: at, skew_ms: null },
    }));
  }

  function advance(event: SourceEvent): void {
    if (event.at < clock.now) throw new RangeError(`source: an event at ${event.at} µs follows one at ${clock.now} µs`);
    if (resuming) {
      const missing = event.records.filter((record) => !standing.skips(record));
      if (missing.length === 0) {
        clock.now = event.at;
        return;
      }
      resuming = false;
      if (standing.left() > 0)
        throw new RangeError('source: the log holds records that the source does not: the folder belongs to another run');
      if (missing.length === event.records.length) tickBefore(event.at);
      instant(missing, event.at);
      return;
    }
    tickBefore(event.at);
    instant(event.records, event.at);
  }

  function advanceTo(at: Micros): void {
    resuming = false;
    tickBefore(at + 1);
    clock.now = Math.max(clock.now, at);
  }

  return {
    now: () => clock.now,
    advance,
    advanceTo,
    run(source, until) {
      for (const event of source) advance(event);
      if (until !== undefined) advanceTo(until);
      log.flush();
    },
    stateOf: engine.stateOf,
    finish() {
      if (options.snapshot_every_us !== undefined) engine.snapshot(Math.max(clock.now, 0));
      log.flush();
    },
  };
}
