// What the enrichment stage is configured with: plain data, hashed into every record it writes.
import type { Mode } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import { type CatalogConfig, CHAINS } from '../signals/instrument.ts';
import type { SourceConfig } from '../signals/source.ts';
import { SIGNAL_BYTES_MAX } from '../signals/validator.ts';
import { PROFILES, type ProfileConfig } from './profiles.ts';

export interface PortfolioConfig {
  readonly portfolio: string;
  readonly mode: Mode;
  /** Its permanent place among the outputs of one signal: assigned once, never reused. */
  readonly ordinal: number;
}

/** Who gets which signals: each list holds exact values or `*`. The first route of a portfolio that matches counts. */
export interface RouteConfig {
  readonly portfolio: string;
  /** Canonical sources or providers. */
  readonly sources: readonly string[];
  readonly instruments: readonly string[];
  readonly signal_types: readonly string[];
  readonly directions: readonly string[];
  readonly min_confidence: number;
  readonly profile: string;
}

/** What one mode asks of a signal and of the market data beside it. */
export interface ModeLimits {
  readonly quote_us: Micros;
  readonly depth_us: Micros;
  readonly derivatives_us: Micros;
  /** Newest bar of an interval, in intervals. */
  readonly candle_intervals: number;
  readonly facts_us: Micros;
  readonly derived_us: Micros;
  readonly regime_us: Micros;
  readonly future_skew_us: Micros;
  /** Of sources without a limit of their own. */
  readonly max_age_us: Micros;
  readonly close_max_age_us: Micros;
  readonly max_drift_bps: number;
  readonly unknown_source: 'accept' | 'refuse';
  /** By instrument; in mode live only what is stricter counts. */
  readonly overrides: { readonly [instrument: string]: LimitOverride };
}
export interface LimitOverride {
  readonly max_age_us?: Micros;
  readonly close_max_age_us?: Micros;
  readonly max_drift_bps?: number;
}

export interface EnrichmentConfig {
  readonly run_id: string;
  /** Partitions of the signals topic: where a signal belongs follows from it. */
  readonly partitions: number;
  readonly portfolios: readonly PortfolioConfig[];
  readonly routes: readonly RouteConfig[];
  /** Shipped ones and the operator's, by name. */
  readonly profiles: { readonly [name: string]: ProfileConfig };
  readonly catalog: CatalogConfig;
  /** The operator's sources, by provider. */
  readonly sources: { readonly [provider: string]: SourceConfig };
  readonly limits: { readonly [M in Mode]: ModeLimits };
  readonly bytes_max: number;
  readonly dedupe_window_us: Micros;
  readonly corroboration_window_us: Micros;
  /** Length of the bars that derived quotes come from. */
  readonly base_interval_us: Micros;
  /** Another venue checks prices, so a jump is the market stage's to judge; false: enrichment looks for jumps itself. */
  readonly check_venue: boolean;
}

const PAPER: ModeLimits = {
  quote_us: 30 * SECOND,
  depth_us: 10 * SECOND,
  derivatives_us: 60 * SECOND,
  candle_intervals: 2,
  facts_us: 86_400 * SECOND,
  derived_us: 900 * SECOND,
  regime_us: 7_200 * SECOND,
  future_skew_us: 5 * SECOND,
  max_age_us: 300 * SECOND,
  close_max_age_us: 3_600 * SECOND,
  max_drift_bps: 200,
  unknown_source: 'accept',
  overrides: {},
};
const LIVE: ModeLimits = { ...PAPER, quote_us: 5 * SECOND, unknown_source: 'refuse' };

/** The shipped settings for these portfolios and instruments; every portfolio gets every signal unless routes are given. */
export function defaultEnrichmentConfig(
  given: Partial<Omit<EnrichmentConfig, 'catalog'>> & {
    readonly run_id: string;
    readonly portfolios: readonly PortfolioConfig[];
    readonly catalog: Partial<CatalogConfig> & { readonly instruments: readonly string[] };
  },
): EnrichmentConfig {
  return {
    partitions: 1,
    routes: given.portfolios.map(({ portfolio }) => ({
      portfolio,
      sources: ['*'],
      instruments: ['*'],
      signal_types: ['*'],
      directions: ['*'],
      min_confidence: 0,
      profile: 'trend_follow_v1',
    })),
    sources: {},
    limits: { backtest: PAPER, paper: PAPER, live: LIVE },
    bytes_max: SIGNAL_BYTES_MAX,
    dedupe_window_us: 604_800 * SECOND,
    corroboration_window_us: 3_600 * SECOND,
    base_interval_us: MINUTE,
    check_venue: false,
    ...given,
    profiles: { ...PROFILES, ...given.profiles },
    catalog: { default_quote: 'USDT', default_perp_quote: 'USDC', aliases: {}, chains: CHAINS, ...given.catalog },
  };
}
