// The market as one ordered flow: series of bars in, one event per visible instant out, the same for any order of series.
import type { Regime } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { compareRecords, type MarketEvent, type MarketRecord } from './event.ts';
import type { Series } from './facts.ts';
import { type FilledBar, type GapPolicy, withFillers } from './fillers.ts';
import { type InstrumentState, newInstrument, type Published, takeBar, takeCycle } from './instrument.ts';
import { lengthOf } from './interval.ts';
import { newRegimeState, pinnedRegime, updateRegime } from './regime/detector.ts';
import { STANDARD_UNIVERSE, type UniverseConfig } from './universe/config.ts';

export interface MarketOptions {
  readonly universe?: UniverseConfig;
  /** Instrument whose hours and days make the regime of all. */
  readonly regime_benchmark?: string;
  /** Hours in a row that a bolder regime needs. */
  readonly regime_confirm?: number;
  /** Tag that replaces the detector: the run's own statement, not a measurement. */
  readonly regime_pin?: string | null;
  readonly gap_policy?: GapPolicy;
  /** Bars that close at or before this are warm-up: flagged history, absorbed, never acted on. */
  readonly history_until?: Micros;
  /** Only bars that close in (after, until]. */
  readonly after?: Micros;
  readonly until?: Micros;
}

interface Lane {
  readonly series: Series;
  readonly state: InstrumentState;
  readonly bars: Iterator<FilledBar>;
  next: FilledBar | null;
  due: Micros;
}

/** Left-out records by instrument and code, counted as the flow goes. */
export type Dropped = Map<string, Map<string, number>>;

/** Lazy: reads each series once, one bar ahead. `dropped` is filled while events are taken. */
export function* marketEvents(
  all: readonly Series[],
  options: MarketOptions = {},
  dropped: Dropped = new Map(),
): Generator<MarketEvent> {
  const universe = options.universe ?? STANDARD_UNIVERSE;
  const benchmark = options.regime_benchmark ?? 'BTC-USDT';
  const pin = options.regime_pin ?? null;
  const historyUntil = options.history_until ?? 0;
  const after = options.after ?? 0;
  const until = options.until ?? Number.POSITIVE_INFINITY;
  const detector = newRegimeState();
  if (pin !== null) pinnedRegime(pin, 0);
  const lanes = all.map((series) => openLane(series, options.gap_policy ?? 'skip', after));
  // At one instant the instruments are taken in the order of their names, whatever the order of the files.
  lanes.sort((a, b) => (a.series.facts.instrument < b.series.facts.instrument ? -1 : 1));
  for (const lane of lanes) dropped.set(lane.series.facts.instrument, lane.state.dropped);
  for (;;) {
    const at = lanes.reduce((earliest, lane) => Math.min(earliest, lane.due), Number.POSITIVE_INFINITY);
    if (at > until || at === Number.POSITIVE_INFINITY) return;
    const due = lanes.filter((lane) => lane.due === at);
    const published = due.map((lane) => takeNext(lane, historyUntil));
    due.forEach((lane, i) => {
      if (lane.series.facts.instrument !== benchmark || pin !== null) return;
      // The day that closes with this hour belongs to the hour's evaluation.
      for (const candle of published[i]?.candles.toReversed() ?? []) updateRegime(detector, candle, options.regime_confirm ?? 3);
    });
    const regime = pin === null ? asOf(detector.regime, at) : pinnedRegime(pin, at);
    const records = due.flatMap((lane, i) => recordsOf(lane, published[i], at, regime, universe));
    if (due.length > 1) records.sort(compareRecords);
    if (records.length > 0) yield { at, records };
  }
}

/** A regime that was never evaluated is unknown as of now; any other keeps its own time. */
function asOf(regime: Regime, at: Micros): Regime {
  return regime.as_of === 0 ? { ...regime, as_of: at } : regime;
}

function openLane(series: Series, policy: GapPolicy, after: Micros): Lane {
  const bars = withFillers(series.bars, series.interval, policy);
  const lane: Lane = { series, state: newInstrument(series), bars, next: null, due: 0 };
  do advance(lane);
  while (lane.due <= after);
  return lane;
}

function advance(lane: Lane): void {
  const step = lane.bars.next();
  lane.next = step.done === true ? null : step.value;
  lane.due = lane.next === null ? Number.POSITIVE_INFINITY : lane.next.open_time + lengthOf(lane.series.interval);
}

function takeNext(lane: Lane, historyUntil: Micros): Published {
  const bar = lane.next;
  advance(lane);
  return bar === null ? { quote: null, candles: [] } : takeBar(lane.state, lane.series, bar, historyUntil);
}

function recordsOf(
  lane: Lane,
  published: Published | undefined,
  at: Micros,
  regime: Regime,
  universe: UniverseConfig,
): MarketRecord[] {
  const key = lane.series.facts.instrument;
  const records: MarketRecord[] = [];
  const info = takeCycle(lane.state, lane.series, at, regime, universe);
  if (info !== null) records.push({ topic: 'market.v1', type: 'InstrumentInfo', key, value: info });
  const quote = published?.quote ?? null;
  if (quote !== null) records.push({ topic: 'market.v1', type: 'Quote', key, value: quote });
  for (const candle of published?.candles ?? []) records.push({ topic: 'market.v1', type: 'Candle', key, value: candle });
  return records;
}
