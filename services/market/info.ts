// The InstrumentInfo record: the venue's facts together with what the market stage derived at one instant.
import type { Money } from '../../schemas/money.ts';
import type { InstrumentInfo, Regime, Universe } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { InstrumentFacts } from './facts.ts';
import { complianceOf } from './universe/compliance.ts';
import { themeOf, type UniverseConfig } from './universe/config.ts';

export interface Derived {
  readonly at: Micros;
  readonly volume_24h_usd: Money | null;
  readonly universe: Universe;
  readonly regime: Regime;
}

/** A source of recorded data is connected and makes no calls that could fail. */
export function instrumentInfo(facts: InstrumentFacts, derived: Derived, config: UniverseConfig): InstrumentInfo {
  const { at } = derived;
  return {
    instrument: facts.instrument,
    venue: facts.venue,
    event_time: at,
    received_at: at,
    sequence: null,
    flags: [],
    venue_symbol: facts.venue_symbol,
    kind: facts.kind,
    base: facts.base,
    quote: facts.quote,
    chain: facts.chain,
    address: facts.address,
    status: facts.status,
    filters: facts.filters,
    fees: facts.fees,
    max_leverage: facts.max_leverage,
    contract_size: facts.contract_size,
    listed_at: facts.listed_at,
    facts_at: at,
    volume_24h_usd: derived.volume_24h_usd,
    market_cap_usd: facts.market_cap_usd,
    theme: facts.theme ?? themeOf(facts.base, config),
    compliance: complianceOf(facts.base, config),
    universe: derived.universe,
    derived_at: at,
    regime: derived.regime,
    feed: { connected: true, breaker: 'closed', error_bps: 0, measured_at: at },
  };
}
