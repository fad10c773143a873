// The clock of a live source: tells the time and waits; a test brings its own.
import { setTimeout as wait } from 'node:timers/promises';
import { MILLISECOND, type Micros } from '../../../schemas/time.ts';

export interface LiveClock {
  readonly now: () => Micros;
  /** Resolves after so much time, or early when the signal aborts. */
  readonly sleep: (time: Micros, signal: AbortSignal) => Promise<void>;
}

/** The system's clock, in µs. */
export function wallClock(): Micros {
  return Math.round((performance.timeOrigin + performance.now()) * 1_000);
}

export const WALL: LiveClock = {
  now: wallClock,
  sleep: (time, signal) => wait(Math.ceil(time / MILLISECOND), undefined, { signal }).catch(() => undefined),
};
