// What the schemas of the lock are in a registry: which are there, under which ids, and what stands in the way of the others.
import type { AvroRecord } from '../../schemas/avro-schema.ts';
import { incompatibilities } from '../../schemas/compatibility.ts';
import type { RegistryIds } from '../../topology/registry/id-map.ts';
import type { RegisteredVersion } from '../../topology/registry/registry-client.ts';
import type { WantedSchema } from '../../topology/registry/subjects.ts';

export type SchemaDifference =
  /** Not in the registry yet: register would add it. */
  | { readonly kind: 'MISSING'; readonly subject: string; readonly id: number }
  /** In the registry, under an id of its own. */
  | { readonly kind: 'OTHER_ID'; readonly subject: string; readonly id: number; readonly registry_id: number }
  /** In the registry, and not in the lock: written by a newer version of us, or by somebody else. */
  | { readonly kind: 'UNKNOWN_VERSION'; readonly subject: string; readonly registry_id: number; readonly version: number }
  /** Not in the registry, and what is there forbids it. */
  | {
      readonly kind: 'INCOMPATIBLE';
      readonly subject: string;
      readonly id: number;
      readonly version: number;
      readonly why: string;
    };

/** Equal whatever the spacing; the order of members counts, as it does for a registry. */
function same(a: string, b: string): boolean {
  return a === b || JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
}

/** The version in the registry that is this schema. */
export function registeredAs(wanted: WantedSchema, versions: readonly RegisteredVersion[]): RegisteredVersion | undefined {
  return versions.find(({ schema }) => same(schema, wanted.schema));
}

/** `registered` holds the versions of every subject. */
export function schemaDifferences(
  wanted: readonly WantedSchema[],
  registered: ReadonlyMap<string, readonly RegisteredVersion[]>,
): readonly SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  for (const schema of wanted) {
    const { subject, id } = schema;
    const versions = registered.get(subject) ?? [];
    const found = registeredAs(schema, versions);
    if (found !== undefined && found.id !== id) differences.push({ kind: 'OTHER_ID', subject, id, registry_id: found.id });
    if (found !== undefined) continue;
    const obstacles = versions.flatMap(({ version, schema: text }): SchemaDifference[] => {
      const faults = faultsBetween(schema.schema, text);
      return faults.length === 0 ? [] : [{ kind: 'INCOMPATIBLE', subject, id, version, why: faults.slice(0, 3).join('; ') }];
    });
    differences.push(...(obstacles.length > 0 ? obstacles : [{ kind: 'MISSING', subject, id } as const]));
  }
  for (const [subject, versions] of registered) {
    const ours = wanted.filter((schema) => schema.subject === subject);
    for (const { version, id, schema } of versions) {
      if (!ours.some((one) => same(one.schema, schema)))
        differences.push({ kind: 'UNKNOWN_VERSION', subject, registry_id: id, version });
    }
  }
  return differences;
}

function faultsBetween(a: string, b: string): readonly string[] {
  try {
    return incompatibilities(JSON.parse(a) as AvroRecord, JSON.parse(b) as AvroRecord);
  } catch (error) {
    return [`what is registered cannot be compared (${error instanceof Error ? error.message : error})`];
  }
}

/** The ids that the registry gives, for the map; empty where all agree. */
export function registryIds(wanted: readonly WantedSchema[], ids: ReadonlyMap<string, number>): RegistryIds {
  const given = wanted.map(({ fingerprint, id }) => ({ fingerprint, id, registry_id: ids.get(fingerprint) ?? id }));
  if (given.every(({ id, registry_id }) => id === registry_id)) return {};
  return Object.fromEntries(given.map(({ fingerprint, registry_id }) => [fingerprint, registry_id]));
}
