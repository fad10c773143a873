// The first field in which two values differ: what an operator needs to see when a fold diverges.
import type { RecordName } from '../../schemas/records.generated.ts';
import { bytesOf } from '../log/sqlite-row.ts';

export interface Difference {
  /** Path of the field: `gates[3].observed`. */
  readonly field: string;
  readonly derived: string;
  readonly stands: string;
}

interface Valued {
  readonly type: RecordName | 'Raw';
  readonly value: unknown;
}

/** null when both are the same record in the log: what a schema does not hold (a field too many) makes no difference there. */
export function differenceOf(derived: Valued, stands: Valued): Difference | null {
  const found = firstDifference(derived.value, stands.value);
  if (found === null || derived.type !== stands.type) return found;
  try {
    return Buffer.compare(bytesOf(derived), bytesOf(stands)) === 0 ? null : found;
  } catch {
    return found;
  }
}

/** null when both hold the same data; field order and object identity do not matter. */
export function firstDifference(derived: unknown, stands: unknown, path = ''): Difference | null {
  if (Object.is(derived, stands)) return null;
  if (typeof derived === 'number' && typeof stands === 'number' && derived === stands) return null;
  if (derived instanceof Uint8Array && stands instanceof Uint8Array) {
    return Buffer.compare(derived, stands) === 0 ? null : shown(path, derived, stands);
  }
  if (Array.isArray(derived) && Array.isArray(stands)) {
    for (let i = 0; i < Math.max(derived.length, stands.length); i++) {
      const found = firstDifference(derived[i], stands[i], `${path}[${i}]`);
      if (found !== null) return found;
    }
    return null;
  }
  if (isPlain(derived) && isPlain(stands)) {
    for (const name of new Set([...Object.keys(derived), ...Object.keys(stands)])) {
      const found = firstDifference(derived[name], stands[name], path === '' ? name : `${path}.${name}`);
      if (found !== null) return found;
    }
    return null;
  }
  return shown(path, derived, stands);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function shown(field: string, derived: unknown, stands: unknown): Difference {
  return { field, derived: show(derived), stands: show(stands) };
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_name, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
