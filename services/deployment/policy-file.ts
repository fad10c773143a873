// Reads a policy by the name of its profile or by its file, resolves what it extends, and refuses it with every fault at once.
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { checkPolicy } from '../policy/check.ts';
import { describeFault, policyJson } from '../policy/parse.ts';
import { policyHash } from '../policy/policy-hash.ts';
import { PROFILES, resolvePolicy } from '../policy/resolve.ts';
import type { Policy } from '../policy/schema.ts';

const SHIPPED = fileURLToPath(new URL('../policy/profiles/', import.meta.url));

export interface LoadedPolicy {
  readonly policy: Policy;
  /** Canonical JSON of the full document: what PolicyActivated carries. */
  readonly json: string;
  readonly policy_hash: string;
}

/** A document that is no policy; `faults` is one line each: path, value, what was expected. */
export class PolicyFileError extends Error {
  readonly faults: readonly string[];
  constructor(source: string, faults: readonly string[]) {
    super(`policy ${source}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'PolicyFileError';
    this.faults = faults;
  }
}

function readDocument(path: string): unknown {
  const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'core', uniqueKeys: true, merge: false });
  if (document.errors.length > 0)
    throw new PolicyFileError(
      path,
      document.errors.map((error) => error.message),
    );
  return document.toJS({ maxAliasCount: 0 });
}

function pathOf(name: string, folder: string): string {
  const shipped = PROFILES.find((profile) => profile === name);
  if (shipped !== undefined) return join(SHIPPED, `${shipped}.yaml`);
  return isAbsolute(name) ? name : join(folder, name);
}

/** `name` is a shipped profile (paper, live, conservative, bench) or a file. Throws PolicyFileError. */
export function loadPolicy(name: string, folder = process.cwd()): LoadedPolicy {
  const path = pathOf(name, folder);
  const parent = (other: string): unknown => readDocument(pathOf(other, dirname(path)));
  const resolved = resolvePolicy(readDocument(path), parent);
  if (resolved.document === null) throw new PolicyFileError(name, [describeFault(resolved.fault)]);
  const parsed = checkPolicy(resolved.document);
  if (parsed.policy === null || parsed.faults.length > 0) throw new PolicyFileError(name, parsed.faults.map(describeFault));
  const document = policyJson(parsed.policy);
  return { policy: parsed.policy, json: canonicalJson(document), policy_hash: policyHash(document) };
}
