// The enabled strategies of one instrument on one interval, fed bar by bar.
import { toNumber } from '../../schemas/money.ts';
import type { Candle, RegimeTrend } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type AtrRatio, newAtrRatio, updateAtrRatio } from '../indicators/atr-ratio.ts';
import { type Arm, type ArmState, armAt, newArmState, stepArm, type Width } from './arm.ts';
import type { Reading } from './strategy.ts';

export interface Track {
  readonly interval: Candle['interval'];
  /** Arms that read this interval, as places in the configuration. */
  readonly reads: readonly number[];
  /** Close of the last bar taken in; the next one has to open there. */
  last_close_time: Micros;
  /** Kept only where a filtered strategy reads. */
  width: AtrRatio | null;
  arms: ArmState[];
}

export interface Fired {
  readonly arm: Arm;
  readonly reading: Reading;
}

export function newTrack(interval: Candle['interval'], reads: readonly number[], arms: readonly Arm[]): Track {
  const track: Track = { interval, reads, last_close_time: 0, width: null, arms: [] };
  restart(track, arms);
  return track;
}

/** Warm-up starts over: after a gap nothing before it counts. */
function restart(track: Track, arms: readonly Arm[]): void {
  track.arms = track.reads.map((place) => newArmState(place, arms));
  track.width = track.reads.some((place) => armAt(arms, place).strategy.filtered) ? newAtrRatio() : null;
}

const NONE: readonly Fired[] = [];

/** What fires on this bar, strongest first; nothing on bars that are history, filler, outlier or the first after a gap. */
export function stepTrack(
  track: Track,
  candle: Candle,
  arms: readonly Arm[],
  trend: RegimeTrend,
  atrFilter: boolean,
): readonly Fired[] {
  // The same bar again, or a correction of one, changes nothing.
  if (candle.open_time < track.last_close_time || candle.revision > 0) return NONE;
  const flagged = candle.flags.length > 0;
  const gap =
    track.last_close_time !== 0 &&
    (candle.open_time !== track.last_close_time || (flagged && candle.flags.includes('CANDLE_GAP')));
  if (gap) restart(track, arms);
  track.last_close_time = candle.close_time;
  const width = track.width === null ? null : widthOf(track.width, candle, trend, atrFilter);
  const silent = gap || candle.history || candle.filler || (flagged && candle.flags.includes('BAR_OUTLIER'));
  let fired: Fired[] | null = null;
  for (const state of track.arms) {
    const arm = armAt(arms, state.arm);
    const readings = stepArm(state, arm, candle, width);
    if (silent || readings.length === 0) continue;
    fired ??= [];
    for (const reading of readings) fired.push({ arm, reading });
  }
  if (fired === null) return NONE;
  return fired.length === 1 ? fired : fired.sort(byWeight);
}

function widthOf(width: AtrRatio, candle: Candle, trend: RegimeTrend, atrFilter: boolean): Width {
  const ratio = updateAtrRatio(width, {
    open: toNumber(candle.open),
    high: toNumber(candle.high),
    low: toNumber(candle.low),
    close: toNumber(candle.close),
    volume: toNumber(candle.volume),
  });
  return { ratio, asked: atrFilter ? (trend === 'chop' ? 1.05 : 1.2) : null };
}

function byWeight(a: Fired, b: Fired): number {
  const weight = b.reading.strength * b.reading.confidence - a.reading.strength * a.reading.confidence;
  if (weight !== 0) return weight;
  return a.arm.strategy.id < b.arm.strategy.id ? -1 : 1;
}
