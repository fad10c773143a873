// The nearest value of a policy key that would let a failed gate pass, by the kind of limit it is.
import { type Decimal, formatDecimal, SCALE } from '../../../schemas/money.ts';
import type { EntryContext } from './context.ts';
import type { FlipOf, FlipTo } from './gate.ts';

/** Dotted path; a function where it depends on the entry's tier, regime or symbol. */
type KeyOf = string | ((entry: EntryContext) => string);

function keyOf(key: KeyOf, entry: EntryContext): string {
  return typeof key === 'string' ? key : key(entry);
}

/** What the key holds now, as text. */
function valueAt(entry: EntryContext, key: string): string {
  let value: unknown = entry.policy;
  for (const part of key.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[part] : undefined;
  return value === undefined ? 'none' : String(value);
}

export function numericFlip(entry: EntryContext, key: string, value: number, max = Number.MAX_SAFE_INTEGER): FlipTo {
  return { policy_key: key, from: valueAt(entry, key), to: String(value), value: value >= 0 && value <= max ? value : null };
}

function ceilWhole(x: Decimal): number {
  const rest = x % SCALE;
  return Number((x - rest) / SCALE) + (rest > 0n ? 1 : 0);
}

function floorWhole(x: Decimal): number {
  const rest = x % SCALE;
  return Number((x - rest) / SCALE) - (rest < 0n ? 1 : 0);
}

/** An upper limit in whole units: it must rise to what was observed. `per` observed units are one unit of the key. */
export function raise(key: KeyOf, per: Decimal = SCALE): FlipOf {
  return (entry, verdict) => numericFlip(entry, keyOf(key, entry), ceilWhole(((verdict.observed ?? 0n) * SCALE) / per));
}

/** A count that must stay below its limit, or a loss that must not reach it: one unit more than was observed. */
export function raiseAbove(key: KeyOf): FlipOf {
  return (entry, verdict) => {
    const observed = verdict.observed ?? 0n;
    return numericFlip(entry, keyOf(key, entry), floorWhole(observed < 0n ? -observed : observed) + 1);
  };
}

/** A lower limit in whole units: it must fall to what was observed. */
export function lower(key: KeyOf): FlipOf {
  return (entry, verdict) => numericFlip(entry, keyOf(key, entry), floorWhole(verdict.observed ?? 0n));
}

/** A lower limit that is a score or ratio, to the millionth that counts. */
export function lowerExact(key: KeyOf): FlipOf {
  return (entry, verdict) => numericFlip(entry, keyOf(key, entry), Number(formatDecimal(verdict.observed ?? 0n)));
}

/** Not a number but a state, a condition or an entry of a list. */
export function change(policy_key: string | null, to: string): FlipOf {
  return (_, verdict) => ({ policy_key, from: verdict.reason_code ?? '', to, value: null });
}
