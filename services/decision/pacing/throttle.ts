// The message throttle of a venue: a generic cell rate algorithm over commands, which only entries have to obey.
import type { Micros } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';

/** Theoretical arrival time by venue: when the venue's message budget is next untouched. */
export type Throttle = Map<string, Micros>;

/** Time that one message takes out of the budget of entries. */
function intervalUs(throttle: Policy['throttle'], messages: number): number {
  return (throttle.per_s * 1_000_000) / (messages * throttle.entry_share);
}

/** µs until an entry may send its command; 0 = now. */
export function entryWaitUs(state: Throttle, venue: string, throttle: Policy['throttle'], now: Micros): number {
  if (throttle.messages === null) return 0;
  const tat = state.get(venue);
  if (tat === undefined) return 0;
  const wait = tat - intervalUs(throttle, throttle.messages) * (throttle.burst - 1) - now;
  return Math.max(wait, 0);
}

/** Counts one command (new or cancel, of any intent). */
export function countMessage(state: Throttle, venue: string, throttle: Policy['throttle'], now: Micros): void {
  if (throttle.messages === null) return;
  const tat = state.get(venue) ?? now;
  state.set(venue, (tat > now ? tat : now) + intervalUs(throttle, throttle.messages));
}
