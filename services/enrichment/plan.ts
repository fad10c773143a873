// What must be kept per instrument so that every routed profile can be read at a signal.
import type { Interval } from '../signals/feature-names.ts';
import { type Indicator, indicatorOf } from './indicator-table.ts';
import type { Profile } from './profiles.ts';

/** The interval of the features that are always there. */
export const CORE_INTERVAL: Interval = '1h';

/** Indicators of the core interval that conditions of the shipped strategies name: always there, whatever the profile asks for. */
export const CONDITION_INDICATORS = ['ema_20', 'ema_50', 'macd', 'rsi_14', 'bollinger', 'volume_ratio_20'] as const;

export interface Plan {
  /** By interval, in the order in which states are kept. */
  readonly indicators: ReadonlyMap<Interval, readonly Named[]>;
  readonly levels: boolean;
}
export interface Named {
  readonly name: string;
  readonly indicator: Indicator;
}

export function planOf(profiles: readonly Profile[]): Plan {
  const names = new Map<Interval, Set<string>>([[CORE_INTERVAL, new Set(CONDITION_INDICATORS)]]);
  for (const profile of profiles) {
    for (const interval of profile.intervals) {
      const known = names.get(interval) ?? new Set();
      for (const name of profile.indicators) known.add(name);
      names.set(interval, known);
    }
  }
  const indicators = new Map(
    [...names].map(([interval, set]) => [interval, [...set].map((name) => ({ name, indicator: indicatorOf(name) }))] as const),
  );
  return { indicators, levels: profiles.some((profile) => profile.levels) };
}
