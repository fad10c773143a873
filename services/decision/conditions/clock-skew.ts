// CLOCK_SKEW: the measured skew is beyond its limit on 3 Ticks running, or a record ran ahead of the Ticks; it ends 60 s inside.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import type { Fold } from '../fold.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, conditionOf, setCondition } from './conditions.ts';

const TICKS = 3;
const INSIDE_US = 60 * SECOND;

export function takeSkew(fold: Fold, p: PortfolioState, tick_at: Micros, skew_ms: number | null): void {
  const { clock } = p;
  clock.skew_ms = skew_ms;
  const limit = p.policy?.policy.clock.max_skew_ms ?? null;
  const over = skew_ms !== null && limit !== null && Math.abs(skew_ms) > limit;
  if (over) {
    clock.over += 1;
    clock.inside_since = -1;
    if (clock.over >= TICKS && conditionOf(p, 'CLOCK_SKEW') === null) {
      setCondition(fold, p, 'CLOCK_SKEW', { actor: 'clock', reason: `skew ${skew_ms} ms on ${TICKS} Ticks, limit ${limit}` });
    }
    return;
  }
  clock.over = 0;
  if (conditionOf(p, 'CLOCK_SKEW') === null) return;
  if (clock.inside_since < 0) clock.inside_since = tick_at;
  else if (tick_at >= clock.inside_since + INSIDE_US) clearCondition(fold, p, 'CLOCK_SKEW', '60 s inside the limit');
}

/** A record further ahead of the last Tick than allowed was taken at the latest time allowed. */
export function noteAhead(fold: Fold, p: PortfolioState, record_at: Micros): void {
  p.clock.inside_since = -1;
  if (conditionOf(p, 'CLOCK_SKEW') !== null) return;
  const reason = `a record is ${Math.round((record_at - p.last_tick) / 1_000)} ms ahead of the last Tick, limit 5000`;
  setCondition(fold, p, 'CLOCK_SKEW', { actor: 'decision', reason, source: fold.input.id });
}
