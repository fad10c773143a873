// What each section of the payload says, most important first.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { type Decimal, formatDecimal } from '../../schemas/money.ts';
import type { EnrichedSignal } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import type { Technical } from './features.ts';
import { type Members, type Sections, six } from './payload.ts';
import type { Profile } from './profiles.ts';

type Loose = Decimal | number | string | boolean | null | undefined;

/** Members that have a finite value; doubles at 6 digits, decimals as text. */
function members(values: { readonly [key: string]: Loose }): [string, CanonicalValue][] {
  return Object.entries(values).flatMap(([key, value]): [string, CanonicalValue][] => {
    if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return [];
    if (typeof value === 'bigint') return [[key, formatDecimal(value)]];
    return [[key, typeof value === 'number' ? six(value) : value]];
  });
}

export function sectionsOf(record: EnrichedSignal, technical: Technical, profile: Profile): Sections {
  const { signal, universe, regime, derivatives, corroboration, trust_parts } = record;
  const derivs = Object.entries(derivatives ?? {}).filter(([key]) => profile.derivatives.includes(key));
  return {
    signal: members({
      instrument: signal.instrument,
      direction: signal.direction,
      source: signal.source,
      signal_type: signal.signal_type,
      age_s: (record.enriched_at - signal.event_time) / SECOND,
      confidence: signal.confidence,
      strength: signal.strength,
      strategy: signal.strategy,
      entry_price: signal.entry_price,
      stop_price: signal.stop_price,
      take_profit_price: signal.take_profit_price,
      liquidation_price: signal.liquidation_price,
      trailing_stop_bps: signal.trailing_stop_bps,
      max_hold_s: signal.max_hold_s,
      horizon_s: signal.horizon_s,
      expected_edge_bps: signal.expected_edge_bps,
      size: signal.size,
    }),
    market: members({
      ...(profile.market.includes('mid') ? { mid: record.mid } : {}),
      ...(profile.market.includes('spread_bps') ? { spread_bps: record.spread_bps } : {}),
      ...(profile.market.includes('drift_bps') ? { drift_bps: record.drift_bps } : {}),
      change_1h_bps: record.change_1h_bps,
      change_24h_bps: record.change_24h_bps,
      change_5m_bps: record.change_5m_bps,
      change_30m_bps: record.change_30m_bps,
      volume_24h_usd: record.volume_24h_usd,
    }),
    ta: members(technical.values),
    derivs: members(Object.fromEntries(derivs)),
    levels: levelMembers(record),
    obi: members(record.obi ?? {}),
    context: [
      ...members({
        regime: regime?.tag,
        tier: universe?.tier,
        theme: record.info?.theme,
        corroboration: corroboration.level,
        quality: corroboration.quality,
        provenance: trust_parts.provenance,
        checkable: trust_parts.checkable,
        verified: trust_parts.verified,
        tradeability: record.tradeability_base,
        fear_greed: regime?.fear_greed,
        honeypot: record.token_safety?.honeypot,
        rug: record.token_safety?.rug,
      }),
      ...corroboration.providers.map((provider): [string, CanonicalValue] => [`by_${provider}`, 1]),
    ],
    evidence: members(record.evidence),
    quality: members({
      whole: record.success,
      max_age_s: record.max_input_age_us / SECOND,
      ...Object.fromEntries(record.flags.map((flag) => [flag, 1])),
    }),
  };
}

/** Nearest names first, supports and resistances in turn, so that a trimmed section keeps both sides. */
function levelMembers({ levels }: EnrichedSignal): Members {
  if (levels === null) return [];
  const found: [string, CanonicalValue][] = [];
  for (let i = 0; i < Math.max(levels.support.length, levels.resistance.length); i += 1) {
    const support = levels.support[i];
    const resistance = levels.resistance[i];
    if (support !== undefined) found.push([`s${i + 1}`, [six(support.price), six(support.strength)]]);
    if (resistance !== undefined) found.push([`r${i + 1}`, [six(resistance.price), six(resistance.strength)]]);
  }
  return found;
}
