// Prints rows as a table: numbers to the right, text to the left, wide characters counted as wide.
import width from 'string-width';

export type Cell = string | number | bigint | boolean | null;

function text(cell: Cell): string {
  return cell === null ? 'n/a' : String(cell);
}

function isNumber(cell: Cell): boolean {
  return (
    typeof cell === 'number' || typeof cell === 'bigint' || (typeof cell === 'string' && /^-?\d[\d,]*(\.\d+)?( ?%)?$/.test(cell))
  );
}

/** Lines of a table. A column is right-aligned when all its filled cells are numbers. */
export function tableLines(columns: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const right = columns.map(
    (_, i) => rows.length > 0 && rows.every((row) => (row[i] ?? null) === null || isNumber(row[i] ?? null)),
  );
  const widths = columns.map((name, i) => Math.max(width(name), ...rows.map((row) => width(text(row[i] ?? null)))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => {
        const pad = ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
        return right[i] === true ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns),
    line(widths.map((w) => '─'.repeat(w))),
    ...rows.map((row) => line(columns.map((_, i) => text(row[i] ?? null)))),
  ];
}
