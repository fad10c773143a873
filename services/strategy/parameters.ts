// Parameters of a strategy: defaults filled in, every range checked, all findings in one error.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { paramVersion } from '../../schemas/ids.ts';
import type { Strategy } from './strategy.ts';

export type Parameters = Readonly<Record<string, number>>;

/** Throws a RangeError that names each field, its value and what was expected. */
export function resolveParameters(strategy: Strategy, given: Parameters): Parameters {
  const findings: string[] = [];
  const known = strategy.parameters;
  for (const name of Object.keys(given)) {
    if (known[name] === undefined) findings.push(`${name}: unknown, expected one of ${Object.keys(known).join(', ')}`);
  }
  const resolved: Record<string, number> = {};
  for (const [name, { value, min, max, whole }] of Object.entries(known)) {
    const chosen = given[name] ?? value;
    resolved[name] = chosen;
    const fits = chosen >= min && chosen <= max && (!whole || Number.isInteger(chosen));
    if (!fits) findings.push(`${name} ${chosen}: expected ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`);
  }
  const conflict = findings.length === 0 ? strategy.conflict(resolved) : null;
  if (conflict !== null) findings.push(conflict);
  if (findings.length > 0) throw new RangeError(`strategy ${strategy.id}: ${findings.join('; ')}`);
  return resolved;
}

/** The id of these parameters, carried in each signal's evidence. */
export function paramHash(strategy: Strategy, parameters: Parameters): string {
  const params: CanonicalValue = { ...parameters };
  return paramVersion({ params, strategy: strategy.id });
}
