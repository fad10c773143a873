// What execution knows of one instrument's market: info, quotes, the last bar, and the volatility that costs depend on.
import type { Price } from '../../schemas/money.ts';
import { toNumber } from '../../schemas/money.ts';
import type { Candle, DerivativesState, InstrumentInfo, Quote } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros } from '../../schemas/time.ts';
import { type Atr, newAtr, updateAtr } from '../indicators/atr.ts';

export interface Market {
  readonly instrument: string;
  info: InstrumentInfo | null;
  /** Newest quote of the venue itself, and newest of any kind. */
  real: Quote | null;
  newest: Quote | null;
  /** Last bar of the base interval. */
  candle_open_at: Micros;
  candle_close_at: Micros;
  last_close: Price;
  readonly atr: Atr;
  /** ATR14 (1 h) over close; null until it is known. */
  atr_share: number | null;
  atr_bar_at: Micros;
  derivatives: DerivativesState | null;
  /** Portfolios with a working order or a position that can be liquidated or funded here: the others need not be looked at. */
  readonly holders: string[];
}

export function newMarket(instrument: string): Market {
  return {
    instrument,
    info: null,
    real: null,
    newest: null,
    candle_open_at: -1,
    candle_close_at: -1,
    last_close: 0n,
    atr: newAtr(14),
    atr_share: null,
    atr_bar_at: -1,
    derivatives: null,
    holders: [],
  };
}

/** A quote of the venue decides fills while it is no older than this. */
export const QUOTE_MODE_AGE_MAX: Micros = MINUTE;

export function inQuoteMode(market: Market, at: Micros): boolean {
  return market.real !== null && at - market.real.event_time <= QUOTE_MODE_AGE_MAX;
}

/** Hourly bars, warm-up included, feed the volatility factor of the cost model. */
export function onHourlyBar(market: Market, bar: Candle): void {
  if (bar.open_time <= market.atr_bar_at) return;
  market.atr_bar_at = bar.open_time;
  const close = toNumber(bar.close);
  const atr = updateAtr(market.atr, {
    open: toNumber(bar.open),
    high: toNumber(bar.high),
    low: toNumber(bar.low),
    close,
    volume: toNumber(bar.volume),
  });
  market.atr_share = atr === null || close <= 0 ? null : atr / close;
}
