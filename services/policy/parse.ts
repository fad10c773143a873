// Reads a policy document: either a policy, or every fault of its shape with path, value and what was expected.
import type { z } from 'zod';
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { type Policy, policySchema } from './schema.ts';

export interface PolicyFault {
  /** `POLICY_SCHEMA` for faults of shape, else the name of the cross-field rule. */
  readonly code: string;
  /** Dotted path, '' = the document. */
  readonly path: string;
  readonly value: string;
  readonly expected: string;
}

export type Parsed =
  | { readonly policy: Policy; readonly faults: readonly [] }
  | { readonly policy: null; readonly faults: readonly PolicyFault[] };

export function parsePolicy(document: unknown): Parsed {
  const result = policySchema.safeParse(document);
  if (result.success) return { policy: result.data, faults: [] };
  return { policy: null, faults: result.error.issues.flatMap((issue) => faultsOf(issue, document)) };
}

function faultsOf(issue: z.core.$ZodIssue, document: unknown): PolicyFault[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => fault([...path, key], shown(at(document, [...path, key])), 'no such key'));
  }
  return [fault(path, shown(at(document, path)), issue.code === 'invalid_type' ? issue.expected : issue.message)];
}

function fault(path: readonly string[], value: string, expected: string): PolicyFault {
  return { code: 'POLICY_SCHEMA', path: path.join('.'), value, expected };
}

function at(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** What a fault says in one line. */
export function describeFault(fault: PolicyFault): string {
  return `${fault.code}: ${fault.path || 'document'}: ${fault.value}: expected ${fault.expected}`;
}

/** A policy is plain JSON: no bigint, no undefined. */
export function policyJson(policy: Policy): CanonicalValue {
  return policy as unknown as CanonicalValue;
}
