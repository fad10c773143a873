// The shape of a gate, and the verdicts it can give: always the same fields, so that all verdicts are one kind of object.
import type { Decimal } from '../../../schemas/money.ts';
import { nearest, SCALE } from '../../../schemas/money.ts';
import type { GateClass, GateUnit, GateVerdict } from '../../../schemas/records.generated.ts';
import type { EntryContext } from './context.ts';

/** The value that a policy key would need to have, or what else would have to change. */
export interface FlipTo {
  readonly policy_key: string | null;
  readonly from: string;
  readonly to: string;
  /** The number that the key would have to be; null where it is no number, or none within the key's range. */
  readonly value: number | null;
}

export interface Gate {
  /** Its place in the ladder. */
  readonly number: number;
  readonly name: string;
  /** B: a rule of safety, data, compliance or capital. S: the opportunity is not good enough, or out of scope. */
  readonly class: GateClass;
  readonly unit: GateUnit;
  /** Where its limit is set; null where it has none. */
  readonly policy_key: string | null;
  /** Pure: reads the context, changes nothing. */
  readonly evaluate: (entry: EntryContext) => GateVerdict;
  /** The nearest change that lets a failed entry pass. */
  readonly flip: FlipOf | null;
  readonly same: SameVerdicts;
}

export type FlipOf = (entry: EntryContext, verdict: GateVerdict) => FlipTo;

/** As the file of a gate writes it. */
type GateTerms = Omit<Gate, 'flip' | 'same'> & { readonly flip?: FlipOf };

/** The verdicts that say the same of every entry: most of a ladder, so they are made once, and frozen. */
interface SameVerdicts {
  readonly pass: GateVerdict;
  readonly none: GateVerdict;
  readonly off: GateVerdict;
  readonly not_applicable: GateVerdict;
}

export const YES: Decimal = SCALE;
export const NO: Decimal = 0n;

export function gate(terms: GateTerms): Gate {
  const { number, name, unit, policy_key, evaluate, flip = null } = terms;
  const same = {
    pass: Object.freeze(verdict(terms, 'PASS', YES, YES, null, null, null, null, null)),
    none: Object.freeze(verdict(terms, 'PASS', NO, NO, null, null, null, null, null)),
    off: Object.freeze(verdict(terms, 'OFF', null, null, null, null, null, null, null)),
    not_applicable: Object.freeze(verdict(terms, 'NOT_APPLICABLE', null, null, null, null, null, null, null)),
  };
  return { number, name, class: terms.class, unit, policy_key, evaluate, flip, same };
}

function verdict(
  gate: GateTerms | Gate,
  outcome: GateVerdict['verdict'],
  observed: Decimal | null,
  limit: Decimal | null,
  margin: number | null,
  input_age_us: number | null,
  input_source: string | null,
  reason_code: string | null,
  depends_on: number | null,
): GateVerdict {
  return {
    gate: gate.number,
    name: gate.name,
    verdict: outcome,
    class: gate.class,
    observed,
    limit,
    unit: gate.unit,
    margin,
    input_age_us,
    input_source,
    reason_code,
    waived_by: null,
    depends_on,
    policy_key: gate.policy_key,
  };
}

/** A rule is kept. */
export function pass(gate: Gate): GateVerdict {
  return gate.same.pass;
}

/** Nothing is there of what may not be. */
export function none(gate: Gate): GateVerdict {
  return gate.same.none;
}

export function passWith(
  gate: Gate,
  observed: Decimal | null,
  limit: Decimal | null,
  margin: number | null = null,
  ageUs: number | null = null,
  source: string | null = null,
): GateVerdict {
  return verdict(gate, 'PASS', observed, limit, margin, ageUs, source, null, null);
}

export function fail(
  gate: Gate,
  reason: string,
  observed: Decimal | null = NO,
  limit: Decimal | null = YES,
  margin: number | null = null,
  ageUs: number | null = null,
  source: string | null = null,
): GateVerdict {
  return verdict(gate, 'FAIL', observed, limit, margin, ageUs, source, reason, null);
}

/** An input is missing, too old, from the future or not of its kind. Never taken for zero. */
export function unknown(gate: Gate, source: string, reason = `${gate.name}_UNKNOWN`, ageUs: number | null = null): GateVerdict {
  return verdict(gate, 'UNKNOWN', null, null, null, ageUs, source, reason, null);
}

/** Its input is what the gate of that number could not know. */
export function dependent(gate: Gate, on: number): GateVerdict {
  return verdict(gate, 'DEPENDENT', null, null, null, null, null, null, on);
}

/** There is no size to judge: because of that gate's unknown, or for a reason that a later gate states. */
export function unsized(gate: Gate, blocked_by: number): GateVerdict {
  return blocked_by > 0 && blocked_by < gate.number ? dependent(gate, blocked_by) : notApplicable(gate);
}

/** The policy sets no limit. */
export function off(gate: Gate): GateVerdict {
  return gate.same.off;
}

export function notApplicable(gate: Gate): GateVerdict {
  return gate.same.not_applicable;
}

/** Limits are few and small: their decimals are made once. */
const WHOLE: Decimal[] = Array.from({ length: 2_501 }, (_, n) => BigInt(n) * SCALE);

export function whole(n: number): Decimal {
  return WHOLE[n] ?? BigInt(n) * SCALE;
}

/** Seconds as a decimal, exact to the microsecond. */
export function secondsOf(us: number): Decimal {
  return BigInt(us) * 1_000_000n;
}

/** Slack as a share of the limit, where the observed value must stay at or below it. */
export function slackBelow(observed: number, limit: number): number {
  return limit > 0 ? (limit - observed) / limit : observed > 0 ? -1 : 0;
}

/** Slack as a share of the limit, where the observed value must reach it. */
export function slackAbove(observed: number, limit: number): number {
  return limit > 0 ? (observed - limit) / limit : observed >= limit ? 1 : -1;
}

/** An age that may be at most `limit_s`: equality passes. */
export function ageAtMost(gate: Gate, ageUs: number, limit_s: number, reason: string, source: string): GateVerdict {
  const limitUs = limit_s * 1_000_000;
  const margin = slackBelow(ageUs, limitUs);
  return ageUs <= limitUs
    ? passWith(gate, secondsOf(ageUs), whole(limit_s), margin, ageUs, source)
    : fail(gate, reason, secondsOf(ageUs), whole(limit_s), margin, ageUs, source);
}

/** A pause that lasts until a time: at that time it is over. Observed is what is left of it. */
export function pauseOver(gate: Gate, now: number, until: number, reason: string): GateVerdict {
  return now >= until ? none(gate) : fail(gate, reason, until === Number.POSITIVE_INFINITY ? null : secondsOf(until - now), NO);
}

/** A decimal that may be at most the limit. */
export function atMost(
  gate: Gate,
  observed: Decimal,
  limit: Decimal,
  reason: string,
  ageUs: number | null = null,
  source: string | null = null,
): GateVerdict {
  const margin = slackBelow(nearest(observed), nearest(limit));
  return observed <= limit
    ? passWith(gate, observed, limit, margin, ageUs, source)
    : fail(gate, reason, observed, limit, margin, ageUs, source);
}

/** A decimal that must reach the limit. */
export function atLeast(
  gate: Gate,
  observed: Decimal,
  limit: Decimal,
  reason: string,
  ageUs: number | null = null,
  source: string | null = null,
): GateVerdict {
  const margin = slackAbove(nearest(observed), nearest(limit));
  return observed >= limit
    ? passWith(gate, observed, limit, margin, ageUs, source)
    : fail(gate, reason, observed, limit, margin, ageUs, source);
}
