// What a trust score can be made of: where the signal comes from, and how many of its claims hold.
import { abs, compareBps, type Decimal, type Money, type Price, toNumber } from '../../schemas/money.ts';
import type { Provenance, TrustParts } from '../../schemas/records.generated.ts';
import type { Evidence } from '../signals/evidence.ts';
import type { ResolvedSource } from '../signals/source.ts';
import { sybilOf } from './token-safety.ts';

export interface Claims {
  readonly source: ResolvedSource;
  readonly event_id: string | null;
  /** The sender named a configured instrument itself. */
  readonly instrument_exact: boolean;
  readonly entry_price: Price | null;
  readonly evidence: Evidence;
  readonly mid: Price | null;
  readonly change_1h_bps: number | null;
  readonly change_24h_bps: number | null;
  readonly volume_24h_usd: Money | null;
}

export function trustPartsOf(claims: Claims): TrustParts {
  const { evidence } = claims;
  const checks = [
    claims.instrument_exact,
    entryHolds(claims.entry_price, claims.mid),
    hourHolds(numberOf(evidence, 'price_change_1h_bps'), claims.change_1h_bps),
    within(numberOf(evidence, 'price_change_24h_bps'), claims.change_24h_bps, 300),
    volumeHolds(evidence.numbers.get('volume_24h_usd') ?? null, claims.volume_24h_usd),
  ];
  let checkable = 0;
  let verified = 0;
  for (const holds of checks) {
    if (holds === null) continue;
    checkable += 1;
    if (holds) verified += 1;
  }
  return {
    provenance: provenanceOf(claims.source, claims.event_id),
    checkable,
    verified,
    rug_flags: evidence.rug_flags?.slice() ?? [],
    sybil: sybilOf(evidence),
  };
}

function provenanceOf(source: ResolvedSource, event_id: string | null): Provenance {
  if (!source.known || source.unknown_part) return 'contradicted';
  return event_id === null ? 'missing' : 'proven';
}

function numberOf(evidence: Evidence, key: string): number | null {
  const value = evidence.numbers.get(key);
  return value === undefined ? null : toNumber(value);
}

function entryHolds(entry: Price | null, mid: Price | null): boolean | null {
  return entry === null || mid === null ? null : compareBps(abs(entry - mid), 100, mid) <= 0;
}

function within(claimed: number | null, measured: number | null, bps: number): boolean | null {
  return claimed === null || measured === null ? null : Math.abs(claimed - measured) <= bps;
}

function hourHolds(claimed: number | null, measured: number | null): boolean | null {
  const near = within(claimed, measured, 100);
  if (near !== false || claimed === null || measured === null) return near;
  const ratio = claimed / measured;
  return ratio >= 0.5 && ratio <= 2;
}

function volumeHolds(claimed: Decimal | null, measured: Money | null): boolean | null {
  return claimed === null || measured === null ? null : claimed * 2n >= measured && claimed <= measured * 2n;
}
