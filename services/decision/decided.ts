// What had its effect once has none again: the ids of folded records, remembered 8 days past the dedupe window of signals.
import { DAY, type Micros } from '../../schemas/time.ts';
import type { PortfolioState } from './state.ts';

/** Enrichment forgets a signal 7 days after it was appended; an older copy is refused by its age. */
const KEEP_US: Micros = 15 * DAY;
/** An order's late fills come within 7 days of its end; its decision is remembered a day longer. */
const WISH_KEEP_US: Micros = 8 * DAY;

/** When the ids of folded records had their effect, in two generations: taking them out one by one would cost more than both. */
export interface Decided {
  /** What had its effect up to then counts as new again. */
  forgotten_until: Micros;
  /** When the current generation began. */
  since: Micros;
  current: Map<string, Micros>;
  previous: Map<string, Micros>;
}

export function newDecided(): Decided {
  return { forgotten_until: -1, since: 0, current: new Map(), previous: new Map() };
}

export function wasTaken({ forgotten_until, current, previous }: Decided, id: string): boolean {
  const at = current.get(id) ?? previous.get(id);
  return at !== undefined && at > forgotten_until;
}

/** True the first time. */
export function takeOnce(p: PortfolioState, id: string): boolean {
  if (wasTaken(p.decided, id)) return false;
  p.decided.current.set(id, p.now);
  return true;
}

/** A generation is dropped once all of it is forgotten. */
function forgetDecided(decided: Decided, now: Micros): void {
  decided.forgotten_until = now - KEEP_US;
  if (decided.since > decided.forgotten_until) return;
  decided.previous = decided.current;
  decided.current = new Map();
  decided.since = now;
}

/** Once a day: what no record can ask for any more goes, oldest first. */
export function forget(p: PortfolioState): void {
  forgetDecided(p.decided, p.now);
  for (const [order_id] of p.order_facts) {
    if (p.orders.orders.has(order_id)) break;
    p.order_facts.delete(order_id);
  }
  for (const [decision_id, wish] of p.wishes) {
    if (wish.ended_at < 0 || wish.ended_at > p.now - WISH_KEEP_US) break;
    p.wishes.delete(decision_id);
  }
  for (const [instrument, until] of p.failed_until) if (until <= p.now) p.failed_until.delete(instrument);
  for (const [instrument, restriction] of p.restrictions) {
    if (restriction.until !== null && restriction.until <= p.now) p.restrictions.delete(instrument);
  }
}
