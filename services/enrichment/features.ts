// The features of a record under their fixed names, read from the running indicators at the moment of a signal.
import { type Money, min, toNumber } from '../../schemas/money.ts';
import type { ReasonCode } from '../../schemas/reason-codes.ts';
import type { EnrichedBar, InstrumentKind, Levels } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { IMBALANCE_BANDS, imbalance } from '../indicators/imbalance.ts';
import { levelsOf } from '../indicators/levels.ts';
import { ringFull, ringSum } from '../indicators/ring.ts';
import type { Evidence } from '../signals/evidence.ts';
import type { Interval } from '../signals/feature-names.ts';
import type { MarketState } from './market-state.ts';
import type { MarketView } from './market-view.ts';
import { CONDITION_INDICATORS, CORE_INTERVAL, type Plan } from './plan.ts';
import type { Profile } from './profiles.ts';
import { type Core, NO_TRACKS, type Track, trackOf } from './track.ts';

export interface Technical {
  /** `<interval>.<indicator>`: the core, then the profile's in its order; what is not warm is not there. */
  readonly values: Readonly<Record<string, number>>;
  /** What conditions may name: these, and the indicators that are always there. */
  readonly named: Readonly<Record<string, number>>;
  readonly bars: Record<string, EnrichedBar>;
  readonly levels: Levels | null;
  readonly flags: readonly ReasonCode[];
}

/** What follows from closed bars alone: the same for every signal until the next of them closes. */
interface Readings extends Pick<Technical, 'values' | 'named' | 'levels'> {
  readonly out_of_range: boolean;
  /** By place of the profile's intervals: too few bars for the longest warm-up. */
  readonly missing: readonly boolean[];
  /** Close of the newest bar of the core, then of the profile's intervals. */
  readonly close_times: readonly Micros[];
}

const readings = new WeakMap<MarketState, Map<Profile, Readings>>();

function readingsOf(market: MarketState, profile: Profile, plan: Plan): Readings {
  let known = readings.get(market);
  if (known === undefined) {
    known = new Map();
    readings.set(market, known);
  }
  let last = known.get(profile);
  if (last === undefined || !isCurrent(last, market, profile)) {
    last = readBars(market, profile, plan);
    known.set(profile, last);
  }
  return last;
}

function isCurrent({ close_times }: Readings, { tracks }: MarketState, { intervals }: Profile): boolean {
  if (close_times[0] !== closeTime(trackOf(tracks, CORE_INTERVAL))) return false;
  for (let i = 0; i < intervals.length; i += 1) {
    const interval = intervals[i];
    if (interval !== undefined && close_times[i + 1] !== closeTime(trackOf(tracks, interval))) return false;
  }
  return true;
}

/** Nothing can be read before the first bar. */
function closeTime(track: Track | undefined): Micros {
  return track?.close_time ?? -1;
}

function readBars({ tracks }: MarketState, profile: Profile, plan: Plan): Readings {
  const values: Record<string, number> = {};
  const core = trackOf(tracks, CORE_INTERVAL);
  if (core !== undefined) readCore(core, values);
  const read = profile.intervals.map((interval) => trackOf(tracks, interval));
  // Indicator by indicator, so that a trimmed payload keeps the first ones of every interval.
  for (const name of profile.indicators) {
    for (const track of read) if (track !== undefined) readIndicator(name, track, plan, values);
  }
  const named: Record<string, number> = {};
  if (core !== undefined) for (const name of CONDITION_INDICATORS) readIndicator(name, core, plan, named);
  return {
    values,
    named: Object.assign(named, values),
    levels: profile.levels ? readLevels(core?.series?.core ?? null) : null,
    out_of_range: isOutOfRange(values),
    missing: profile.intervals.map((interval, i) => (read[i]?.series?.bars ?? 0) < warmUpOf(interval, profile, plan)),
    close_times: [core, ...read].map(closeTime),
  };
}

