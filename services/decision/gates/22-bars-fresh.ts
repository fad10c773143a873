// Gate 22 BARS_FRESH: the newest closed bar of every timeframe in use is at most so many of its own lengths old; those that conditions name must be there.
import { DAY, HOUR, MINUTE } from '../../../schemas/time.ts';
import { isOwn } from '../sizing/eligibility.ts';
import { scoreDecimal } from '../sizing/score.ts';
import type { EntryContext } from './context.ts';
import { raiseAbove } from './flip-to.ts';
import { fail, type Gate, gate, notApplicable, off, passWith, slackBelow, unknown, whole } from './gate.ts';

const INTERVAL_US: Readonly<Record<string, number>> = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '4h': 4 * HOUR,
  '1d': DAY,
};

/** Timeframes that the chosen strategy's conditions name. A strategy's own signal was made from bars of its own. */
function namedIntervals(e: EntryContext): string[] {
  if (e.strategy === null || isOwn(e.enriched, e.chosen.strategy ?? '')) return [];
  const names: string[] = [];
  for (const { feature } of e.strategy.conditions) {
    const dot = feature.indexOf('.');
    if (dot > 0 && !names.includes(feature.slice(0, dot))) names.push(feature.slice(0, dot));
  }
  return names;
}

export const barsFresh: Gate = gate({
  number: 22,
  name: 'BARS_FRESH',
  class: 'B',
  unit: 'count',
  policy_key: 'data.bar_max_intervals',
  evaluate: (e) => {
    const limit = e.policy.data.bar_max_intervals;
    if (limit === null) return off(barsFresh);
    for (const interval of namedIntervals(e))
      if (e.enriched.bars[interval] === undefined) return unknown(barsFresh, `bars.${interval}`);
    let oldest = -1;
    let length = 1;
    let source = '';
    for (const interval in e.enriched.bars) {
      const bar = e.enriched.bars[interval];
      const us = INTERVAL_US[interval];
      if (bar === undefined || us === undefined || (e.now - bar.close_time) * length <= oldest * us) continue;
      oldest = e.now - bar.close_time;
      length = us;
      source = `bars.${interval}`;
    }
    if (oldest < 0) return notApplicable(barsFresh);
    const intervals = scoreDecimal(oldest / length);
    const margin = slackBelow(oldest, limit * length);
    return oldest <= limit * length
      ? passWith(barsFresh, intervals, whole(limit), margin, oldest, source)
      : fail(barsFresh, 'BARS_STALE', intervals, whole(limit), margin, oldest, source);
  },
  // Half an interval too old needs a whole one more.
  flip: raiseAbove('data.bar_max_intervals'),
});
