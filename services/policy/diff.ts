// What differs between two policies, key by key, each change marked stricter, looser or neutral.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { type Strictness, strictnessOf } from './direction.ts';
import { type PolicyFault, policyJson } from './parse.ts';
import type { Policy } from './schema.ts';

export interface PolicyChange {
  readonly path: string;
  /** undefined = the key is not there. */
  readonly from: CanonicalValue | undefined;
  readonly to: CanonicalValue | undefined;
  readonly strictness: Strictness;
}

/** In order of path. */
export function diffPolicies(from: Policy, to: Policy): PolicyChange[] {
  const changes: PolicyChange[] = [];
  walk(policyJson(from), policyJson(to), '', changes);
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Map = Readonly<Record<string, CanonicalValue>>;

function isMap(value: CanonicalValue | undefined): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function walk(from: CanonicalValue | undefined, to: CanonicalValue | undefined, path: string, changes: PolicyChange[]): void {
  if (isMap(from) || isMap(to)) {
    if ((!isMap(from) && from !== undefined && from !== null) || (!isMap(to) && to !== undefined && to !== null)) {
      changes.push({ path, from, to, strictness: 'neutral' });
      return;
    }
    const keys = new Set([...Object.keys(isMap(from) ? from : {}), ...Object.keys(isMap(to) ? to : {})]);
    for (const key of keys)
      walk(isMap(from) ? from[key] : undefined, isMap(to) ? to[key] : undefined, path === '' ? key : `${path}.${key}`, changes);
    return;
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return;
  changes.push({ path, from, to, strictness: strictnessOf(path, from, to) });
}

/** Faults of a policy that nobody but a person may loosen: every change that is not a tightening. */
export function refusedLoosenings(from: Policy, to: Policy): PolicyFault[] {
  return diffPolicies(from, to)
    .filter((change) => change.strictness !== 'stricter')
    .map((change) => ({
      code: 'POLICY_LOOSENING_REFUSED',
      path: change.path,
      value: shown(change.to),
      expected: `${shown(change.from)} or stricter`,
    }));
}

function shown(value: CanonicalValue | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
