// One instrument of a market: its bars go in, the records to publish come out. No clock: time is the bar's close.
import { type Money, mulDiv, toNumber } from '../../schemas/money.ts';
import type { Candle, InstrumentInfo, Quote, Regime } from '../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import type { InstrumentFacts, Series } from './facts.ts';
import type { FilledBar } from './fillers.ts';
import { instrumentInfo } from './info.ts';
import { type Interval, intervalsAbove, lengthOf } from './interval.ts';
import { candleFault } from './quality/candle.ts';
import { timeFault } from './quality/future.ts';
import { isJump, type JumpState, newJumpState } from './quality/jump.ts';
import { isOutlier, newOutlierState, type OutlierState } from './quality/outlier.ts';
import { isLocked, quoteFault } from './quality/quote.ts';
import { newResampler, pushCandle, type Resampler } from './resample.ts';
import { derivedQuote, recordedQuote } from './touch.ts';
import type { UniverseConfig } from './universe/config.ts';
import { evaluateUniverse, newUniverseState, type UniverseState } from './universe/evaluate.ts';
import { addTurnover, newVolumeWindow, type VolumeWindow, volume24h } from './volume-window.ts';

export interface InstrumentState {
  readonly facts: InstrumentFacts;
  readonly resampler: Resampler;
  readonly outliers: Map<Interval, OutlierState>;
  readonly jumps: JumpState;
  readonly volume: VolumeWindow;
  readonly universe: UniverseState;
  quote: Quote | null;
  last_close_time: Micros;
  /** Number of the evaluation cycle that was published last; -1 before the first. */
  cycle: number;
  /** Records left out, by code. */
  readonly dropped: Map<string, number>;
}

export function newInstrument(series: Series): InstrumentState {
  const longer = intervalsAbove(series.interval);
  return {
    facts: series.facts,
    resampler: newResampler(series.interval, longer),
    outliers: new Map([series.interval, ...longer].map((interval) => [interval, newOutlierState()])),
    jumps: newJumpState(),
    volume: newVolumeWindow(),
    universe: newUniverseState(),
    quote: null,
    last_close_time: 0,
    cycle: -1,
    dropped: new Map(),
  };
}

export interface Published {
  readonly quote: Quote | null;
  /** Ascending by interval. */
  readonly candles: readonly Candle[];
}

/** Takes a bar in at its close. Bars that close at or before `historyUntil` are warm-up. */
export function takeBar(state: InstrumentState, series: Series, bar: FilledBar, historyUntil: Micros): Published {
  const at = bar.open_time + lengthOf(series.interval);
  const fault = candleFault(bar);
  if (fault !== null) {
    drop(state, fault);
    return { quote: null, candles: [] };
  }
  const base = candleOf(state.facts, series.interval, bar, at, at <= historyUntil);
  if (state.last_close_time !== 0 && state.last_close_time !== bar.open_time) base.flags.push('CANDLE_GAP');
  state.last_close_time = at;
  addTurnover(state.volume, bar.open_time, at, turnoverOf(bar));
  const candles = [base, ...pushCandle(state.resampler, base)];
  for (const candle of candles) {
    const outliers = state.outliers.get(candle.interval);
    if (outliers !== undefined && isOutlier(outliers, toNumber(candle.close), toNumber(candle.volume)))
      candle.flags.push('BAR_OUTLIER');
  }
  return { quote: takeQuote(state, series, bar, at), candles };
}

function drop(state: InstrumentState, code: string): void {
  state.dropped.set(code, (state.dropped.get(code) ?? 0) + 1);
}

/** In a bar that only stands in for another no price was seen, so it has no quote either. */
function takeQuote(state: InstrumentState, series: Series, bar: FilledBar, at: Micros): Quote | null {
  if (bar.filler) return null;
  const quote = series.quoted
    ? bar.quote && recordedQuote(state.facts, series.assumed, bar.quote, at)
    : derivedQuote(state.facts, series.assumed, bar.close, at);
  if (quote === null) return null;
  const fault = quoteFault(quote) ?? timeFault(quote.event_time, at);
  if (fault !== null) {
    drop(state, fault);
    return null;
  }
  if (isLocked(quote)) quote.flags.push('QUOTE_LOCKED');
  if (isJump(state.jumps, at, (quote.bid + quote.ask) / 2n)) quote.flags.push('PRICE_JUMP');
  state.quote = quote;
  return quote;
}

function candleOf(facts: InstrumentFacts, interval: Interval, bar: FilledBar, at: Micros, history: boolean): Candle {
  return {
    instrument: facts.instrument,
    venue: facts.venue,
    event_time: at,
    received_at: at,
    sequence: null,
    flags: [],
    interval,
    open_time: bar.open_time,
    close_time: at,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    volume: bar.volume,
    quote_volume: bar.quote_volume,
    trades_count: null,
    revision: 0,
    history,
    filler: bar.filler,
  };
}

/** What the source says, else the volume at the typical price of its bar. */
function turnoverOf(bar: FilledBar): Money {
  return bar.quote_volume ?? mulDiv(bar.volume, bar.high + bar.low + bar.close, 3_000_000_000_000n);
}

/** The record of a new evaluation cycle, or null while the last one still runs. */
export function takeCycle(
  state: InstrumentState,
  series: Series,
  at: Micros,
  regime: Regime,
  config: UniverseConfig,
): InstrumentInfo | null {
  const cycle = Math.floor(at / (config.cycle_s * SECOND));
  if (cycle === state.cycle) return null;
  state.cycle = cycle;
  const { facts, quote } = state;
  const fresh = quote !== null && at - quote.event_time <= 2 * lengthOf(series.interval);
  const volume = isDollar(facts.quote, config) ? volume24h(state.volume, at) : null;
  const depth = fresh ? quote.depth.reduce((all, band) => all + band.bid_usd + band.ask_usd, 0n) : null;
  const universe = evaluateUniverse(
    state.universe,
    {
      ...facts,
      market_cap_usd: facts.market_cap_usd === null ? null : toNumber(facts.market_cap_usd),
      volume_24h_usd: volume === null ? null : toNumber(volume),
      spread_bps: fresh ? spreadBps(quote) : null,
      depth_usd: depth === null ? null : toNumber(depth),
    },
    config,
    at,
  );
  return instrumentInfo(facts, { at, volume_24h_usd: volume, universe, regime }, config);
}

function spreadBps({ bid, ask }: Quote): number {
  return (toNumber(ask - bid) / toNumber((bid + ask) / 2n)) * 10_000;
}

/** Turnover in any other currency is no figure in dollars. */
function isDollar(currency: string, config: UniverseConfig): boolean {
  return currency === 'USD' || config.stablecoins.includes(currency);
}
