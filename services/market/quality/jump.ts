// PRICE_JUMP: the mid moved more than 1 500 bps from any mid of the last 300 s; quotes carry the flag for 300 s.
import { abs, type Price } from '../../../schemas/money.ts';
import { type Micros, SECOND } from '../../../schemas/time.ts';

const WINDOW = 300 * SECOND;
const JUMP_BPS = 1_500n;

export interface JumpState {
  /** Mids of the window, oldest first. */
  mids: { readonly at: Micros; readonly mid: Price }[];
  flagged_until: Micros;
}

export function newJumpState(): JumpState {
  return { mids: [], flagged_until: 0 };
}

/** Takes the mid in; true while its quote has to carry the flag. */
export function isJump(state: JumpState, at: Micros, mid: Price): boolean {
  let stale = 0;
  while (stale < state.mids.length && at - (state.mids[stale]?.at ?? at) > WINDOW) stale += 1;
  if (stale > 0) state.mids.splice(0, stale);
  if (state.mids.some((earlier) => abs(mid - earlier.mid) * 10_000n > JUMP_BPS * earlier.mid)) state.flagged_until = at + WINDOW;
  state.mids.push({ at, mid });
  return at < state.flagged_until;
}
