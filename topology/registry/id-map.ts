// Where a registry gives other ids than the lock: a map from fingerprint to the registry's id, and the lock as it is there.
import type { SchemaLock } from '../../schemas/schema-lock.ts';

/** Fingerprint → id in the registry; empty where the ids agree. */
export type RegistryIds = Readonly<Record<string, number>>;

/** Reads the file that `schemas register` writes; throws saying what is wrong with it. */
export function parseRegistryIds(text: string): RegistryIds {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('registry ids: expected an object');
  const seen = new Set<unknown>();
  for (const [fingerprint, id] of Object.entries(value)) {
    if (!/^[0-9a-f]{64}$/.test(fingerprint)) throw new TypeError(`registry ids: "${fingerprint}" is no fingerprint`);
    if (!Number.isInteger(id) || id < 1 || id > 0xffffffff) throw new TypeError(`registry ids: ${id} of ${fingerprint} is no id`);
    if (seen.has(id)) throw new TypeError(`registry ids: ${id} stands for two schemas`);
    seen.add(id);
  }
  return value as RegistryIds;
}

/** The lock with the ids of the registry, for `makeCodec`. A version that the map does not name cannot be read or written there. */
export function withRegistryIds(lock: SchemaLock, ids: RegistryIds): SchemaLock {
  if (Object.keys(ids).length === 0) return lock;
  const missing: string[] = [];
  const mapped = Object.fromEntries(
    Object.entries(lock).map(([record, { locked, versions }]) => {
      const known = versions.map((version) => {
        const id = ids[version.fingerprint];
        if (id === undefined) missing.push(`${record} (id ${version.id})`);
        return { ...version, id: id ?? version.id };
      });
      return [record, { locked, versions: known }];
    }),
  );
  if (missing.length > 0)
    throw new RangeError(`registry ids: ${missing.join(', ')} not in the map; run \`weir schemas register\` again`);
  return mapped;
}
