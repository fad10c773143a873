// Longer candles out of base candles: emitted at the end of their bucket, and only if every part of it was there.
import type { Candle } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type Interval, lengthOf } from './interval.ts';

interface Bucket {
  readonly interval: Interval;
  readonly parts: number;
  open_time: Micros;
  /** Parts taken in without a hole since the bucket opened; 0 while it cannot become complete. */
  count: number;
  candle: Candle | null;
  /** Close of the last emitted candle, 0 before the first. */
  last_close_time: Micros;
}

export interface Resampler {
  readonly base: Micros;
  readonly buckets: readonly Bucket[];
}

export function newResampler(base: Interval, targets: readonly Interval[]): Resampler {
  const length = lengthOf(base);
  const buckets = targets.map((interval): Bucket => {
    if (lengthOf(interval) <= length) throw new RangeError(`resample: interval ${interval}: expected one longer than ${base}`);
    return { interval, parts: lengthOf(interval) / length, open_time: 0, count: 0, candle: null, last_close_time: 0 };
  });
  return { base: length, buckets };
}

const NONE: readonly Candle[] = [];

/** Takes the next base candle in and returns the candles that it completes, in the order of the targets. */
export function pushCandle(state: Resampler, part: Candle): readonly Candle[] {
  let done: Candle[] | null = null;
  for (const bucket of state.buckets) {
    const length = bucket.parts * state.base;
    const opens = Math.floor(part.open_time / length) * length;
    if (part.open_time === opens) {
      bucket.open_time = opens;
      bucket.count = 1;
      bucket.candle = { ...part, interval: bucket.interval, close_time: opens + length, flags: [] };
    } else if (bucket.candle !== null && bucket.open_time === opens && part.open_time === opens + bucket.count * state.base) {
      bucket.count += 1;
      merge(bucket.candle, part);
    } else {
      bucket.candle = null;
    }
    if (bucket.candle === null || bucket.count < bucket.parts) continue;
    const candle = bucket.candle;
    candle.event_time = candle.close_time;
    candle.received_at = part.received_at;
    if (bucket.last_close_time !== 0 && bucket.last_close_time !== candle.open_time) candle.flags.push('CANDLE_GAP');
    bucket.last_close_time = candle.close_time;
    bucket.candle = null;
    done ??= [];
    done.push(candle);
  }
  return done ?? NONE;
}

function merge(into: Candle, part: Candle): void {
  if (part.high > into.high) into.high = part.high;
  if (part.low < into.low) into.low = part.low;
  into.close = part.close;
  into.volume += part.volume;
  into.quote_volume = into.quote_volume === null || part.quote_volume === null ? null : into.quote_volume + part.quote_volume;
  into.trades_count = into.trades_count === null || part.trades_count === null ? null : into.trades_count + part.trades_count;
  into.history &&= part.history;
  into.filler &&= part.filler;
}
