// Closed hours and quarter hours of one instrument, as far as the rules on volume and momentum look back.
import type { Price, Quantity } from '../../schemas/money.ts';
import type { Candle } from '../../schemas/records.generated.ts';
import { HOUR, MINUTE, type Micros } from '../../schemas/time.ts';
import type { Track } from './track.ts';

export interface Bar {
  readonly open_time: Micros;
  readonly open: Price;
  readonly close: Price;
  readonly volume: Quantity;
}

export interface Hours {
  readonly before: Bar;
  readonly last: Bar;
}

/** The last six quarter hours as one, and the volume of the 24 before them. */
export interface Quarters {
  readonly open: Price;
  readonly close: Price;
  readonly volume: Quantity;
  readonly volume_before: Quantity;
}

const QUARTER: Micros = 15 * MINUTE;
const HOURS = 2;
const RECENT_QUARTERS = 6;
const QUARTERS = RECENT_QUARTERS + 24;

/** Keeps the bar; a gap starts over, a bar that was met or is older changes nothing. */
export function takeBar(track: Track, candle: Candle): void {
  if (candle.interval === '1h') append(track.hours, candle, HOUR, HOURS);
  else if (candle.interval === '15m') append(track.quarters, candle, QUARTER, QUARTERS);
}

function append(bars: Bar[], candle: Candle, interval: Micros, size: number): void {
  const newest = bars.at(-1);
  if (newest !== undefined) {
    if (candle.open_time <= newest.open_time) return;
    if (candle.open_time !== newest.open_time + interval) bars.length = 0;
  }
  bars.push({ open_time: candle.open_time, open: candle.open, close: candle.close, volume: candle.volume });
  if (bars.length > size) bars.shift();
}

/** The last two closed hours, unless they closed more than two hours ago. */
export function lastHours(track: Track, at: Micros): Hours | null {
  const [before, last] = track.hours;
  if (before === undefined || last === undefined || at - last.open_time > 3 * HOUR) return null;
  return { before, last };
}

/** Null until 30 quarter hours in a row are known, or when the newest closed more than half an hour ago. */
export function lastQuarters(track: Track, at: Micros): Quarters | null {
  const bars = track.quarters;
  const first = bars[bars.length - RECENT_QUARTERS];
  const last = bars.at(-1);
  if (first === undefined || last === undefined || bars.length < QUARTERS || at - last.open_time > 3 * QUARTER) return null;
  let volume = 0n;
  let volume_before = 0n;
  bars.forEach((bar, i) => {
    if (i < bars.length - RECENT_QUARTERS) volume_before += bar.volume;
    else volume += bar.volume;
  });
  return { open: first.open, close: last.close, volume, volume_before };
}
