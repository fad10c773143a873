// The value that a condition's feature has for a signal, whether measured, derived here, or stated as evidence.
import { type Decimal, min, toNumber } from '../../../schemas/money.ts';
import type { EnrichedSignal } from '../../../schemas/records.generated.ts';

export type FeatureValue = number | boolean | string;

/** Added to the base of tradeability where the portfolio does not hold the instrument. */
const NOT_HELD = 10;

function money(value: Decimal | null): number | undefined {
  return value === null ? undefined : toNumber(value);
}

/** undefined = unknown. Measured values come before the sender's claims of the same name. */
export function featureOf(e: EnrichedSignal, held: boolean, name: string): FeatureValue | undefined {
  const measured = measuredFeature(e, held, name);
  return measured ?? e.features[name] ?? e.evidence[name];
}

function measuredFeature(e: EnrichedSignal, held: boolean, name: string): FeatureValue | null | undefined {
  switch (name) {
    case 'mid':
      return money(e.mid);
    case 'spread_bps':
      return e.spread_bps;
    case 'drift_bps':
      return e.drift_bps;
    case 'change_5m_bps':
      return e.change_5m_bps;
    case 'change_30m_bps':
      return e.change_30m_bps;
    case 'change_1h_bps':
      return e.change_1h_bps;
    case 'change_24h_bps':
      return e.change_24h_bps;
    case 'volume_24h_usd':
      return money(e.volume_24h_usd);
    case 'fear_greed':
      return e.regime?.fear_greed;
    case 'depth_20_usd':
      return depthWithin20(e);
    case 'funding_rate':
      return e.derivatives?.funding_rate;
    case 'funding_predicted':
      return e.derivatives?.funding_predicted;
    case 'open_interest_usd':
      return money(e.derivatives?.open_interest_usd ?? null);
    case 'oi_change_24h_bps':
      return e.derivatives?.oi_change_24h_bps;
    case 'mark_price':
      return money(e.derivatives?.mark_price ?? null);
    case 'oracle_price':
      return money(e.derivatives?.oracle_price ?? null);
    case 'obi_100':
    case 'obi_200':
    case 'obi_500':
      return e.obi?.[name.slice(4)];
    case 'tradeability':
      return e.tradeability_base === null ? null : e.tradeability_base + (held ? 0 : NOT_HELD);
    case '1h.atr_share':
      return atrShare(e);
    case 'honeypot':
      return e.token_safety?.honeypot;
    case 'rug':
      return e.token_safety?.rug;
    case 'rug_score':
      return e.token_safety?.rug_score;
    case 'sybil':
      return e.token_safety?.sybil;
    case 'holder_risk':
      return e.token_safety?.holder_risk;
    default:
      return undefined;
  }
}

/** ATR14 (1 h) over close. */
export function atrShare(e: EnrichedSignal): number | null {
  const atr = e.features['1h.atr_14'];
  const close = e.features['1h.close'];
  return atr === undefined || close === undefined || !(close > 0) ? null : atr / close;
}

function depthWithin20(e: EnrichedSignal): number | undefined {
  for (const band of e.depth) if (band.band_bps === 20) return toNumber(min(band.bid_usd, band.ask_usd));
  return undefined;
}
