// The regime detector: folds the benchmark's closed hours and days into one record for every instrument.
import { toNumber } from '../../../schemas/money.ts';
import type { Candle, Regime } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { type Atr, newAtr, updateAtr } from '../../indicators/atr.ts';
import { newRing, pushRing, type Ring, ringAt, ringBack, ringFull, ringMax, ringSum } from '../../indicators/ring.ts';
import { newVolatility, updateVolatility, type Volatility } from '../../indicators/volatility.ts';
import { type Held, hold, newHeld } from './hysteresis.ts';
import { fastTrend, judge, slowTrend, type Trend, type VolatilityLabel, volatilityLabel } from './rules.ts';

const HOURS = 168;
const DAYS = 30;
const TRENDS: readonly Trend[] = ['crash', 'bear', 'chop', 'bull'];
const VOLATILITIES: readonly VolatilityLabel[] = ['high', 'normal', 'low'];

interface Hours {
  readonly closes: Ring;
  readonly volatility: Volatility;
  last_close_time: Micros;
}

interface Days {
  readonly closes: Ring;
  readonly highs: Ring;
  readonly atr: Atr;
  last_close_time: Micros;
}

export interface RegimeState {
  hours: Hours;
  days: Days;
  readonly trend: Held<Trend>;
  readonly volatility: Held<VolatilityLabel>;
  /** Of the label that is held: from the last evaluation that gave it. */
  confidence: number;
  /** Set by whoever polls the index, 0 to 100; null = unknown. */
  fear_greed: number | null;
  regime: Regime;
}

export function newRegimeState(): RegimeState {
  return {
    hours: newHours(),
    days: newDays(),
    trend: newHeld(),
    volatility: newHeld(),
    confidence: 0,
    fear_greed: null,
    regime: unknownRegime(0),
  };
}

function newHours(): Hours {
  return { closes: newRing(HOURS + 1), volatility: newVolatility(), last_close_time: 0 };
}

function newDays(): Days {
  return { closes: newRing(DAYS), highs: newRing(DAYS), atr: newAtr(14), last_close_time: 0 };
}

export function unknownRegime(as_of: Micros): Regime {
  return {
    tag: 'unknown',
    trend: 'unknown',
    volatility: 'unknown',
    confidence: 0,
    t: null,
    v: null,
    s: null,
    d: null,
    a: null,
    fear_greed: null,
    as_of,
    pending_count: 0,
  };
}

/** A regime set by the run instead of being detected, for example `chop_high`, `crash` or `unknown`. */
export function pinnedRegime(tag: string, as_of: Micros): Regime {
  const [trend = '', volatility] = tag.split('_');
  const named = TRENDS.find((known) => known === trend);
  const width = VOLATILITIES.find((known) => known === volatility);
  if (tag === 'unknown') return unknownRegime(as_of);
  if (tag === 'crash') return { ...unknownRegime(as_of), tag, trend: 'crash', confidence: 1 };
  if (named === undefined || width === undefined || named === 'crash' || tag !== `${named}_${width}`) {
    throw new RangeError(`regime "${tag}": expected <bear|chop|bull>_<low|normal|high>, crash or unknown`);
  }
  return { ...unknownRegime(as_of), tag, trend: named, volatility: width, confidence: 1 };
}

/** Takes a closed candle of the benchmark in; only hours and days matter. A day goes first where both close together. */
export function updateRegime(state: RegimeState, candle: Candle, confirm = 3): Regime {
  if (candle.interval === '1d') takeDay(state, candle);
  else if (candle.interval === '1h' && takeHour(state, candle)) state.regime = evaluate(state, candle.close_time, confirm);
  return state.regime;
}

function takeDay(state: RegimeState, candle: Candle): void {
  if (candle.open_time < state.days.last_close_time) return;
  if (state.days.last_close_time !== 0 && candle.open_time !== state.days.last_close_time) state.days = newDays();
  const { closes, highs, atr } = state.days;
  const high = toNumber(candle.high);
  const close = toNumber(candle.close);
  pushRing(closes, close);
  pushRing(highs, high);
  updateAtr(atr, { open: toNumber(candle.open), high, low: toNumber(candle.low), close, volume: 0 });
  state.days.last_close_time = candle.close_time;
}

function takeHour(state: RegimeState, candle: Candle): boolean {
  if (candle.open_time < state.hours.last_close_time) return false;
  if (state.hours.last_close_time !== 0 && candle.open_time !== state.hours.last_close_time) state.hours = newHours();
  const close = toNumber(candle.close);
  pushRing(state.hours.closes, close);
  updateVolatility(state.hours.volatility, close);
  state.hours.last_close_time = candle.close_time;
  return true;
}

/** A day's bar this much older than the hour no longer speaks for the slow horizon. */
const DAY_STALE: Micros = 2 * 86_400_000_000;

function evaluate(state: RegimeState, as_of: Micros, confirm: number): Regime {
  const { hours, days, fear_greed } = state;
  const fastKnown = ringFull(hours.closes);
  const slowKnown = ringFull(days.closes) && as_of - days.last_close_time <= DAY_STALE;
  const t = fastKnown ? 100 * (ringBack(hours.closes, 0) / ringAt(hours.closes, 0) - 1) : null;
  const v = fastKnown ? hours.volatility.uncapped : null;
  const s = slowKnown ? slopeShare(days.closes) : null;
  const d = slowKnown ? 100 * (1 - ringBack(days.closes, 0) / ringMax(days.highs)) : null;
  const a = slowKnown && days.atr.value !== null ? (100 * days.atr.value) / ringBack(days.closes, 0) : null;
  const figures = { t, v, s, d, a, fear_greed };
  const fast = t === null || v === null ? null : fastTrend(t, v);
  if (fast === null || s === null || d === null || a === null) {
    forget(state);
    if (fast?.trend !== 'crash') return { ...unknownRegime(as_of), ...figures };
    return { ...unknownRegime(as_of), ...figures, tag: 'crash', trend: 'crash', confidence: fast.confidence };
  }
  const seen = judge(fast, slowTrend(s, d), fear_greed);
  const trend = hold(state.trend, seen.trend, TRENDS, confirm);
  const volatility = hold(state.volatility, volatilityLabel(a), VOLATILITIES, confirm);
  if (trend === seen.trend) state.confidence = seen.confidence;
  return {
    tag: trend === 'crash' ? 'crash' : `${trend}_${volatility}`,
    trend,
    volatility,
    confidence: state.confidence,
    ...figures,
    as_of,
    pending_count: Math.max(state.trend.pending_count, state.volatility.pending_count),
  };
}

/** What was held does not outlive an unknown: from there every label is taken at once. */
function forget(state: RegimeState): void {
  Object.assign(state.trend, newHeld<Trend>());
  Object.assign(state.volatility, newHeld<VolatilityLabel>());
  state.confidence = 0;
}

/** Least-squares slope per step, in % of the mean. */
export function slopeShare(values: Ring): number {
  const n = values.count;
  const middle = (n - 1) / 2;
  const mean = ringSum(values) / n;
  let across = 0;
  let squares = 0;
  for (let i = 0; i < n; i += 1) {
    across += (i - middle) * (ringAt(values, i) - mean);
    squares += (i - middle) * (i - middle);
  }
  return (100 * (across / squares)) / mean;
}
