// The indicators a profile may name: how each is made, updated and read.
import { newAdx, updateAdx } from '../indicators/adx.ts';
import { newAtr, updateAtr } from '../indicators/atr.ts';
import type { Bar } from '../indicators/bar.ts';
import { newBollinger, updateBollinger } from '../indicators/bollinger.ts';
import { newEma, updateEma } from '../indicators/ema.ts';
import { newEmaSlope, updateEmaSlope } from '../indicators/ema-slope.ts';
import { newMacd, updateMacd } from '../indicators/macd.ts';
import { newMfi, updateMfi } from '../indicators/mfi.ts';
import { newObv, updateObv } from '../indicators/obv.ts';
import { newRoc, updateRoc } from '../indicators/roc.ts';
import { newRsi, updateRsi } from '../indicators/rsi.ts';
import { newStochastic, updateStochastic } from '../indicators/stochastic.ts';
import { newVolumeRatio, updateVolumeRatio } from '../indicators/volume-ratio.ts';
import { newVwap, updateVwap } from '../indicators/vwap.ts';
import { newWilliams, updateWilliams } from '../indicators/williams.ts';

/** One indicator without the type of its state: the table keeps states and functions together. */
export interface Indicator {
  /** Bars until all of its values are there. */
  readonly warm_up: number;
  readonly values: readonly string[];
  make(): unknown;
  update(state: unknown, bar: Bar): void;
  /** In the order of `values`; null before warm-up. */
  read(state: unknown): readonly (number | null)[];
}

function define<S>(
  warm_up: number,
  values: readonly string[],
  make: () => S,
  update: (state: S, bar: Bar) => unknown,
  read: (state: S) => readonly (number | null)[],
): Indicator {
  // Only the state that `make` returned is ever handed back.
  return { warm_up, values, make, update: (state, bar) => update(state as S, bar), read: (state) => read(state as S) };
}

function single<S extends { readonly value: number | null }>(
  name: string,
  warm_up: number,
  make: () => S,
  update: (state: S, bar: Bar) => unknown,
): Indicator {
  return define(warm_up, [name], make, update, (state) => [state.value]);
}

function ema(period: number): Indicator {
  return single(
    `ema_${period}`,
    period,
    () => newEma(period),
    (state, bar) => updateEma(state, bar.close),
  );
}

const TABLE: ReadonlyMap<string, Indicator> = new Map([
  ['ema_9', ema(9)],
  ['ema_20', ema(20)],
  ['ema_21', ema(21)],
  ['ema_50', ema(50)],
  [
    'macd',
    define(
      34,
      ['macd_line', 'macd_signal', 'macd_histogram'],
      () => newMacd(),
      (state, bar) => updateMacd(state, bar.close),
      ({ value }) => [value?.line ?? null, value?.signal ?? null, value?.histogram ?? null],
    ),
  ],
  [
    'rsi_14',
    single(
      'rsi_14',
      15,
      () => newRsi(14),
      (state, bar) => updateRsi(state, bar.close),
    ),
  ],
  ['atr_14', single('atr_14', 15, () => newAtr(14), updateAtr)],
  [
    'adx_14',
    define(
      28,
      ['adx_14', 'plus_di_14', 'minus_di_14'],
      () => newAdx(14),
      updateAdx,
      ({ value }) => [value?.adx ?? null, value?.plus_di ?? null, value?.minus_di ?? null],
    ),
  ],
  [
    'bollinger',
    define(
      20,
      ['bb_lower', 'bb_middle', 'bb_upper'],
      () => newBollinger(20, 2),
      (state, bar) => updateBollinger(state, bar.close),
      ({ value }) => [value?.low ?? null, value?.middle ?? null, value?.high ?? null],
    ),
  ],
  ['vwap_24', single('vwap_24', 24, () => newVwap(24), updateVwap)],
  ['obv', single('obv', 1, newObv, updateObv)],
  [
    'stochastic',
    define(
      18,
      ['stoch_k', 'stoch_d'],
      () => newStochastic(14, 3, 3),
      updateStochastic,
      ({ value }) => [value?.slow_k ?? null, value?.slow_d ?? null],
    ),
  ],
  [
    'roc_10',
    single(
      'roc_10',
      11,
      () => newRoc(10),
      (state, bar) => updateRoc(state, bar.close),
    ),
  ],
  ['williams_14', single('williams_14', 14, () => newWilliams(14), updateWilliams)],
  ['mfi_14', single('mfi_14', 15, () => newMfi(14), updateMfi)],
  [
    'volume_ratio_20',
    single(
      'volume_ratio',
      21,
      () => newVolumeRatio(20),
      (state, bar) => updateVolumeRatio(state, bar.volume),
    ),
  ],
  [
    'ema_slope_21',
    single(
      'ema_slope_21',
      24,
      () => newEmaSlope(21),
      (state, bar) => updateEmaSlope(state, bar.close),
    ),
  ],
]);

/** Throws a RangeError for a name that is no indicator. */
export function indicatorOf(name: string): Indicator {
  const indicator = TABLE.get(name);
  if (indicator === undefined) {
    throw new RangeError(`profiles: indicator "${name}": expected one of ${[...TABLE.keys()].join(', ')}`);
  }
  return indicator;
}
