// The intervals of candles, ascending, and their lengths.
import type { Candle } from '../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE, type Micros } from '../../schemas/time.ts';

export type Interval = Candle['interval'];

export const INTERVALS: readonly Interval[] = ['1m', '5m', '15m', '1h', '4h', '1d'];

const LENGTH: Readonly<Record<Interval, Micros>> = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '4h': 4 * HOUR,
  '1d': DAY,
};

export function lengthOf(interval: Interval): Micros {
  return LENGTH[interval];
}

/** Every longer interval; each is a multiple of every shorter one. */
export function intervalsAbove(base: Interval): readonly Interval[] {
  return INTERVALS.filter((interval) => LENGTH[interval] > LENGTH[base]);
}
