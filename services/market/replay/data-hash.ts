// One hash for recorded market data: over its bars in order of visible time and instrument, whatever files held them.
import { createHash } from 'node:crypto';
import { formatDecimal } from '../../../schemas/money.ts';
import type { Series, SourceBar } from '../facts.ts';
import { lengthOf } from '../interval.ts';

/** Lower-case hex SHA-256 over one line of canonical JSON per bar. */
export function dataHash(all: readonly Series[]): string {
  const hash = createHash('sha256');
  const lanes = all.map((series) => {
    const bars = series.bars[Symbol.iterator]();
    return { series, bars, next: bars.next() };
  });
  for (;;) {
    let first: (typeof lanes)[number] | null = null;
    for (const lane of lanes) if (lane.next.done !== true && (first === null || comesBefore(lane, first))) first = lane;
    if (first === null || first.next.done === true) return hash.digest('hex');
    hash.update(canonicalBar(first.series, first.next.value));
    first.next = first.bars.next();
  }
}

interface Lane {
  readonly series: Series;
  readonly next: IteratorResult<SourceBar>;
}

function comesBefore(a: Lane, b: Lane): boolean {
  const visible = (lane: Lane): number =>
    lane.next.done === true ? Number.POSITIVE_INFINITY : lane.next.value.open_time + lengthOf(lane.series.interval);
  const difference = visible(a) - visible(b);
  return difference !== 0 ? difference < 0 : a.series.facts.instrument < b.series.facts.instrument;
}

/** Members in the order of canonical JSON, decimals as their shortest text. */
function canonicalBar({ facts, interval }: Series, bar: SourceBar): string {
  const text = (x: bigint | null | undefined): string => (x === null || x === undefined ? 'null' : `"${formatDecimal(x)}"`);
  return (
    `{"ask":${text(bar.quote?.ask)},"bid":${text(bar.quote?.bid)},"close":${text(bar.close)},"high":${text(bar.high)},` +
    `"instrument":${JSON.stringify(facts.instrument)},"interval":"${interval}","low":${text(bar.low)},"open":${text(bar.open)},` +
    `"open_time":${bar.open_time},"quote_volume":${text(bar.quote_volume)},"venue":${JSON.stringify(facts.venue)},` +
    `"volume":${text(bar.volume)}}\n`
  );
}
