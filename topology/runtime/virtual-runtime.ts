// Runs all stages in one thread under a virtual clock: the engine of backtests, simulations and tests.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { LocalLog } from '../log/log.ts';
import type { Stage } from '../stage.ts';
import type { StageName } from '../stages.ts';
import type { SourceEvent } from './source.ts';

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

/** Recovers every stage from the log, then waits for events. Throws StageStopped where a stage has a bug or diverges. */
export declare function createVirtualRuntime(options: VirtualOptions): VirtualRuntime;
