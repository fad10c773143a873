// Numbers of a decision as a person reads them.
import { type Decimal, formatDecimal } from '../../../schemas/money.ts';
import type { GateVerdict } from '../../../schemas/records.generated.ts';

const UNIT: Readonly<Record<GateVerdict['unit'], string>> = { bps: ' bps', s: ' s', usd: '', count: '', ratio: '', bool: '' };

export function measure(value: Decimal | null, unit: GateVerdict['unit']): string {
  if (value === null) return 'unknown';
  if (unit === 'bool') return value === 0n ? 'no' : 'yes';
  return `${formatDecimal(value)}${UNIT[unit]}`;
}

export function money(value: Decimal | null): string {
  return value === null ? 'unknown' : formatDecimal(value);
}

/** At most 6 significant digits, without an exponent in the usual range. */
export function number(value: number | null): string {
  return value === null ? 'unknown' : String(Number(value.toPrecision(6)));
}

export function seconds(us: number): string {
  return `${number(us / 1_000_000)} s`;
}

export function percent(share: number): string {
  return `${number(share * 100)} %`;
}
