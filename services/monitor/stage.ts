// The monitor stage: watches open positions against market prices and writes Marks and exit triggers into their journals.
import { contentHash, exitTriggerId } from '../../schemas/ids.ts';
import { type Price, toNumber } from '../../schemas/money.ts';
import type { Candle, InstrumentInfo, Position } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../schemas/time.ts';
import type { Emit, Stage } from '../../topology/stage.ts';
import { takeBar } from './bars.ts';
import { evaluate, REPEAT_AFTER_US } from './evaluate.ts';
import { addMid, isDue, midBefore } from './mids.ts';
import { midOf, settleSuspect, takeClose, takeQuote } from './price.ts';
import { hasCrashed } from './rules/flash-crash.ts';
import { DEFAULT_SETTINGS, type ExitSettings, settingsOf } from './settings.ts';
import { newTrack, type Track } from './track.ts';
import { update, watch } from './watched.ts';

/** Changes with every change of what this code derives from the same records. */
const CODE_VERSION = '1';
/** A quote older than this at the close of a bar gives way to the bar's close. */
const QUOTE_MAX_AGE_US: Micros = MINUTE;

export interface MonitorConfig {
  /** The interval of the bars that close all others; default 1m. */
  readonly base_interval?: Candle['interval'];
  /** Assets in which fees are paid, with the instrument whose mid is their rate; default none. */
  readonly fee_assets?: Readonly<Record<string, string>>;
}

export interface MonitorState {
  readonly tracks: Map<string, Track>;
  readonly settings: Map<string, ExitSettings>;
  /** Some portfolio has FLASH_CRASH on: mids are kept. */
  flash: boolean;
  /** When the crash of a leader was last told to a portfolio, by `<portfolio>|<instrument>`. */
  readonly leader_crashes: Map<string, Micros>;
}

export function monitorStage(config: MonitorConfig = {}): Stage<MonitorState> {
  const base = config.base_interval ?? '1m';
  const feeAssets = Object.entries(config.fee_assets ?? {});

  /** The track of `state` that was asked for last: most records are about the instrument of the one before. */
  const last = { state: null as MonitorState | null, track: null as Track | null };

  function trackOf(state: MonitorState, instrument: string): Track {
    if (last.state === state && last.track?.instrument === instrument) return last.track;
    let track = state.tracks.get(instrument);
    if (track === undefined) {
      track = newTrack(instrument);
      state.tracks.set(instrument, track);
    }
    last.state = state;
    last.track = track;
    return track;
  }

  /** Rates of the fee assets whose instrument has a price. */
  function feeRates(state: MonitorState): Record<string, Price> | null {
    if (feeAssets.length === 0) return null;
    const rates: Record<string, Price> = {};
    for (const [asset, instrument] of feeAssets) {
      const track = state.tracks.get(instrument);
      if (track !== undefined && track.price_at > Number.NEGATIVE_INFINITY) rates[asset] = midOf(track);
    }
    return rates;
  }

  function evaluateAll(state: MonitorState, track: Track, event_at: Micros, bar_closed: boolean, emit: Emit): void {
    // A bar is published a little after its close, when quotes have gone on.
    const at = Math.max(event_at, track.price_at);
    if (state.flash && isDue(track.mids, track.price_at)) {
      addMid(track.mids, track.price_at, midOf(track));
      tellLeaderCrash(state, track, at, emit);
    }
    if (track.positions.length === 0) return;
    const rates = feeRates(state);
    for (const position of track.positions) {
      const settings = state.settings.get(position.portfolio) ?? DEFAULT_SETTINGS;
      evaluate(position, track, settings, at, bar_closed, rates, emit);
    }
  }

  function takeCandle(state: MonitorState, candle: Candle, offset: number, emit: Emit): void {
    const track = trackOf(state, candle.instrument);
    if (candle.interval !== base) {
      takeBar(track, candle);
      return;
    }
    if (candle.open_time <= track.bar_at) return;
    track.bar_at = candle.open_time;
    if (candle.history) return;
    settleSuspect(track, candle.close_time);
    if (candle.close_time - track.price_at > QUOTE_MAX_AGE_US) {
      takeClose(track, candle.close, spreadOf(state, track), candle.close_time, offset);
    }
    evaluateAll(state, track, candle.close_time, true, emit);
  }

  return {
    name: 'monitor',
    version: `${CODE_VERSION}-${contentHash({ base, fee_assets: Object.fromEntries(feeAssets) }).slice(0, 16)}`,
    init: () => ({ tracks: new Map(), settings: new Map(), flash: true, leader_crashes: new Map() }),
    step(state, input, emit) {
      switch (input.type) {
        case 'Quote': {
          const track = trackOf(state, input.value.instrument);
          // A derived quote is the bar's own close: the bar that follows it is the moment to judge, after the exchange has had it.
          if (takeQuote(track, input.value, input.offset) && !track.from_bar)
            evaluateAll(state, track, track.price_at, false, emit);
          return;
        }
        case 'Candle':
          takeCandle(state, input.value, input.offset, emit);
          return;
        case 'InstrumentInfo':
          takeInfo(trackOf(state, input.value.instrument), input.value);
          return;
        case 'Position':
          takePosition(state, trackOf(state, input.value.instrument), input.value, emit, feeRates(state));
          return;
        case 'PolicyActivated': {
          const settings = settingsOf(input.value);
          if (settings === null) return;
          state.settings.set(input.value.portfolio, settings);
          state.flash = [...state.settings.values()].some((of) => of.flash);
          return;
        }
        default:
          return;
      }
    },
  };
}

