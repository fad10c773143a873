// DATA_SILENCE: a held symbol has had no Mark for too long; it ends when every one has been fresh for 60 s.
import { type Micros, SECOND } from '../../../schemas/time.ts';
import type { Fold } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { seenAt } from '../ledger/marks.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, conditionOf, setCondition } from './conditions.ts';

const FRESH_FOR_US = 60 * SECOND;
/** Age at which a price counts as fresh again. */
const FRESH_AGE_US = 60 * SECOND;

/** Only on Ticks, so that it happens at the same second however dense they are. */
export function checkSilence(fold: Fold, p: PortfolioState, tick_at: Micros): void {
  if (p.policy === null) return;
  const standing = conditionOf(p, 'DATA_SILENCE') !== null;
  if (p.ledger.positions.size === 0) {
    if (standing) clearCondition(fold, p, 'DATA_SILENCE', 'nothing is held');
    p.fresh_since = -1;
    return;
  }
  const age = tick_at - oldestSeen(p);
  if (!standing) {
    if (age <= p.policy.silence_us) return;
    const reason = `a held symbol's price is ${Math.floor(age / SECOND)} s old, limit ${Math.floor(p.policy.silence_us / SECOND)}`;
    setCondition(fold, p, 'DATA_SILENCE', { actor: 'decision', reason });
    p.fresh_since = -1;
    return;
  }
  if (age > Math.max(FRESH_AGE_US, p.policy.marks_max_age_us)) p.fresh_since = -1;
  else if (p.fresh_since < 0) p.fresh_since = tick_at;
  else if (tick_at >= p.fresh_since + FRESH_FOR_US) {
    clearCondition(fold, p, 'DATA_SILENCE', 'all fresh for 60 s');
    p.fresh_since = -1;
  }
}

function oldestSeen(p: PortfolioState): Micros {
  let oldest = Number.POSITIVE_INFINITY;
  for (const position of p.ledger.positions.values()) oldest = Math.min(oldest, seenAt(position));
  return oldest;
}

/** The first Tick at which this file would act on the position. */
export function silenceAt(p: PortfolioState, position: OpenPosition): Micros {
  if (p.policy === null) return Number.POSITIVE_INFINITY;
  if (conditionOf(p, 'DATA_SILENCE') !== null) return p.now + SECOND;
  return seenAt(position) + p.policy.silence_us + 1;
}
