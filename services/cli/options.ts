// Options that several commands share, and how their text becomes values.
import { InvalidArgumentError } from 'commander';
import { type Money, parseDecimal } from '../../schemas/money.ts';
import { type Micros, parseTime } from '../../schemas/time.ts';

export interface CommonOptions {
  readonly data: string;
  /** URL of the gateway to be asked, instead of the owner of the data directory. */
  readonly gateway?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

export function moneyOption(text: string): Money {
  const value = parseDecimal(text);
  if (value === null || value <= 0n) throw new InvalidArgumentError('expected a positive decimal, such as 10000 or 2500.50');
  return value;
}

export function timeOption(text: string): Micros {
  const value = parseTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (value === null) throw new InvalidArgumentError('expected a date, or a time with zone such as 2022-01-15T00:00:00Z');
  return value;
}

export function wholeOption(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

export function shareOption(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('expected a share between 0 and 1');
  return value;
}

/** Of an option that may be given several times. */
export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
