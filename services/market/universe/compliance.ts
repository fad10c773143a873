// Compliance lists: what an authority allows, and until when. They concern entries only.
import type { InstrumentKind, UniverseReason } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { UniverseConfig } from './config.ts';

/** Names of the lists, sorted, that hold the base. */
export function complianceOf(base: string, config: UniverseConfig): string[] {
  return Object.entries(config.compliance.lists)
    .filter(([, list]) => list?.bases.includes(base) === true)
    .map(([name]) => name)
    .sort();
}

/** Why the required lists forbid an entry; side null = judged without one, as the universe does. */
export function complianceReasons(
  entry: { readonly base: string; readonly kind: InstrumentKind; readonly side: 'long' | 'short' | null },
  config: UniverseConfig,
  now: Micros,
): UniverseReason[] {
  const found = new Set<string>();
  for (const name of config.compliance.require) {
    const list = config.compliance.lists[name] ?? null;
    if (list === null || now >= list.expires_at) found.add('COMPLIANCE_LIST_EXPIRED');
    else if (!list.bases.includes(entry.base)) found.add('COMPLIANCE_NOT_LISTED');
    else if (!list.kinds_allowed.includes(entry.kind) || (entry.side === 'short' && !list.short_allowed)) {
      found.add('COMPLIANCE_KIND_FORBIDDEN');
    }
  }
  return [...found].map((code) => ({ code, value: null, limit: null }));
}
