// The fixed names of the features that enrichment supplies and that conditions of strategies may use.
import { EVIDENCE_KEYS } from './evidence.ts';

export const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Values of an interval's closed bars, named `<interval>.<indicator>`. */
export const INDICATOR_VALUES = [
  'close',
  'ema_9',
  'ema_20',
  'ema_21',
  'ema_50',
  'macd_line',
  'macd_signal',
  'macd_histogram',
  'rsi_14',
  'atr_14',
  'adx_14',
  'plus_di_14',
  'minus_di_14',
  'bb_lower',
  'bb_middle',
  'bb_upper',
  'vwap_24',
  'obv',
  'stoch_k',
  'stoch_d',
  'roc_10',
  'williams_14',
  'mfi_14',
  'volume_ratio',
  'ema_slope_21',
  'volatility',
  'atr_ratio',
  'volume_mean_24',
  'volume_ratio_24',
] as const;

/** Values of the instrument as a whole, besides the evidence keys. */
export const INSTRUMENT_FEATURES = [
  'mid',
  'spread_bps',
  'drift_bps',
  'change_5m_bps',
  'change_30m_bps',
  'change_1h_bps',
  'change_24h_bps',
  'volume_24h_usd',
  'fear_greed',
  'depth_20_usd',
  'funding_rate',
  'funding_predicted',
  'open_interest_usd',
  'oi_change_24h_bps',
  'mark_price',
  'oracle_price',
  'obi_100',
  'obi_200',
  'obi_500',
  'rug_score',
  'holder_risk',
] as const;

const NAMES: ReadonlySet<string> = new Set([
  ...EVIDENCE_KEYS,
  ...INSTRUMENT_FEATURES,
  ...INTERVALS.flatMap((interval) => INDICATOR_VALUES.map((value) => `${interval}.${value}`)),
]);

/** Whether a condition may name it; `tradeability` and what else the decision derives itself is not here. */
export function isFeatureName(name: string): boolean {
  return NAMES.has(name);
}
