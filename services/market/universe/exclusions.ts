// What rules an instrument out at once, whatever its market looks like.
import type { InstrumentKind, InstrumentStatus, UniverseReason } from '../../../schemas/records.generated.ts';
import type { UniverseConfig } from './config.ts';

export interface Listing {
  readonly kind: InstrumentKind;
  readonly base: string;
  readonly quote: string;
  readonly address: string | null;
  /** Null = not known. */
  readonly status: InstrumentStatus | null;
}

export function exclusions(listing: Listing, config: UniverseConfig): UniverseReason[] {
  const { base, quote, address, status } = listing;
  const found: string[] = [];
  if (base === quote) found.push('PAIR_SELF');
  if (config.stablecoins.includes(base) || (address !== null && config.stablecoins.includes(address)))
    found.push('PAIR_STABLECOIN');
  if (config.never_trade.includes(base)) found.push('INSTRUMENT_RESTRICTED');
  if (status !== null && status !== 'TRADING') found.push('PRODUCT_NOT_TRADING');
  return found.map((code) => ({ code, value: null, limit: null }));
}
