// Journal time of a portfolio: the greatest record time seen, never more than 5 s ahead of the last Tick.
import { type Micros, SECOND } from '../../schemas/time.ts';
import type { PortfolioState } from './state.ts';

const AHEAD_US = 5 * SECOND;

/** Advances `now`; true if the record was further ahead than allowed. In a backtest the log's times are the clock. */
export function advance(p: PortfolioState, record_at: Micros): boolean {
  let at = record_at;
  let ahead = false;
  if (p.mode !== 'backtest' && p.last_tick >= 0 && at > p.last_tick + AHEAD_US) {
    at = p.last_tick + AHEAD_US;
    ahead = true;
  }
  if (at > p.now) p.now = at;
  return ahead;
}

/** A Tick is the clock itself; an older one changes nothing, and false is returned. */
export function advanceTick(p: PortfolioState, tick_at: Micros): boolean {
  if (tick_at <= p.last_tick) return false;
  p.last_tick = tick_at;
  if (tick_at > p.now) p.now = tick_at;
  return true;
}
