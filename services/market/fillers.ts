// The policy for holes in a series: leave them, or stand in with bars in which nothing traded.

import type { SourceBar } from './facts.ts';
import { type Interval, lengthOf } from './interval.ts';

export type GapPolicy = 'skip' | 'filler';

/** Bars in a row that may stand in; whatever the hole's length, which is not known while it lasts. */
export const FILLERS_MAX = 5;

export interface FilledBar extends SourceBar {
  readonly filler: boolean;
}

export function* withFillers(bars: Iterable<SourceBar>, interval: Interval, policy: GapPolicy): Generator<FilledBar> {
  const length = lengthOf(interval);
  let last: SourceBar | null = null;
  for (const bar of bars) {
    if (policy === 'filler' && last !== null) {
      for (let i = 1; i <= FILLERS_MAX; i += 1) {
        const open_time = last.open_time + i * length;
        if (open_time >= bar.open_time) break;
        const { close } = last;
        yield { open_time, open: close, high: close, low: close, close, volume: 0n, quote_volume: 0n, quote: null, filler: true };
      }
    }
    yield { ...bar, filler: false };
    last = bar;
  }
}
