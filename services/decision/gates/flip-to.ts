// The nearest value of a policy key that would let a failed gate pass, by the kind of limit it is.
import { type Decimal, formatDecimal, SCALE } from '../../../schemas/money.ts';
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import type { EntryContext } from './context.ts';
import type { FlipTo } from './gate.ts';

function ceilWhole(x: Decimal): Decimal {
  const floor = floorWhole(x);
  return floor === x ? x : floor + SCALE;
}

function floorWhole(x: Decimal): Decimal {
  const rest = x % SCALE;
  return x - (rest < 0n ? rest + SCALE : rest);
}

function flipTo(policy_key: string, verdict: GateVerdict, to: Decimal): FlipTo {
  return { policy_key, from: verdict.limit === null ? 'null' : formatDecimal(verdict.limit), to: formatDecimal(to) };
}

type KeyOf = string | ((entry: EntryContext) => string);

function keyOf(key: KeyOf, entry: EntryContext): string {
  return typeof key === 'string' ? key : key(entry);
}

/** An upper limit in whole units: it must rise to what was observed. `per` observed units are one unit of the key. */
export function raise(key: KeyOf, per: Decimal = SCALE): (entry: EntryContext, verdict: GateVerdict) => FlipTo {
  return (entry, verdict) => flipTo(keyOf(key, entry), verdict, ceilWhole(((verdict.observed ?? 0n) * SCALE) / per));
}

/** A count that must stay below its limit, or a loss that must not reach it: one unit more than was observed. */
export function raiseAbove(key: KeyOf): (entry: EntryContext, verdict: GateVerdict) => FlipTo {
  return (entry, verdict) => {
    const observed = verdict.observed ?? 0n;
    return flipTo(keyOf(key, entry), verdict, floorWhole(observed < 0n ? -observed : observed) + SCALE);
  };
}

/** A lower limit in whole units: it must fall to what was observed. */
export function lower(key: KeyOf): (entry: EntryContext, verdict: GateVerdict) => FlipTo {
  return (entry, verdict) => flipTo(keyOf(key, entry), verdict, floorWhole(verdict.observed ?? 0n));
}

/** A lower limit that is a score, ratio or amount, to the last digit that counts. */
export function lowerExact(key: KeyOf): (entry: EntryContext, verdict: GateVerdict) => FlipTo {
  return (entry, verdict) => flipTo(keyOf(key, entry), verdict, verdict.observed ?? 0n);
}

/** Not a number but a state, a condition or an entry of a list. */
export function change(policy_key: string | null, to: string): (entry: EntryContext, verdict: GateVerdict) => FlipTo {
  return (_, verdict) => ({ policy_key, from: verdict.reason_code ?? '', to });
}
