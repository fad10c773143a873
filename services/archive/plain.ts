// A record's value as plain JSON data: decimals as text, bytes as base64.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { formatDecimal } from '../../schemas/money.ts';

/** Keeps names and order; bigint becomes decimal text, bytes become base64. */
export function plain(value: unknown): CanonicalValue {
  if (typeof value === 'bigint') return formatDecimal(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
  return (value ?? null) as CanonicalValue;
}
