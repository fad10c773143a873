// The features of a record under their fixed names, read from the running indicators at the moment of a signal.
import { type Money, min, toNumber } from '../../schemas/money.ts';
import type { ReasonCode } from '../../schemas/reason-codes.ts';
import type { EnrichedBar, InstrumentKind, Levels } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { IMBALANCE_BANDS, imbalance } from '../indicators/imbalance.ts';
import { levelsOf } from '../indicators/levels.ts';
import { ringFull, ringSum } from '../indicators/ring.ts';
import type { Evidence } from '../signals/evidence.ts';
import { INTERVALS, type Interval } from '../signals/feature-names.ts';
import type { MarketState } from './market-state.ts';
import type { MarketView } from './market-view.ts';
import { CONDITION_INDICATORS, CORE_INTERVAL, type Plan } from './plan.ts';
import type { Profile } from './profiles.ts';
import { type Core, LENGTH_US, type Track } from './track.ts';

export interface Technical {
  /** `<interval>.<indicator>`: the core, then the profile's in its order; what is not warm is not there. */
  readonly values: Readonly<Record<string, number>>;
  /** What conditions may name besides. */
  readonly others: Readonly<Record<string, number>>;
  readonly bars: Record<string, EnrichedBar>;
  readonly levels: Levels | null;
  readonly flags: readonly ReasonCode[];
}

/** What follows from closed bars alone: the same for every signal until the next bar closes. */
interface Readings extends Pick<Technical, 'values' | 'others' | 'levels'> {
  readonly out_of_range: boolean;
  /** Close of the newest bar of each track, in their order. */
  readonly close_times: readonly Micros[];
}

const readings = new WeakMap<MarketState, Map<Profile, Readings>>();

function readingsOf(market: MarketState, profile: Profile, plan: Plan): Readings {
  let known = readings.get(market);
  if (known === undefined) {
    known = new Map();
    readings.set(market, known);
  }
  const last = known.get(profile);
  if (last !== undefined && isCurrent(last, market)) return last;
  const values: Record<string, number> = {};
  const core = market.tracks.get(CORE_INTERVAL);
  if (core !== undefined) readCore(core, values);
  // Indicator by indicator, so that a trimmed payload keeps the first ones of every interval.
  for (const name of profile.indicators) {
    for (const interval of profile.intervals) {
      const track = market.tracks.get(interval);
      if (track !== undefined) readIndicator(name, track, plan, values);
    }
  }
  const others: Record<string, number> = {};
  if (core !== undefined) for (const name of CONDITION_INDICATORS) readIndicator(name, core, plan, others);
  const read = {
    values,
    others,
    levels: profile.levels ? readLevels(core?.series?.core ?? null) : null,
    out_of_range: isOutOfRange(values),
    close_times: [...market.tracks.values()].map((track) => track.close_time),
  };
  known.set(profile, read);
  return read;
}

function isCurrent({ close_times }: Readings, { tracks }: MarketState): boolean {
  if (close_times.length !== tracks.size) return false;
  let i = 0;
  for (const { close_time } of tracks.values()) {
    if (close_time !== close_times[i]) return false;
    i += 1;
  }
  return true;
}

const NOTHING_READ = { values: {}, others: {}, levels: null, out_of_range: false };

/** Indicators and bars of the profile's intervals. */
export function technicalOf(
  market: MarketState | null,
  profile: Profile,
  plan: Plan,
  now: Micros,
  fresh_intervals: number,
): Technical {
  const bars: Record<string, EnrichedBar> = {};
  const flags: ReasonCode[] = [];
  // Price changes come from the finest bars there are.
  const finest = INTERVALS.find((interval) => market?.tracks.has(interval) === true);
  if (finest !== undefined) readBar(finest, market, now, bars);
  for (const interval of profile.intervals) {
    readBar(interval, market, now, bars);
    barFlags(interval, market?.tracks.get(interval), profile, plan, now, fresh_intervals, flags);
  }
  readBar(CORE_INTERVAL, market, now, bars);
  const { values, others, levels, out_of_range } = market === null ? NOTHING_READ : readingsOf(market, profile, plan);
  if (out_of_range) flags.push('INDICATOR_RANGE');
  return { values, others, bars, levels, flags };
}

function isOutOfRange(values: Readonly<Record<string, number>>): boolean {
  for (const name in values) {
    const value = values[name] ?? 0;
    if ((value < 0 || value > 100) && name.endsWith('.rsi_14')) return true;
    if (value < 0 && name.endsWith('.atr_14')) return true;
  }
  return false;
}

function readBar(interval: Interval, market: MarketState | null, now: Micros, bars: Record<string, EnrichedBar>): void {
  const track = market?.tracks.get(interval);
  if (track === undefined || bars[interval] !== undefined) return;
  bars[interval] = { close_time: track.close_time, offset: track.offset, age_us: now - track.close_time };
}

function barFlags(
  interval: Interval,
  track: Track | undefined,
  profile: Profile,
  plan: Plan,
  now: Micros,
  fresh_intervals: number,
  flags: ReasonCode[],
): void {
  const { stale, missing } = BAR_FLAGS[interval];
  if (track !== undefined && now - track.close_time > fresh_intervals * LENGTH_US[interval]) flags.push(stale);
  let warm_up = 1;
  for (const { name, indicator } of plan.indicators.get(interval) ?? [])
    if (indicator.warm_up > warm_up && profile.indicators.includes(name)) warm_up = indicator.warm_up;
  if ((track?.series?.bars ?? 0) < warm_up) flags.push(missing);
}

