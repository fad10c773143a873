// Columns by a one-letter type code, and the one conversion of a record's value into a cell of an insert.
import { formatFixed } from '../../schemas/money.ts';

/** s text, c bounded vocabulary, d Decimal(38,12), f Float64, i Int64, u UInt64, t microseconds, b Bool, m(x) map; `[]` array, `?` nullable. */
export interface Column {
  readonly name: string;
  readonly code: string;
}

const HEAD = 'mode:c run_id:c portfolio:c instrument:c venue:c ts:t';
const TAIL = '_topic:c _partition:u _offset:u _v:u produced_at:t ingested_at:t';

export function columns(text: string): readonly Column[] {
  const expanded = text.trim().replace(/^H\b/, HEAD).replace(/\bT$/, TAIL);
  return expanded.split(/\s+/).map((token) => {
    const colon = token.indexOf(':');
    return { name: token.slice(0, colon), code: token.slice(colon + 1) };
  });
}

const SCALAR: Readonly<Record<string, string>> = {
  s: 'String',
  c: 'LowCardinality(String)',
  d: 'Decimal(38, 12)',
  f: 'Float64',
  i: 'Int64',
  u: 'UInt64',
  t: "DateTime64(6, 'UTC')",
  b: 'Bool',
};

/** The ClickHouse type of a column, as `system.columns` spells it. */
export function clickhouseType(code: string): string {
  const scalar = SCALAR[code.charAt(0)] ?? '';
  if (code.startsWith('m(')) return `Map(LowCardinality(String), ${SCALAR[code.charAt(2)] ?? ''})`;
  if (code.endsWith('[]')) return `Array(${scalar})`;
  return code.endsWith('?') ? `Nullable(${scalar})` : scalar;
}

export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

/** A value that its column cannot hold: the row is refused, and says which column and value. */
export class CellError extends Error {
  constructor(column: Column, value: unknown) {
    super(`column ${column.name}: ${String(value)} does not fit ${clickhouseType(column.code)}`);
    this.name = 'CellError';
  }
}

function scalar(code: string, value: unknown, column: Column): Cell {
  switch (code) {
    case 's':
    case 'c':
      // A lone surrogate would refuse the whole insert; the raw row keeps the bytes.
      return String(value).toWellFormed();
    case 'd':
      if (typeof value !== 'bigint') throw new CellError(column, value);
      return formatFixed(value, 12);
    case 'f':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw new CellError(column, value);
      return value;
    case 'i':
    case 'u':
    case 't':
      if (typeof value === 'bigint') return value.toString();
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || (code === 'u' && value < 0))
        throw new CellError(column, value);
      return value;
    case 'b':
      return value === true;
    default:
      throw new CellError(column, value);
  }
}

const EMPTY: Readonly<Record<string, Cell>> = { s: '', c: '', d: '0', f: 0, i: 0, u: 0, t: 0, b: false };

/** What is absent is null where the column allows it, else the type's empty value (text: ''). */
export function cellOf(column: Column, value: unknown): Cell {
  const { code } = column;
  if (code.startsWith('m(')) {
    const inner = code.charAt(2);
    const entries = Object.entries((value ?? {}) as Record<string, unknown>);
    return Object.fromEntries(entries.map(([key, v]) => [key.toWellFormed(), scalar(inner, v, column)]));
  }
  const first = code.charAt(0);
  if (code.endsWith('[]')) return ((value ?? []) as unknown[]).map((v) => scalar(first, v, column));
  if (value === null || value === undefined) return code.endsWith('?') ? null : (EMPTY[first] ?? '');
  return scalar(first, value, column);
}
