// Exposure by scope: |quantity| at the mark, open entry reservations, quarantined fills and external holdings.
import { bpsCeil, type Money } from '../../../schemas/money.ts';
import type { ExternalHolding, Ledger, OpenPosition, Scope, Scopes } from './ledger.ts';

/** Holdings that Weir does not manage move without it: they count 5 % more. */
const EXTERNAL_BUFFER_BPS = 10_500;
const DUST_FLOOR: Money = 1_000_000_000_000n;

// A portfolio holds a few positions and orders at a time, and exposure is asked for only when an entry is judged: a sum over
// them cannot drift from what it sums, and costs a Mark nothing.

function inScope(of: Scopes, scope: Scope, key: string): boolean {
  switch (scope) {
    case 'symbol':
      return of.instrument === key;
    case 'tier':
      return of.tier === key;
    case 'theme':
      return of.theme === key;
    case 'strategy':
      return of.strategy === key;
    case 'venue':
      return of.venue === key;
    case 'chain':
      return of.chain === key;
    case 'total':
      return true;
  }
}

function positionInScope(p: OpenPosition, scope: Scope, key: string): boolean {
  switch (scope) {
    case 'symbol':
      return p.instrument === key;
    case 'venue':
      return p.venue === key;
    case 'total':
      return true;
    case 'tier':
    case 'theme':
    case 'strategy':
    case 'chain':
      return p.plan[scope] === key;
  }
}

/** Notional of the open entry reservations of a scope; the key of scope total is not looked at. */
export function reservedOf(l: Ledger, scope: Scope, key = ''): Money {
  let sum = 0n;
  for (const r of l.reservations.values()) if (r.purpose === 'ENTRY' && inScope(r, scope, key)) sum += r.notional;
  return sum;
}

/** All exposure of a scope, reservations included; the key of scope total is not looked at. */
export function exposureOf(l: Ledger, scope: Scope, key = ''): Money {
  let sum = reservedOf(l, scope, key);
  for (const p of l.positions.values()) if (positionInScope(p, scope, key)) sum += p.exposure;
  for (const q of l.quarantine.values()) if (inScope(q, scope, key)) sum += q.notional;
  for (const e of l.external.values()) if (inScope(e, scope, key)) sum += bpsCeil(e.value, EXTERNAL_BUFFER_BPS);
  return sum;
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
