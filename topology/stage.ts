// The stage contract: a synchronous step over plain data, the same for folds, merge points and effects.
import type { RecordName, RecordTypes } from '../schemas/records.generated.ts';
import type { Micros } from '../schemas/time.ts';
import type { AnyEnvelope } from './envelope.ts';
import type { StageName } from './stages.ts';
import type { TopicName } from './topics.ts';

/**
 * Publishes one record derived from the input of the running step. The runtime adds the source position, the time of
 * append and the partition (from the key). `cause` defaults to the input's id, `trace` to the input's trace.
 */
export type Emit = <T extends RecordName>(
  topic: TopicName,
  type: T,
  key: string,
  value: RecordTypes[T],
  id?: string,
  cause?: string,
  trace?: string,
) => void;

/**
 * `S` is plain data (objects, arrays, Map, Set, bigint, typed arrays): the runtime snapshots it by structured clone.
 * `step` owns its state and changes it in place; it does no I/O, reads no clock and draws no random number. It and `deadline`
 * are called without their object: they know no `this`.
 */
export interface Stage<S> {
  readonly name: StageName;
  /** Code version and hash of the configuration this stage reads: one version at a time works on a partition. */
  readonly version: string;
  init(partition: number): S;
  /** `now` is the runtime's clock in µs. Folds must not use it: their time is the record's own. */
  step(state: S, input: AnyEnvelope, emit: Emit, now: Micros): void;
  /** Another number where the state has another shape, default 1: a snapshot of another shape is read by `migrate` alone. */
  readonly shape?: number;
  /** State of another version's snapshot in the shape of this one. */
  migrate?(state: unknown, from_version: string): S;
  /** Earliest time at which a Tick would make this stage act; Infinity if none. No such function: no Tick ever does. */
  deadline?(state: S): Micros;
}
