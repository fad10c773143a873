// What order events tell of a venue: its state, and the cooldowns after failures, rate limits and rejections.
import type { OrderEvent, VenueState } from '../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import { checkBreakers } from './conditions/breakers.ts';
import { setCondition } from './conditions/conditions.ts';
import type { Fold } from './fold.ts';
import type { PortfolioState, VenueFacts } from './state.ts';

const REJECTIONS = 3;
const REJECTIONS_WINDOW_US = 600 * SECOND;
const REJECTIONS_BAN_US = 600 * SECOND;
/** Rejections that a route expects: nothing is wrong with the order or the venue. */
const EXPECTED: readonly string[] = ['POST_ONLY_WOULD_CROSS', 'VENUE_NOT_EXECUTED'];
const RATE_LIMITED: readonly string[] = ['RATE_LIMITED', 'VENUE_LIMITED', 'TOO_MANY_REQUESTS'];

function factsOf(p: PortfolioState, venue: string): VenueFacts {
  let facts = p.venues.get(venue);
  if (facts === undefined) {
    facts = { state: null, limited_until: -1, rejections_until: -1, rejections: [] };
    p.venues.set(venue, facts);
  }
  return facts;
}

export function noteVenueState(fold: Fold, p: PortfolioState, venue: string, state: VenueState): void {
  const facts = factsOf(p, venue);
  facts.state = state;
  if (state.limited_until !== null) limit(p, facts, state.limited_until);
  checkBreakers(fold, p);
  if (state.local_halt)
    setCondition(fold, p, 'KILL_SWITCH', { actor: 'execution', reason: `${venue}: halted locally`, scope: '' });
}

/** A 429 or 418 starts a cooldown of at least the policy's, longer where the venue says so. */
function limit(p: PortfolioState, facts: VenueFacts, until: Micros): void {
  const least = p.now + (p.policy?.policy.venue.rate_limit_s ?? 60) * SECOND;
  facts.limited_until = Math.max(facts.limited_until, least, until);
}

/** A failed order cools its symbol; three rejections within the window close the venue to entries. Our own refusals never count. */
export function noteFailure(p: PortfolioState, event: OrderEvent): void {
  if (EXPECTED.includes(event.reason)) return;
  const facts = factsOf(p, event.venue);
  if (RATE_LIMITED.includes(event.reason)) return limit(p, facts, -1);
  p.failed_until.set(event.instrument, p.now + (p.policy?.policy.venue.failure_s ?? 300) * SECOND);
  if (event.type !== 'REJECTED') return;
  facts.rejections = facts.rejections.filter((at) => at > p.now - REJECTIONS_WINDOW_US);
  facts.rejections.push(p.now);
  if (facts.rejections.length >= REJECTIONS) facts.rejections_until = p.now + REJECTIONS_BAN_US;
}
