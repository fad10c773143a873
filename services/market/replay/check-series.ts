// What no single row shows: order, duplicates, jumps, frozen stretches and gaps of an instrument's bars.
import { abs } from '../../../schemas/money.ts';
import { formatTime, type Micros } from '../../../schemas/time.ts';
import type { SourceBar } from '../facts.ts';
import { type Interval, lengthOf } from '../interval.ts';
import type { Finding } from './finding.ts';

export interface GapLimits {
  /** Share of missing bars among all that should be there. */
  readonly max_gap_share: number;
  /** Bars missing in a row. */
  readonly max_gap_bars: number;
}

export const STANDARD_GAPS: GapLimits = { max_gap_share: 0.01, max_gap_bars: 60 };

export interface Gap {
  readonly from: Micros;
  readonly to: Micros;
  readonly bars: number;
}

export interface SeriesCheck {
  readonly interval: Interval;
  bars: number;
  duplicates: number;
  quotes: number;
  first: Micros | null;
  last: SourceBar | null;
  frozen: number;
  readonly gaps: Gap[];
}

export function newSeriesCheck(interval: Interval): SeriesCheck {
  return { interval, bars: 0, duplicates: 0, quotes: 0, first: null, last: null, frozen: 1, gaps: [] };
}

type Report = (finding: Pick<Finding, 'severity' | 'code' | 'value' | 'expected'>) => void;

const FROZEN_BARS = 5;

/** True when the bar belongs to the series; a duplicate, or one out of order, does not. */
export function checkNext(state: SeriesCheck, bar: SourceBar, report: Report): boolean {
  const { last } = state;
  const value = formatTime(bar.open_time);
  if (last !== null && bar.open_time < last.open_time) {
    report({ severity: 'error', code: 'DATA_NOT_SORTED', value, expected: `a bar after ${formatTime(last.open_time)}` });
    return false;
  }
  if (last !== null && bar.open_time === last.open_time) {
    if (sameBar(last, bar)) state.duplicates += 1;
    else
      report({
        severity: 'error',
        code: 'DATA_DUPLICATE_CONFLICT',
        value,
        expected: 'the same values as the bar before of the same time',
      });
    return false;
  }
  if (last !== null) {
    checkGap(state, last, bar);
    if (abs(bar.close - last.close) * 5n > last.close) {
      report({ severity: 'warning', code: 'DATA_JUMP', value, expected: 'a close within 20 % of the one before' });
    }
  }
  state.frozen = last !== null && isStill(last) && isStill(bar) && samePrices(last, bar) ? state.frozen + 1 : 1;
  if (state.frozen === FROZEN_BARS) {
    report({ severity: 'warning', code: 'DATA_FROZEN', value, expected: `fewer than ${FROZEN_BARS} equal bars without volume` });
  }
  state.first ??= bar.open_time;
  state.last = bar;
  state.bars += 1;
  if (bar.quote !== null) state.quotes += 1;
  return true;
}

function checkGap(state: SeriesCheck, last: SourceBar, bar: SourceBar): void {
  const length = lengthOf(state.interval);
  const bars = (bar.open_time - last.open_time) / length - 1;
  if (bars > 0) state.gaps.push({ from: last.open_time + length, to: bar.open_time, bars });
}

export function gapShare(state: SeriesCheck): number {
  const missing = state.gaps.reduce((all, gap) => all + gap.bars, 0);
  return state.bars === 0 ? 0 : missing / (missing + state.bars);
}

/** Gaps beyond the limits; a limit itself passes. */
export function checkGaps(state: SeriesCheck, limits: GapLimits, report: Report): void {
  const share = gapShare(state);
  if (share > limits.max_gap_share) {
    report({
      severity: 'error',
      code: 'DATA_GAP',
      value: `share ${share}`,
      expected: `at most ${limits.max_gap_share} of the bars missing`,
    });
  }
  for (const gap of state.gaps) {
    if (gap.bars <= limits.max_gap_bars) continue;
    const value = `${gap.bars} bars from ${formatTime(gap.from)}`;
    report({ severity: 'error', code: 'DATA_GAP', value, expected: `at most ${limits.max_gap_bars} bars missing in a row` });
  }
}

function isStill(bar: SourceBar): boolean {
  return bar.volume === 0n;
}

function samePrices(a: SourceBar, b: SourceBar): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close;
}

function sameBar(a: SourceBar, b: SourceBar): boolean {
  const touch = a.quote?.bid === b.quote?.bid && a.quote?.ask === b.quote?.ask;
  return touch && samePrices(a, b) && a.volume === b.volume && a.quote_volume === b.quote_volume;
}
