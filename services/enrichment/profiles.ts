// Which features a route asks for: shipped profiles, and how one extends another.
import type { Interval } from '../signals/feature-names.ts';

/** Lists of a child come after its parent's, without repeats; scalars of a child replace its parent's. */
export interface ProfileConfig {
  readonly extends?: string;
  readonly intervals?: readonly Interval[];
  /** Names of indicators, computed on each of the intervals. */
  readonly indicators?: readonly string[];
  readonly market?: readonly string[];
  readonly derivatives?: readonly string[];
  /** An opening signal is refused where derivatives are absent or stale. */
  readonly derivatives_required?: boolean;
  readonly levels?: boolean;
  readonly obi?: boolean;
}

export interface Profile {
  readonly name: string;
  readonly intervals: readonly Interval[];
  readonly indicators: readonly string[];
  readonly market: readonly string[];
  readonly derivatives: readonly string[];
  readonly derivatives_required: boolean;
  readonly levels: boolean;
  readonly obi: boolean;
}

export const PROFILES: { readonly [name: string]: ProfileConfig } = {
  trend_follow_v1: {
    intervals: ['15m', '1h', '4h'],
    indicators: ['ema_9', 'ema_21', 'ema_50', 'macd', 'rsi_14', 'atr_14'],
    market: ['mid', 'spread_bps', 'drift_bps'],
  },
  crypto_perps_v1: {
    extends: 'trend_follow_v1',
    derivatives: ['funding_rate', 'funding_predicted', 'open_interest_usd', 'oi_change_24h_bps', 'mark_price', 'oracle_price'],
    derivatives_required: true,
  },
  full_v1: {
    extends: 'crypto_perps_v1',
    indicators: ['adx_14', 'bollinger', 'vwap_24', 'obv', 'stochastic', 'roc_10', 'williams_14', 'mfi_14', 'volume_ratio_20'],
    levels: true,
    obi: true,
  },
};

/** Throws a RangeError for an unknown profile, an unknown parent or a cycle. */
export function resolveProfile(name: string, profiles: { readonly [name: string]: ProfileConfig }): Profile {
  const chain: ProfileConfig[] = [];
  const seen: string[] = [];
  for (let next: string | undefined = name; next !== undefined; ) {
    const config: ProfileConfig | undefined = Object.hasOwn(profiles, next) ? profiles[next] : undefined;
    if (config === undefined) {
      const from = seen.length === 0 ? 'routes' : `profiles.${seen.at(-1)}.extends`;
      throw new RangeError(`${from}: "${next}": expected one of ${Object.keys(profiles).join(', ')}`);
    }
    if (seen.includes(next)) throw new RangeError(`profiles.${name}: extends itself: ${[...seen, next].join(' → ')}`);
    seen.push(next);
    chain.unshift(config);
    next = config.extends;
  }
  return {
    name,
    intervals: joined(chain.map((config) => config.intervals ?? [])),
    indicators: joined(chain.map((config) => config.indicators ?? [])),
    market: joined(chain.map((config) => config.market ?? [])),
    derivatives: joined(chain.map((config) => config.derivatives ?? [])),
    derivatives_required: chain.findLast((config) => config.derivatives_required !== undefined)?.derivatives_required ?? false,
    levels: chain.findLast((config) => config.levels !== undefined)?.levels ?? false,
    obi: chain.findLast((config) => config.obi !== undefined)?.obi ?? false,
  };
}

function joined<T>(lists: readonly (readonly T[])[]): readonly T[] {
  return [...new Set(lists.flat())];
}