const NOTHING_READ = { values: {}, named: {}, levels: null, out_of_range: false, missing: [] };

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
  const tracks = market?.tracks ?? NO_TRACKS;
  const { values, named, levels, out_of_range, missing } = market === null ? NOTHING_READ : readingsOf(market, profile, plan);
  // Price changes come from the finest bars there are.
  readBar(tracks[0], now, bars);
  for (let i = 0; i < profile.intervals.length; i += 1) {
    const interval = profile.intervals[i];
    if (interval === undefined) continue;
    const track = trackOf(tracks, interval);
    readBar(track, now, bars);
    if (track !== undefined && now - track.close_time > fresh_intervals * track.length) flags.push(BAR_FLAGS[interval].stale);
    if (missing[i] ?? true) flags.push(BAR_FLAGS[interval].missing);
  }
  readBar(trackOf(tracks, CORE_INTERVAL), now, bars);
  if (out_of_range) flags.push('INDICATOR_RANGE');
  return { values, named, bars, levels, flags };
}

function isOutOfRange(values: Readonly<Record<string, number>>): boolean {
  for (const name in values) {
    const value = values[name] ?? 0;
    if ((value < 0 || value > 100) && name.endsWith('.rsi_14')) return true;
    if (value < 0 && name.endsWith('.atr_14')) return true;
  }
  return false;
}

function readBar(track: Track | undefined, now: Micros, bars: Record<string, EnrichedBar>): void {
  if (track === undefined || bars[track.interval] !== undefined) return;
  bars[track.interval] = { close_time: track.close_time, offset: track.offset, age_us: now - track.close_time };
}

/** Bars until all that the profile reads of the interval is there; one at least. */
function warmUpOf(interval: Interval, profile: Profile, plan: Plan): number {
  let warm_up = 1;
  for (const { name, indicator } of plan.indicators.get(interval) ?? [])
    if (indicator.warm_up > warm_up && profile.indicators.includes(name)) warm_up = indicator.warm_up;
  return warm_up;
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
  put(values, '1h.close', core.volatility.last_close);
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
  if (isNumber(value)) values[name] = value;
}

function isNumber(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
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
  if (view.mid !== null) values.mid = toNumber(view.mid);
  if (isNumber(view.spread_bps)) values.spread_bps = view.spread_bps;
  if (isNumber(drift_bps)) values.drift_bps = drift_bps;
  if (isNumber(view.change_5m_bps)) values.change_5m_bps = view.change_5m_bps;
  if (isNumber(view.change_30m_bps)) values.change_30m_bps = view.change_30m_bps;
  if (isNumber(view.change_1h_bps)) values.change_1h_bps = view.change_1h_bps;
  if (isNumber(view.change_24h_bps)) values.change_24h_bps = view.change_24h_bps;
  if (view.volume_24h_usd !== null) values.volume_24h_usd = toNumber(view.volume_24h_usd);
  const depth_20_usd = depth20(view);
  if (depth_20_usd !== null) values.depth_20_usd = toNumber(depth_20_usd);
  const fear_greed = view.regime_fresh ? view.regime?.fear_greed : null;
  if (isNumber(fear_greed)) values.fear_greed = fear_greed;
  const derivatives = view.derivatives_fresh ? view.derivatives : null;
  if (derivatives !== null) {
    const { funding_rate, funding_predicted, open_interest_usd, oi_change_24h_bps, mark_price, oracle_price } = derivatives;
    if (isNumber(funding_rate)) values.funding_rate = funding_rate;
    if (isNumber(funding_predicted)) values.funding_predicted = funding_predicted;
    if (open_interest_usd !== null) values.open_interest_usd = toNumber(open_interest_usd);
    if (isNumber(oi_change_24h_bps)) values.oi_change_24h_bps = oi_change_24h_bps;
    if (mark_price !== null) values.mark_price = toNumber(mark_price);
    if (oracle_price !== null) values.oracle_price = toNumber(oracle_price);
  }
  for (const band in obi) {
    const value = obi[band];
    if (value !== undefined) values[`obi_${band}`] = value;
  }
  return Object.assign(values, technical.named);
}
