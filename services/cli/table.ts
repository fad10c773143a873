// Prints rows as a table: numbers to the right, text to the left, wide characters counted as wide.

export type Cell = string | number | bigint | boolean | null;

// East Asian wide and full-width ranges, and emoji: two columns on a terminal.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/u;

export function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

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
