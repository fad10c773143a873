// The synthetic market in wall time: history first, then a quote every second and each bar when it has closed.
import type { Candle, Quote } from '../../../schemas/records.generated.ts';
import { DAY, MINUTE, type Micros, SECOND } from '../../../schemas/time.ts';
import type { MarketEvent, MarketRecord } from '../event.ts';
import { type Interval, lengthOf } from '../interval.ts';
import { marketEvents } from '../market.ts';
import { isJump, type JumpState, newJumpState } from '../quality/jump.ts';
import { isLocked, quoteFault } from '../quality/quote.ts';
import { driftOf, isMissing, type Scenario, touchOf } from '../synthetic/scenarios.ts';
import { syntheticSeries } from '../synthetic/synthetic.ts';
import { newWalk, nextMinute, type Walk, type WalkMinute } from '../synthetic/walk.ts';
import type { LiveClock } from './clock.ts';
import type { Listing } from './listing.ts';
import { liveQuote } from './live-quote.ts';
import { priceAt } from './minute-path.ts';

export interface LiveSynthetic {
  readonly instruments: readonly Listing[];
  readonly seed: number;
  readonly scenario: Scenario;
  /** Open of the scenario's first minute. */
  readonly began: Micros;
  readonly clock: LiveClock;
  /** Ends the source. */
  readonly signal: AbortSignal;
  /** Close of the newest one-minute bar that stands in the log, by instrument. */
  readonly last_minutes: ReadonlyMap<string, Micros>;
}

/** Bars of history at start, per interval. */
const HISTORY: Readonly<Record<Interval, number>> = { '1m': 150, '5m': 150, '15m': 150, '1h': 240, '4h': 150, '1d': 45 };
const HISTORY_DAYS = 45;
/** A bar is published this long after its close, as of a venue that may still correct it. */
const SETTLE = 2 * SECOND;
/** A longer hole than this is warm-up again: nobody should act on bars of yesterday. */
const FILLED_MAX = HISTORY['1m'] * MINUTE;
const BATCH = 500;
/** Instants of the past walked through before others get their turn. */
const STRIDE = 1_000;

/** Each event is to be appended before the next one is asked for: quotes that nobody had time for are left out, bars never. */
export async function* liveSyntheticSource(options: LiveSynthetic): AsyncGenerator<MarketEvent, void> {
  const { clock, signal } = options;
  /** What had settled by then is the past. */
  const started = clock.now() - SETTLE;
  const walked = openWalk(options, started);
  const lanes = options.instruments.map((listing) => newLane(listing, options));
  let next = walked.events.next();
  const due = (): MarketEvent | null => (next.done === true || next.value.at + SETTLE > clock.now() ? null : next.value);
  const latest = new Map<string, MarketRecord>();
  const batch: MarketRecord[] = [];
  let steps = 0;
  for (let event = due(); event !== null && !signal.aborted; event = due()) {
    for (const record of event.records) {
      if (record.type === 'InstrumentInfo') latest.set(record.key, record);
      else if (record.type === 'Candle' && isWanted(record.value, started, options)) batch.push(received(record, clock.now()));
    }
    next = walked.events.next();
    if (batch.length >= BATCH) yield { at: clock.now(), records: batch.splice(0) };
    steps += 1;
    if (steps % STRIDE === 0) await clock.sleep(0, signal);
  }
  batch.push(...latest.values());
  if (batch.length > 0) yield { at: clock.now(), records: batch };
  while (!signal.aborted) {
    const records: MarketRecord[] = [];
    for (let event = due(); event !== null; event = due()) {
      for (const record of event.records) if (record.type !== 'Quote') records.push(received(record, clock.now()));
      next = walked.events.next();
    }
    const now = clock.now();
    const second = Math.floor(now / SECOND) * SECOND;
    for (const lane of lanes) {
      const quote = quoteAt(lane, options, walked.origin, second, now);
      if (quote !== null) records.push({ topic: 'market.v1', type: 'Quote', key: quote.instrument, value: quote });
    }
    if (records.length > 0) yield { at: now, records };
    await clock.sleep(Math.max(0, second + SECOND - clock.now()), signal);
  }
}

