// What one deployment consists of: its portfolios, instruments, sources and strategies. Limits are the policy's, not here.
import type { Money } from '../../schemas/money.ts';
import type { Candle, Mode } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../schemas/time.ts';
import type { SourceConfig } from '../signals/source.ts';
import type { LoadedPolicy } from './policy-file.ts';

export interface PortfolioSetup {
  readonly portfolio: string;
  /** Its permanent place among the outputs of one signal. */
  readonly ordinal: number;
  readonly cash: Money;
  readonly policy: LoadedPolicy;
}

export interface Deployment {
  readonly run_id: string;
  readonly mode: Mode;
  /** Of every portfolio here. */
  readonly currency: string;
  readonly partitions: number;
  /** Of the signals, where they are not as many. */
  readonly signal_partitions?: number;
  readonly portfolios: readonly PortfolioSetup[];
  /** Canonical names. */
  readonly instruments: readonly string[];
  readonly venues: readonly string[];
  /** Sources beside the shipped ones, by provider. */
  readonly sources: Readonly<Record<string, SourceConfig>>;
  /** Ids of the strategies that run. */
  readonly strategies: readonly string[];
  readonly base_interval: Candle['interval'];
  readonly base_interval_us: Micros;
  /** Prices come from bars, not from quotes of their own. */
  readonly candle_mode: boolean;
  readonly learning: boolean;
  /** Names this start of the process; fixed in a backtest, so that its bytes are. */
  readonly claim: string;
}

/** What a paper deployment decides by: part of the version of its decision stage. */
export const PAPER_TERMS = { currency: 'USDT', base_interval: '1m', base_interval_us: MINUTE, candle_mode: false } as const;

/** The source of the README: registered here, vouched for in the paper policy. */
export const EXAMPLE_SOURCES: Readonly<Record<string, SourceConfig>> = { my_bot: { grade: 'C', score: 50, max_age_s: 300 } };

export const SHIPPED_STRATEGIES = ['sma_cross', 'rsi_mean_reversion', 'breakout', 'momentum'] as const;