type BarFlags = { readonly stale: ReasonCode; readonly missing: ReasonCode };

const BAR_FLAGS: { readonly [I in Interval]: BarFlags } = {
  '1m': { stale: 'CANDLES_1M_STALE', missing: 'CANDLES_1M_MISSING' },
  '5m': { stale: 'CANDLES_5M_STALE', missing: 'CANDLES_5M_MISSING' },
  '15m': { stale: 'CANDLES_15M_STALE', missing: 'CANDLES_15M_MISSING' },
  '1h': { stale: 'CANDLES_1H_STALE', missing: 'CANDLES_1H_MISSING' },
  '4h': { stale: 'CANDLES_4H_STALE', missing: 'CANDLES_4H_MISSING' },
  '1d': { stale: 'CANDLES_1D_STALE', missing: 'CANDLES_1D_MISSING' },
};

function readIndicator(name: string, track: Track, plan: Plan, values: Record<string, number>): void {
  const place = (plan.indicators.get(track.interval) ?? []).findIndex((named) => named.name === name);
  const indicator = plan.indicators.get(track.interval)?.[place]?.indicator;
  if (indicator === undefined || track.series === null || track.series.bars === 0) return;
  const read = indicator.read(track.series.states[place]);
  for (const [i, value] of indicator.values.entries()) put(values, `${track.interval}.${value}`, read[i] ?? null);
}

function readCore(track: Track, values: Record<string, number>): void {
  const core = track.series?.core ?? null;
  if (core === null) return;
  if (track.close_time >= 0) put(values, '1h.close', toNumber(track.close));
  put(values, '1h.atr_14', core.ratio.atr.value);
  const { earlier, value } = core.volume;
  put(values, '1h.volume_mean_24', ringFull(earlier) ? ringSum(earlier) / earlier.count : null);
  put(values, '1h.volume_ratio_24', value);
  put(values, '1h.volatility', core.volatility.value);
  put(values, '1h.atr_ratio', core.ratio.value);
}

function readLevels(core: Core | null): Levels | null {
  const levels = core === null || core.levels === null ? null : levelsOf(core.levels);
  return levels === null ? null : { support: [...levels.supports], resistance: [...levels.resistances] };
}

function put(values: Record<string, number>, name: string, value: number | null): void {
  if (value !== null && Number.isFinite(value)) values[name] = value;
}

/** Order-book imbalance by band; null where no band has depth. */
export function imbalancesOf(view: MarketView): Record<string, number> | null {
  const found: Record<string, number> = {};
  if (!view.depth_fresh) return null;
  for (const band of IMBALANCE_BANDS) {
    const depth = view.depth.find((entry) => entry.band_bps === band);
    if (depth !== undefined) put(found, String(band), imbalance(toNumber(depth.bid_usd), toNumber(depth.ask_usd)));
  }
  return Object.keys(found).length === 0 ? null : found;
}

/** The thinner side within 20 bps of mid. */
export function depth20(view: MarketView): Money | null {
  const band = view.depth_fresh ? view.depth.find((entry) => entry.band_bps === 20) : undefined;
  return band === undefined ? null : min(band.bid_usd, band.ask_usd);
}

/**
 * All features: evidence first, so that what was measured stands where both say something. The volume of an instrument that
 * an exchange trades is measured or unknown; a token's may be the sender's claim.
 */
export function featuresOf(
  kind: InstrumentKind,
  view: MarketView,
  technical: Technical,
  obi: Record<string, number> | null,
  evidence: Evidence,
  drift_bps: number | null,
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [key, value] of evidence.numbers) {
    if (key !== 'volume_24h_usd' || kind === 'token') put(values, key, toNumber(value));
  }
  const money = (value: bigint | null): number | null => (value === null ? null : toNumber(value));
  put(values, 'mid', money(view.mid));
  put(values, 'spread_bps', view.spread_bps);
  put(values, 'drift_bps', drift_bps);
  put(values, 'change_5m_bps', view.change_5m_bps);
  put(values, 'change_30m_bps', view.change_30m_bps);
  put(values, 'change_1h_bps', view.change_1h_bps);
  put(values, 'change_24h_bps', view.change_24h_bps);
  put(values, 'volume_24h_usd', money(view.volume_24h_usd));
  put(values, 'depth_20_usd', money(depth20(view)));
  if (view.regime_fresh) put(values, 'fear_greed', view.regime?.fear_greed ?? null);
  const { derivatives } = view;
  if (derivatives !== null && view.derivatives_fresh) {
    put(values, 'funding_rate', derivatives.funding_rate);
    put(values, 'funding_predicted', derivatives.funding_predicted);
    put(values, 'open_interest_usd', money(derivatives.open_interest_usd));
    put(values, 'oi_change_24h_bps', derivatives.oi_change_24h_bps);
    put(values, 'mark_price', money(derivatives.mark_price));
    put(values, 'oracle_price', money(derivatives.oracle_price));
  }
  for (const band in obi) {
    const value = obi[band];
    if (value !== undefined) values[`obi_${band}`] = value;
  }
  return Object.assign(values, technical.others, technical.values);
}
