// rsi_mean_reversion: opens when the RSI falls below 30, closes when it rises above 70.
import { toNumber } from '../../../schemas/money.ts';
import { newRsi, type Rsi, updateRsi } from '../../indicators/rsi.ts';
import type { Strategy } from '../strategy.ts';

export const RSI_MEAN_REVERSION: Strategy<{ rsi: Rsi; low: number; high: number }, 'period' | 'low' | 'high'> = {
  id: 'rsi_mean_reversion',
  family: 'revert',
  interval: '1h',
  filtered: false,
  size: null,
  parameters: {
    period: { value: 14, min: 2, max: 50, whole: true },
    low: { value: 30, min: 1, max: 50, whole: false },
    high: { value: 70, min: 50, max: 99, whole: false },
  },
  conflict: ({ low, high }) => (low < high ? null : `low ${low}: expected less than high ${high}`),
  lookBack: ({ period }) => period + 2,
  init: ({ period, low, high }) => ({ rsi: newRsi(period), low, high }),
  step(state, bar) {
    const rsi = updateRsi(state.rsi, toNumber(bar.close));
    if (rsi === null) return null;
    return [
      { direction: 'long', holds: rsi < state.low, strength: 0.6, confidence: 0.6 },
      { direction: 'close_long', holds: rsi > state.high, strength: 0.6, confidence: 0.6 },
    ];
  },
};
