// All checks of a policy at once: its shape, the rules between its keys, and what mode live asks besides.
import { DAY, type Micros, parseTime } from '../../schemas/time.ts';
import { CROSS_WARNINGS, crossFaults } from './cross-rules.ts';
import { diffPolicies } from './diff.ts';
import { type PolicyFault, parsePolicy } from './parse.ts';
import type { Policy } from './schema.ts';

export interface Checked {
  /** null where its shape is wrong; faults between keys leave it readable. */
  readonly policy: Policy | null;
  readonly faults: readonly PolicyFault[];
  readonly warnings: readonly PolicyFault[];
}

/** `document`: the resolved one. A policy may be activated only where there are no faults. */
export function checkPolicy(document: unknown): Checked {
  const { policy, faults } = parsePolicy(document);
  if (policy === null) return { policy: null, faults, warnings: [] };
  return { policy, faults: crossFaults(policy), warnings: crossFaults(policy, CROSS_WARNINGS) };
}

const WAIVER_MAX = 90 * DAY;

/** Mode live: at least as strict as profile live, but for keys with a waiver that has not expired. */
export function liveFaults(policy: Policy, live: Policy, now: Micros): PolicyFault[] {
  const faults: PolicyFault[] = [];
  for (const { path, from, to, strictness } of diffPolicies(live, policy)) {
    if (strictness !== 'looser') continue;
    const waiver = policy.waivers.find((w) => w.key === path && JSON.stringify(w.value) === JSON.stringify(to));
    const expires = waiver === undefined ? null : parseTime(waiver.expires_at);
    if (expires !== null && expires > now && expires <= now + WAIVER_MAX) continue;
    faults.push({
      code: 'POLICY_WAIVER_MISSING',
      path,
      value: to === undefined ? 'missing' : JSON.stringify(to),
      expected: `${JSON.stringify(from ?? null)} or stricter, or a waiver of at most 90 days`,
    });
  }
  return faults;
}