interface Walked {
  /** Open of the walk's first minute: where every start of this market begins to count. */
  readonly origin: Micros;
  readonly events: Iterator<MarketEvent>;
}

function openWalk(options: LiveSynthetic, now: Micros): Walked {
  const firstDay = (of: Micros): Micros => Math.floor(of / DAY) * DAY - HISTORY_DAYS * DAY;
  const origin = firstDay(options.began);
  const series = options.instruments.map((listing) =>
    syntheticSeries({
      ...listing,
      scenario: options.scenario,
      seed: options.seed,
      from: origin,
      minutes: Number.POSITIVE_INFINITY,
      skip: Math.max(0, (firstDay(now) - origin) / MINUTE),
      scenario_from: (options.began - origin) / MINUTE,
      quoted: true,
    }),
  );
  const benchmark = options.instruments[0]?.facts.instrument ?? '';
  const events = marketEvents(series, { regime_benchmark: benchmark, history_until: historyUntil(options, now) });
  return { origin, events: events[Symbol.iterator]() };
}

/** Bars that a restart has missed are as good as any, unless there are too many of them. */
function historyUntil({ instruments, last_minutes }: LiveSynthetic, now: Micros): Micros {
  const stands = Math.min(...instruments.map(({ facts }) => last_minutes.get(facts.instrument) ?? 0));
  return now - stands <= FILLED_MAX ? stands : now;
}

function isWanted(candle: Candle, started: Micros, { last_minutes }: LiveSynthetic): boolean {
  if (candle.close_time <= (last_minutes.get(candle.instrument) ?? 0)) return false;
  return !candle.history || candle.close_time > started - HISTORY[candle.interval] * lengthOf(candle.interval);
}

function received(record: MarketRecord, now: Micros): MarketRecord {
  return { ...record, value: { ...record.value, received_at: now } } as MarketRecord;
}

/** The minute under way of one instrument, walked a second time beside its bars: its quotes must not wait for its close. */
interface Lane {
  readonly listing: Listing;
  readonly walk: Walk;
  /** Number of the minute that `minute` is; -1 before the first. */
  index: number;
  minute: WalkMinute | null;
  readonly jumps: JumpState;
  last: Quote | null;
}

function newLane(listing: Listing, { seed }: LiveSynthetic): Lane {
  const walk = newWalk(listing.facts.instrument, seed, listing.start_price);
  return { listing, walk, index: -1, minute: null, jumps: newJumpState(), last: null };
}

function quoteAt(lane: Lane, options: LiveSynthetic, origin: Micros, second: Micros, now: Micros): Quote | null {
  const index = Math.floor((second - origin) / MINUTE);
  const scenarioFrom = (options.began - origin) / MINUTE;
  const phase = (i: number): Scenario => (i < scenarioFrom ? 'calm' : options.scenario);
  while (lane.index < index) {
    lane.index += 1;
    const drift = driftOf(phase(lane.index), lane.index - scenarioFrom);
    lane.minute = nextMinute(lane.walk, { ...drift, volume: drift.volume * lane.listing.volume });
  }
  if (lane.minute === null || isMissing(phase(index), index - scenarioFrom)) return null;
  const touch = touchOf(phase(index), index - scenarioFrom);
  if (touch === 'stale' && lane.last !== null) return { ...lane.last, received_at: now };
  const price = priceAt(lane.minute, (second - origin - index * MINUTE) / SECOND);
  const quote = liveQuote(lane.listing, { price, event_time: second, received_at: now, crossed: touch === 'crossed' });
  if (quoteFault(quote) !== null) return null;
  if (isLocked(quote)) quote.flags.push('QUOTE_LOCKED');
  if (isJump(lane.jumps, second, (quote.bid + quote.ask) / 2n)) quote.flags.push('PRICE_JUMP');
  lane.last = quote;
  return quote;
}
