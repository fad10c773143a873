// Price changes over fixed spans, from closed bars only.
import type { Micros } from '../../schemas/time.ts';
import { closeAt, type Track } from './track.ts';

/**
 * Change in bps from the close `span` before the newest bar to that bar's close. The earlier close is read from the finest
 * interval that has it and is no longer than the span. Null where that bar is missing or the newest bar is older than
 * `fresh_intervals` of its own length. `tracks` are the instrument's, finest first.
 */
export function changeOver(tracks: readonly Track[], span: Micros, now: Micros, fresh_intervals: number): number | null {
  let newest: Track | null = null;
  for (const track of tracks) {
    if (track.length <= span && track.close_time > (newest?.close_time ?? -1)) newest = track;
  }
  if (newest === null || now - newest.close_time > fresh_intervals * newest.length) return null;
  for (const track of tracks) {
    if (track.length > span) continue;
    const earlier = closeAt(track, newest.close_time - span);
    if (earlier !== null && earlier > 0) return (newest.close / earlier - 1) * 10_000;
  }
  return null;
}
