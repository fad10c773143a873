// The time since something last happened against the least that must pass: elapsed = limit passes.
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { fail, type Gate, passWith, secondsOf, slackAbove, whole } from './gate.ts';

/** `last` -1 = never. */
export function spaced(gate: Gate, now: Micros, last: Micros, least_s: number, reason: string): GateVerdict {
  if (last < 0) return passWith(gate, null, whole(least_s));
  const elapsed = now - last;
  const margin = slackAbove(elapsed, least_s * 1_000_000);
  return elapsed >= least_s * 1_000_000
    ? passWith(gate, secondsOf(elapsed), whole(least_s), margin)
    : fail(gate, reason, secondsOf(elapsed), whole(least_s), margin);
}
