// momentum: a move of at least 2 % over a day of hours goes on in its direction.
import { toNumber } from '../../../schemas/money.ts';
import { newRing, pushRing, type Ring, ringAt, ringBack, ringFull } from '../../indicators/ring.ts';
import type { Strategy } from '../strategy.ts';

/** Bars whose direction is counted for the confidence. */
const RECENT = 12;
/** Move, in percent, at which the strength is full. */
const FULL = 10;

export const MOMENTUM: Strategy<{ closes: Ring; threshold: number }, 'bars' | 'threshold'> = {
  id: 'momentum',
  family: 'trend',
  interval: '1h',
  filtered: true,
  size: null,
  parameters: {
    bars: { value: 24, min: RECENT, max: 200, whole: true },
    threshold: { value: 2, min: 0.1, max: 50, whole: false },
  },
  conflict: () => null,
  lookBack: ({ bars }) => bars + 1,
  init: ({ bars, threshold }) => ({ closes: newRing(bars + 1), threshold }),
  step({ closes, threshold }, bar) {
    const close = toNumber(bar.close);
    pushRing(closes, close);
    if (!ringFull(closes)) return null;
    const move = 100 * (close / ringAt(closes, 0) - 1);
    const strength = Math.min(Math.abs(move) / FULL, 1);
    return [
      { direction: 'long', holds: move >= threshold, strength, confidence: shareOfRises(closes, 1) },
      { direction: 'short', holds: move <= -threshold, strength, confidence: shareOfRises(closes, -1) },
    ];
  },
};

function shareOfRises(closes: Ring, sign: 1 | -1): number {
  let count = 0;
  for (let k = 0; k < RECENT; k += 1) if ((ringBack(closes, k) - ringBack(closes, k + 1)) * sign > 0) count += 1;
  return count / RECENT;
}
