// sma_cross: opens when the fast average rises above the slow one, closes when it falls below.
import { toNumber } from '../../../schemas/money.ts';
import { newSma, type Sma, updateSma } from '../../indicators/sma.ts';
import type { Strategy } from '../strategy.ts';

export const SMA_CROSS: Strategy<{ fast: Sma; slow: Sma }, 'fast' | 'slow'> = {
  id: 'sma_cross',
  family: 'trend',
  interval: '1h',
  filtered: false,
  size: null,
  parameters: {
    fast: { value: 20, min: 5, max: 30, whole: true },
    slow: { value: 50, min: 20, max: 100, whole: true },
  },
  conflict: ({ fast, slow }) => (fast < slow ? null : `fast ${fast}: expected less than slow ${slow}`),
  lookBack: ({ slow }) => slow + 1,
  init: ({ fast, slow }) => ({ fast: newSma(fast), slow: newSma(slow) }),
  step(state, bar) {
    const close = toNumber(bar.close);
    const fast = updateSma(state.fast, close);
    const slow = updateSma(state.slow, close);
    if (fast === null || slow === null) return null;
    return [
      { direction: 'long', holds: fast > slow, strength: 0.6, confidence: 0.6 },
      { direction: 'close_long', holds: fast < slow, strength: 0.6, confidence: 0.6 },
    ];
  },
};
