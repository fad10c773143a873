// A shipped profile as a policy; the caller reads the documents, so that this stays free of files.
import { describeFault, parsePolicy } from './parse.ts';
import { resolvePolicy } from './resolve.ts';
import type { Policy } from './schema.ts';

/** Throws with every fault in one message: a shipped profile that does not load is a defect. */
export function shippedPolicy(name: string, read: (name: string) => unknown): Policy {
  const resolved = resolvePolicy(read(name), read);
  if (resolved.fault !== null) throw new Error(describeFault(resolved.fault));
  const parsed = parsePolicy(resolved.document);
  if (parsed.policy === null) throw new Error(parsed.faults.map(describeFault).join('\n'));
  return parsed.policy;
}
