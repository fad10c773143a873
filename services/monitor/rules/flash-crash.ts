// FLASH_CRASH: the mid has moved 10 % against the position since about a quarter of an hour ago.

import { midBefore } from '../mids.ts';
import { midOf } from '../price.ts';
import { type ExitRule, input } from './rule.ts';

export const FLASH_BPS = 1_000n;

/** Change of mid since the newest mid aged 13 to 20 minutes has reached the limit; null where there is none. */
export function hasCrashed(mid: bigint, before: bigint, falls: boolean): boolean {
  const change = falls ? before - mid : mid - before;
  return change * 10_000n >= FLASH_BPS * before;
}

export const flashCrash: ExitRule = {
  name: 'FLASH_CRASH',
  policy_key: 'flash_crash',
  urgency: 'URGENT',
  evaluate({ position, track, at }) {
    const before = midBefore(track.mids, at);
    if (before === null) return 'UNAVAILABLE:mid_15m';
    return hasCrashed(midOf(track), before, position.long) ? 'FIRED' : 'OK';
  },
  inputs(view) {
    const before = midBefore(view.track.mids, view.at);
    return before === null ? [] : [input('mid_15m', before, null, view)];
  },
};
