// One thing that is wrong with market data, with its place: what a validation reports, all at once.
export type ErrorCode =
  | 'DATA_UNREADABLE'
  | 'DATA_TS_UNIT_UNKNOWN'
  | 'DATA_TS_NOT_UTC'
  | 'DATA_TS_UNALIGNED'
  | 'DATA_NOT_SORTED'
  | 'DATA_DUPLICATE_CONFLICT'
  | 'DATA_OHLC_INCONSISTENT'
  | 'DATA_PRICE_NOT_POSITIVE'
  | 'DATA_VOLUME_NEGATIVE'
  | 'DATA_NOT_FINITE'
  | 'DATA_PRECISION_LOST'
  | 'DATA_CROSSED'
  | 'DATA_COLUMN_UNKNOWN'
  | 'DATA_EMPTY'
  | 'DATA_GAP';
export type WarningCode = 'DATA_JUMP' | 'DATA_FROZEN' | 'DATA_INCOMPLETE_LAST';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: ErrorCode | WarningCode;
  readonly file: string;
  /** Counted from 1, the header included; null where a whole file is meant. */
  readonly line: number | null;
  readonly column: string | null;
  readonly value: string;
  readonly expected: string;
}

/** file:line column "value": code, expected … */
export function formatFinding(finding: Finding): string {
  const { code, file, line, column, value, expected } = finding;
  return `${file}${line === null ? '' : `:${line}`}${column === null ? '' : ` ${column}`} "${value}": ${code}, expected ${expected}`;
}

export function errorsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'error');
}
