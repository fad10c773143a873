// Exposure by scope: |quantity| at the mark, open entry reservations, quarantined fills and external holdings.
import { bpsCeil, type Money } from '../../../schemas/money.ts';
import type { ExternalHolding, Ledger, OpenPosition, Scope, Scopes } from './ledger.ts';

/** Holdings that Weir does not manage move without it: they count 5 % more. */
const EXTERNAL_BUFFER_BPS = 10_500;
const DUST_FLOOR: Money = 1_000_000_000_000n;

// A portfolio holds a few positions and orders at a time, and exposure is asked for only when an entry is judged: a sum over
// them cannot drift from what it sums, and costs a Mark nothing.

/** One amount for each scope of one instrument. */
type ByScope = Record<Scope, Money>;

export interface Exposures {
  /** Open entry reservations. */
  readonly reserved: Readonly<ByScope>;
  /** All else. */
  readonly used: Readonly<ByScope>;
}

const NOTHING: Readonly<ByScope> = noAmounts();
const NO_EXPOSURES: Exposures = { reserved: NOTHING, used: NOTHING };

function noAmounts(): ByScope {
  return { symbol: 0n, tier: 0n, theme: 0n, strategy: 0n, venue: 0n, chain: 0n, total: 0n };
}

function add(
  sums: ByScope,
  asked: Scopes,
  instrument: string,
  venue: string,
  of: Omit<Scopes, 'instrument' | 'venue'>,
  amount: Money,
) {
  if (instrument === asked.instrument) sums.symbol += amount;
  if (venue === asked.venue) sums.venue += amount;
  if (of.tier === asked.tier) sums.tier += amount;
  if (of.theme === asked.theme) sums.theme += amount;
  if (of.strategy === asked.strategy) sums.strategy += amount;
  if (of.chain === asked.chain) sums.chain += amount;
  sums.total += amount;
}

/** What stands under each of the scopes asked for, in one pass. */
export function exposuresOf(l: Ledger, asked: Scopes): Exposures {
  if (l.reservations.size + l.positions.size + l.quarantine.size + l.external.size === 0) return NO_EXPOSURES;
  const reserved = noAmounts();
  const used = noAmounts();
  for (const r of l.reservations.values()) if (r.purpose === 'ENTRY') add(reserved, asked, r.instrument, r.venue, r, r.notional);
  for (const p of l.positions.values()) add(used, asked, p.instrument, p.venue, p.plan, p.exposure);
  for (const q of l.quarantine.values()) add(used, asked, q.instrument, q.venue, q, q.notional);
  for (const e of l.external.values()) add(used, asked, e.instrument, e.venue, e, bpsCeil(e.value, EXTERNAL_BUFFER_BPS));
  return { reserved, used };
}

/** All exposure of one scope, reservations included; the key of scope total is not looked at. */
export function exposureOf(l: Ledger, scope: Scope, key = ''): Money {
  const { reserved, used } = exposuresOf(l, { instrument: key, venue: key, chain: key, tier: key, theme: key, strategy: key });
  return reserved[scope] + used[scope];
}

export function totalExposure(l: Ledger): Money {
  return exposureOf(l, 'total');
}

/** Too small to count as a position: it stays in exposure. */
export function isDust(position: OpenPosition): boolean {
  const quarter = position.plan.min_notional / 4n;
  return position.exposure < (quarter > DUST_FLOOR ? quarter : DUST_FLOOR);
}

/** Positions that are not dust, and entries under way on instruments that have none. */
export function slotsUsed(l: Ledger): number {
  let slots = 0;
  for (const p of l.positions.values()) if (!isDust(p)) slots += 1;
  if (l.reservations.size === 0) return slots;
  const opening = new Set<string>();
  for (const r of l.reservations.values()) {
    if (r.purpose !== 'ENTRY' || opening.has(r.instrument)) continue;
    const held = l.positions.get(r.instrument);
    if (held !== undefined && !isDust(held)) continue;
    opening.add(r.instrument);
    slots += 1;
  }
  return slots;
}

export function setExternal(l: Ledger, holding: ExternalHolding): void {
  l.external.set(holding.instrument, holding);
}

export function clearExternal(l: Ledger, instrument: string): boolean {
  return l.external.delete(instrument);
}
