// The golden series of a hundred bars on which every indicator and strategy has known values.
import type { Bar } from './bar.ts';

export const GOLDEN_BARS: readonly Bar[] = Array.from({ length: 100 }, (_, i) => {
  const close = 100 + 10 * Math.sin(i / 5) + 0.2 * i;
  return { open: close, high: close + 1.5, low: close - 1.25, close, volume: 1000 + 100 * (i % 7) };
});
