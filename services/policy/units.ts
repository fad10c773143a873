// The units of a policy document: each refuses what is not of its unit, and its message says what was expected.
import { z } from 'zod';
import { parseDecimal } from '../../schemas/money.ts';

function integer(expected: string, min: number, max: number) {
  return z.custom<number>((v) => typeof v === 'number' && Number.isInteger(v) && v >= min && v <= max, expected);
}

/** Integer basis points from 0 to `max`. */
export const bps = (max = 10_000) => integer(`integer basis points, 0 to ${max}`, 0, max);
/** Basis points of cost tables, where half a point has a meaning. */
export const costBps = z.custom<number>(
  (v) => typeof v === 'number' && v >= 0 && v <= 1_000 && Number.isInteger(Math.round(v * 1e6) / 1e4),
  'basis points, 0 to 1000, at most two decimals',
);
export const seconds = (max = 31_536_000) => integer(`integer seconds, 0 to ${max}`, 0, max);
export const milliseconds = (max = 600_000) => integer(`integer milliseconds, 0 to ${max}`, 0, max);
export const count = (max = 1_000_000) => integer(`integer, 0 to ${max}`, 0, max);
export const points = integer('integer points, 0 to 100', 0, 100);
/** A share or factor: a finite double in [min, max]. */
export const ratio = (min: number, max: number) =>
  z.custom<number>((v) => typeof v === 'number' && Number.isFinite(v) && v >= min && v <= max, `number, ${min} to ${max}`);
/** Money or a quantity: a whole number, or the decimal as text ("0.01"). */
export const amount = z.custom<Amount>(
  (v) => (typeof v === 'number' ? Number.isSafeInteger(v) && v >= 0 : typeof v === 'string' && (parseDecimal(v) ?? -1n) >= 0n),
  'amount: a whole number, or a decimal as text such as "0.01"',
);
export const flag = z.custom<boolean>((v) => typeof v === 'boolean', 'true or false');
export const word = z.custom<string>(
  (v) => typeof v === 'string' && /^[\x21-\x7e]{1,100}$/.test(v),
  'text of 1 to 100 visible ASCII characters',
);
export const text = z.custom<string>(
  (v) => typeof v === 'string' && v.length > 0 && v.length <= 500,
  'text of 1 to 500 characters',
);
export const isoTime = z.custom<string>(
  (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(v),
  'time as 2026-01-02T03:04:05Z',
);
export const oneOf = <T extends string>(...values: readonly T[]) =>
  z.custom<T>((v) => typeof v === 'string' && (values as readonly string[]).includes(v), `one of ${values.join(', ')}`);

export type Amount = number | string;
