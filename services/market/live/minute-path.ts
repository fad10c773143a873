// Where the price stands inside a minute that the walk has only as open, high, low and close.
import type { WalkMinute } from '../synthetic/walk.ts';

const FIRST = 20;
const SECOND = 40;
const END = 60;

/** Straight from open to the nearer end of the bar, to the farther one, to close; `second` from 0 up to 60. */
export function priceAt({ open, high, low, close }: WalkMinute, second: number): number {
  const [near, far] = close >= open ? [low, high] : [high, low];
  if (second < FIRST) return between(open, near, second / FIRST);
  if (second < SECOND) return between(near, far, (second - FIRST) / (SECOND - FIRST));
  return between(far, close, (second - SECOND) / (END - SECOND));
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
