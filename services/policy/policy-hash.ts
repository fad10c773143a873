// The identity of a policy: the hash of its whole document, whatever the order of its keys.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { contentHash } from '../../schemas/ids.ts';

export function policyHash(document: CanonicalValue): string {
  return contentHash(document);
}
