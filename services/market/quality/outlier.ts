// BAR_OUTLIER: a close far from the average of the bars before it on hardly any volume.
import { newRing, pushRing, type Ring, ringFull, ringSum } from '../../indicators/ring.ts';

const BARS = 20;
const DISTANCE_MAX = 0.1;
const VOLUME_SHARE = 0.1;

/** The bars before the one that is judged. */
export interface OutlierState {
  readonly closes: Ring;
  readonly volumes: Ring;
}

export function newOutlierState(): OutlierState {
  return { closes: newRing(BARS), volumes: newRing(BARS) };
}

/** Judges the bar by the earlier ones, then takes it in; without enough of them nothing is an outlier. */
export function isOutlier(state: OutlierState, close: number, volume: number): boolean {
  const { closes, volumes } = state;
  let outlier = false;
  if (ringFull(closes)) {
    const average = ringSum(closes) / BARS;
    if (Math.abs(close - average) > DISTANCE_MAX * average) {
      const usual = ringSum(volumes) / BARS;
      outlier = usual <= 0 || volume < VOLUME_SHARE * usual;
    }
  }
  pushRing(closes, close);
  pushRing(volumes, volume);
  return outlier;
}
