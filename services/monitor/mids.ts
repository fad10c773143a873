// Mids of the last twenty minutes of one instrument, one per ten seconds: what a flash crash is measured against.
import type { Price } from '../../schemas/money.ts';
import { MINUTE, type Micros, SECOND } from '../../schemas/time.ts';

const SPACING_US: Micros = 10 * SECOND;
const OLDEST_US: Micros = 20 * MINUTE;
const NEWEST_US: Micros = 13 * MINUTE;
const SIZE = OLDEST_US / SPACING_US + 1;

/** A ring: `next` is where the next mid goes, the newest is the one before it. */
export interface Mids {
  readonly at: Micros[];
  readonly mid: Price[];
  next: number;
  newest_at: Micros;
}

export function newMids(): Mids {
  return { at: [], mid: [], next: 0, newest_at: Number.NEGATIVE_INFINITY };
}

export function isDue(mids: Mids, at: Micros): boolean {
  return at - mids.newest_at >= SPACING_US;
}

export function addMid(mids: Mids, at: Micros, mid: Price): void {
  mids.at[mids.next] = at;
  mids.mid[mids.next] = mid;
  mids.next = (mids.next + 1) % SIZE;
  mids.newest_at = at;
}

/** The newest mid that is 13 to 20 minutes old. */
export function midBefore(mids: Mids, now: Micros): Price | null {
  for (let back = 1; back <= mids.at.length; back += 1) {
    const i = (mids.next - back + SIZE) % SIZE;
    const at = mids.at[i];
    if (at === undefined || now - at > OLDEST_US) return null;
    if (now - at >= NEWEST_US) return mids.mid[i] ?? null;
  }
  return null;
}
