// Turnover of the last 24 hours, exact; unknown until the source reaches back that far.
import type { Money } from '../../schemas/money.ts';
import { DAY, type Micros } from '../../schemas/time.ts';

export interface VolumeWindow {
  /** Open of the first bar ever taken in. */
  since: Micros | null;
  /** Close times and turnovers of the bars from `head` on. */
  times: Micros[];
  turnovers: Money[];
  head: number;
  sum: Money;
}

export function newVolumeWindow(): VolumeWindow {
  return { since: null, times: [], turnovers: [], head: 0, sum: 0n };
}

export function addTurnover(window: VolumeWindow, open_time: Micros, close_time: Micros, turnover: Money): void {
  window.since ??= open_time;
  window.times.push(close_time);
  window.turnovers.push(turnover);
  window.sum += turnover;
  forgetBefore(window, close_time - DAY);
}

/** Sum over the bars that closed in (at − 24 h, at]. A bar that is missing adds nothing, so a gap can only make it smaller. */
export function volume24h(window: VolumeWindow, at: Micros): Money | null {
  if (window.since === null || window.since > at - DAY) return null;
  forgetBefore(window, at - DAY);
  return window.sum;
}

function forgetBefore(window: VolumeWindow, limit: Micros): void {
  while (window.head < window.times.length && (window.times[window.head] ?? limit) <= limit) {
    window.sum -= window.turnovers[window.head] ?? 0n;
    window.head += 1;
  }
  // The arrays are cut now and then, not at each bar: shifting costs their length.
  if (window.head < 1024 || window.head * 2 < window.times.length) return;
  window.times = window.times.slice(window.head);
  window.turnovers = window.turnovers.slice(window.head);
  window.head = 0;
}
