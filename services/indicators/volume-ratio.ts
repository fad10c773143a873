// Volume of this bar against the mean of the `period` bars before it; null where those traded nothing.
import { finite } from './bar.ts';
import { newRing, pushRing, type Ring, ringFull, ringSum } from './ring.ts';

export interface VolumeRatio {
  readonly earlier: Ring;
  value: number | null;
}

export function newVolumeRatio(period = 20): VolumeRatio {
  return { earlier: newRing(period), value: null };
}

export function updateVolumeRatio(state: VolumeRatio, volume: number): number | null {
  const { earlier } = state;
  const mean = ringSum(earlier) / earlier.count;
  state.value = ringFull(earlier) && mean !== 0 ? finite(volume / mean) : null;
  pushRing(earlier, volume);
  return state.value;
}
