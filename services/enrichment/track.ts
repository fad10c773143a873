// The closed bars of one interval: recent closes, and the indicators that run over them.
import { nearest, toNumber } from '../../schemas/money.ts';
import type { Candle } from '../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE, type Micros } from '../../schemas/time.ts';
import { type AtrRatio, newAtrRatio, updateAtrRatio } from '../indicators/atr-ratio.ts';
import type { Bar } from '../indicators/bar.ts';
import { type Levels, newLevels, updateLevels } from '../indicators/levels.ts';
import { newVolatility, updateVolatility, type Volatility } from '../indicators/volatility.ts';
import { newVolumeRatio, updateVolumeRatio, type VolumeRatio } from '../indicators/volume-ratio.ts';
import type { Interval } from '../signals/feature-names.ts';
import { CORE_INTERVAL, type Plan } from './plan.ts';

export const LENGTH_US: { readonly [I in Interval]: Micros } = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '4h': 4 * HOUR,
  '1d': DAY,
};
const FILLERS_MAX = 5;

/** The features that every record carries, whatever the profile. */
export interface Core {
  readonly ratio: AtrRatio;
  readonly volatility: Volatility;
  readonly volume: VolumeRatio;
  readonly levels: Levels | null;
}
export interface Series {
  /** Bars since the last gap. */
  bars: number;
  /** In the order of the plan. */
  readonly states: unknown[];
  readonly core: Core | null;
}

export interface Track {
  readonly interval: Interval;
  /** Of each bar. */
  readonly length: Micros;
  /** Of the newest bar; -1 before the first. */
  close_time: Micros;
  offset: number;
  /** As the double next to it: changes are ratios of closes. */
  close: number;
  fillers: number;
  /** A day of closes, each at the place that its close time gives it. */
  readonly times: Float64Array;
  readonly closes: Float64Array;
  /** null where nothing but closes is kept. */
  series: Series | null;
}

export function newTrack(interval: Interval, plan: Plan): Track {
  const length = LENGTH_US[interval];
  const places = Math.floor(DAY / length) + 1;
  return {
    interval,
    length,
    close_time: -1,
    offset: -1,
    close: 0,
    fillers: 0,
    times: new Float64Array(places).fill(-1),
    closes: new Float64Array(places),
    series: newSeries(interval, plan),
  };
}

function newSeries(interval: Interval, plan: Plan): Series | null {
  const named = plan.indicators.get(interval);
  if (named === undefined) return null;
  const core =
    interval === CORE_INTERVAL
      ? {
          ratio: newAtrRatio(),
          volatility: newVolatility(),
          volume: newVolumeRatio(24),
          levels: plan.levels ? newLevels() : null,
        }
      : null;
  return { bars: 0, states: named.map(({ indicator }) => indicator.make()), core };
}

/** Takes a closed bar once and in order; a correction of an old bar and a repetition change nothing. */
export function takeBar(track: Track, candle: Candle, offset: number, plan: Plan): void {
  if (candle.close_time <= track.close_time || candle.revision > 0) return;
  const gap = track.close_time >= 0 && candle.open_time > track.close_time;
  track.fillers = candle.filler ? track.fillers + 1 : 0;
  track.close_time = candle.close_time;
  track.offset = offset;
  track.close = nearest(candle.close);
  const place = placeOf(track, candle.close_time);
  track.times[place] = candle.close_time;
  track.closes[place] = track.close;
  if (track.series === null) return;
  if (gap || track.fillers > FILLERS_MAX) track.series = newSeries(track.interval, plan);
  if (track.series !== null) updateSeries(track.series, track.interval, candle, plan);
}

function updateSeries(series: Series, interval: Interval, candle: Candle, plan: Plan): void {
  const bar: Bar = {
    open: toNumber(candle.open),
    high: toNumber(candle.high),
    low: toNumber(candle.low),
    close: toNumber(candle.close),
    volume: toNumber(candle.volume),
  };
  series.bars += 1;
  const named = plan.indicators.get(interval) ?? [];
  for (let i = 0; i < named.length; i += 1) named[i]?.indicator.update(series.states[i], bar);
  if (series.core === null) return;
  updateAtrRatio(series.core.ratio, bar);
  updateVolatility(series.core.volatility, bar.close);
  updateVolumeRatio(series.core.volume, bar.volume);
  if (series.core.levels !== null) updateLevels(series.core.levels, bar);
}

function placeOf({ length, times }: Track, close_time: Micros): number {
  return Math.floor(close_time / length) % times.length;
}

/** Close of the bar that closed at `target`, or less than one interval before; null where that bar is missing. */
export function closeAt(track: Track, target: Micros): number | null {
  const close_time = Math.floor(target / track.length) * track.length;
  const place = placeOf(track, close_time);
  return track.times[place] === close_time ? (track.closes[place] ?? null) : null;
}

export const NO_TRACKS: readonly Track[] = [];

/** Of an instrument's tracks, of which there are few. */
export function trackOf(tracks: readonly Track[], interval: Interval): Track | undefined {
  for (const track of tracks) if (track.interval === interval) return track;
  return undefined;
}

/** Keeps the finest first. */
export function addTrack(tracks: Track[], interval: Interval, plan: Plan): Track {
  const track = newTrack(interval, plan);
  tracks.push(track);
  tracks.sort((a, b) => a.length - b.length);
  return track;
}
