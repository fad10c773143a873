// breakout: the close leaves the range of the bars before it.
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
    pushRing(highs, bar.high);
    pushRing(lows, bar.low);
    if (!known) return null;
    return [
      { direction: 'long', holds: bar.close > top, strength: 0.7, confidence: 0.8 },
      { direction: 'short', holds: bar.close < bottom, strength: 0.7, confidence: 0.8 },
    ];
  },
};
