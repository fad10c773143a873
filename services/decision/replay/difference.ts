// The first field, in the order of the record, in which two values differ.
import { formatDecimal } from '../../../schemas/money.ts';

export interface FieldDifference {
  /** Dotted path, list positions as numbers: gates.12.observed. */
  readonly field: string;
  readonly recorded: string;
  readonly replayed: string;
}

/** null if they are equal. `ignore` holds paths that are not compared, with all that lies under them. */
export function firstDifference(
  recorded: unknown,
  replayed: unknown,
  ignore: readonly string[] = [],
  path = '',
): FieldDifference | null {
  if (ignore.includes(path) || Object.is(recorded, replayed)) return null;
  const a = children(recorded);
  const b = children(replayed);
  if (a === null || b === null || Array.isArray(recorded) !== Array.isArray(replayed)) {
    return { field: path, recorded: shown(recorded), replayed: shown(replayed) };
  }
  for (const [name, value] of a) {
    const inner = path === '' ? name : `${path}.${name}`;
    const found = firstDifference(value, b.get(name), ignore, inner);
    if (found !== null) return found;
  }
  for (const [name, value] of b) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (!a.has(name) && !ignore.includes(inner) && value !== undefined)
      return { field: inner, recorded: 'missing', replayed: shown(value) };
  }
  return null;
}

function children(value: unknown): Map<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'bigint') return formatDecimal(value);
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? formatDecimal(v) : v)) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
