// breakout: the close leaves the range of the bars before it.
import { toNumber } from '../../../schemas/money.ts';
import { newRing, pushRing, type Ring, ringFull, ringMax, ringMin } from '../../indicators/ring.ts';
import type { Strategy } from '../strategy.ts';

export const BREAKOUT: Strategy<{ highs: Ring; lows: Ring }, 'bars'> = {
  id: 'breakout',
  family: 'trend',
  interval: '1h',
  filtered: true,
  size: null,
  parameters: { bars: { value: 24, min: 5, max: 200, whole: true } },
  conflict: () => null,
  lookBack: ({ bars }) => bars + 1,
  init: ({ bars }) => ({ highs: newRing(bars), lows: newRing(bars) }),
  step({ highs, lows }, bar) {
    const known = ringFull(highs);
    const top = ringMax(highs);
    const bottom = ringMin(lows);
    pushRing(highs, toNumber(bar.high));
    pushRing(lows, toNumber(bar.low));
    if (!known) return null;
    const close = toNumber(bar.close);
    return [
      { direction: 'long', holds: close > top, strength: 0.7, confidence: 0.8 },
      { direction: 'short', holds: close < bottom, strength: 0.7, confidence: 0.8 },
    ];
  },
};