function takeInfo(track: Track, info: InstrumentInfo): void {
  track.base = info.base;
  track.tick = info.filters.tick;
  track.status = info.status;
  track.eligible = info.universe.eligible;
  track.regime_tag = info.regime.tag;
}

/** The spread that the tier of the first position would pay, by its portfolio's cost table. */
function spreadOf(state: MonitorState, track: Track): bigint {
  const position = track.positions[0];
  if (position === undefined) return 0n;
  return (state.settings.get(position.portfolio) ?? DEFAULT_SETTINGS).spread_cbps[position.tier];
}

/** A position that is new, or has grown, is judged at once by a price that is not older than its entry. */
function takePosition(state: MonitorState, track: Track, p: Position, emit: Emit, rates: Record<string, Price> | null): void {
  const i = track.positions.findIndex((known) => known.portfolio === p.portfolio);
  const known = i < 0 ? undefined : track.positions[i];
  if (p.qty === 0n) {
    if (known?.position_id === p.position_id) track.positions.splice(i, 1);
    return;
  }
  let position = known;
  if (position === undefined || position.position_id !== p.position_id) {
    if (position !== undefined) track.positions.splice(i, 1);
    position = watch(p);
    track.positions.push(position);
  } else {
    const grown = p.last_entry_at !== position.last_entry_at;
    update(position, p);
    if (!grown) return;
  }
  evaluate(position, track, state.settings.get(p.portfolio) ?? DEFAULT_SETTINGS, track.price_at, true, rates, emit);
}

/** The crash of a leader is told to every portfolio once, for the positions that fall with it. */
function tellLeaderCrash(state: MonitorState, track: Track, at: Micros, emit: Emit): void {
  const before = midBefore(track.mids, at);
  if (before === null) return;
  const mid = midOf(track);
  if (!hasCrashed(mid, before, true)) return;
  for (const [portfolio, settings] of state.settings) {
    if (!settings.flash || !settings.flash_leaders.has(track.base)) continue;
    const key = `${portfolio}|${track.instrument}`;
    const told = state.leader_crashes.get(key);
    if (told !== undefined && at - told < REPEAT_AFTER_US) continue;
    state.leader_crashes.set(key, at);
    const of = { event_at: at, instrument: track.instrument, portfolio, position_id: '', rule: 'FLASH_CRASH' };
    const trigger_id = exitTriggerId(of);
    emit(
      'journal.v1',
      'ExitTrigger',
      portfolio,
      {
        ...of,
        trigger_id,
        run_id: settings.run_id,
        mode: settings.mode,
        scope: 'PORTFOLIO',
        urgency: 'URGENT',
        price: null,
        mid,
        mark_age_us: at - track.price_at,
        inputs: [
          { name: 'mid', value: toNumber(mid), offset: track.offset, age_us: at - track.price_at },
          { name: 'mid_15m', value: toNumber(before), offset: null, age_us: null },
        ],
        stop_price: null,
        also_fired: [],
      },
      trigger_id,
    );
  }
}
