// Rows of ClickHouse for a person and for a program: a table, or JSON with decimals as text.
import type { Rows } from './data-access.ts';
import type { Output } from './output.ts';
import { type Cell, tableLines } from './table.ts';

function cell(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** Prints rows; `none` is said where there are none. */
export function printRows(rows: Rows, output: Output, none: string): void {
  output.document({ rows });
  const [first] = rows;
  if (first === undefined) return output.line(none);
  const columns = Object.keys(first);
  for (const line of tableLines(
    columns,
    rows.map((row) => columns.map((column) => cell(row[column]))),
  ))
    output.line(line);
}
