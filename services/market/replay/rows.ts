// The rows of a data file as cells in declared order, one at a time; CSV and JSON lines come out alike.
import type { ErrorCode } from './finding.ts';
import { columnsOf, type Layout } from './layout.ts';

export interface Row {
  readonly line: number;
  /** Text of each declared column, in the order of columnsOf. */
  readonly cells: readonly string[];
}

/** A row, or header, that cannot be cut into the declared cells. */
export interface RowFault {
  readonly line: number;
  readonly code: ErrorCode | 'DATA_INCOMPLETE_LAST';
  readonly column: string | null;
  readonly value: string;
  readonly expected: string;
}

export function* rowsOf(text: string, layout: Layout): Generator<Row | RowFault> {
  if (layout.format === 'csv') yield* csvRows(text, layout);
  else yield* jsonRows(text, layout);
}

export function isFault(row: Row | RowFault): row is RowFault {
  return 'code' in row;
}

interface Line {
  readonly number: number;
  readonly text: string;
  /** The file ends inside this line: it may not be whole. */
  readonly open: boolean;
}

function* linesOf(text: string): Generator<Line> {
  let number = 0;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const open = end === -1;
    const stop = open ? text.length : end;
    number += 1;
    const line = text.slice(start, text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop);
    if (line !== '') yield { number, text: line, open };
    start = stop + 1;
  }
}

function* csvRows(text: string, layout: Layout): Generator<Row | RowFault> {
  const wanted = columnsOf(layout);
  let places: number[] | null = null;
  let width = 0;
  for (const line of linesOf(text)) {
    const cells = splitCsv(line.text);
    if (places === null) {
      const faults = headerFaults(cells, layout, line.number);
      yield* faults;
      if (faults.some(({ expected }) => expected === ABSENT)) return;
      width = cells.length;
      places = wanted.map(({ column }) => cells.indexOf(column));
    } else if (cells.length !== width) {
      yield cutShort(line, `${width} cells, not ${cells.length}`);
    } else {
      yield { line: line.number, cells: places.map((place) => cells[place] ?? '') };
    }
  }
}

const ABSENT = 'this column in the header';

function headerFaults(header: readonly string[], layout: Layout, line: number): RowFault[] {
  const wanted = columnsOf(layout).map(({ column }) => column);
  const fault = (column: string, expected: string): RowFault => ({
    line,
    code: 'DATA_COLUMN_UNKNOWN',
    column,
    value: column,
    expected,
  });
  const absent = wanted.filter((column) => !header.includes(column)).map((column) => fault(column, ABSENT));
  const strange = header.filter((column) => !wanted.includes(column) && !layout.ignore.includes(column));
  return [...absent, ...strange.map((column) => fault(column, 'a declared or ignored column'))];
}

function cutShort(line: Line, expected: string): RowFault {
  const code = line.open ? 'DATA_INCOMPLETE_LAST' : 'DATA_COLUMN_UNKNOWN';
  return { line: line.number, code, column: null, value: line.text.slice(0, 100), expected };
}

/** Cells between commas; a cell in double quotes may hold commas and doubled quotes. */
export function splitCsv(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/gy;
  while (cell.lastIndex < line.length) {
    const match = cell.exec(line);
    if (match === null) return [];
    cells.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
  }
  if (line.endsWith(',')) cells.push('');
  return cells;
}

function* jsonRows(text: string, layout: Layout): Generator<Row | RowFault> {
  const wanted = columnsOf(layout);
  for (const line of linesOf(text)) {
    const object = literals(line.text);
    if (object === null) {
      yield cutShort(line, 'one JSON object of texts, numbers or nulls');
      continue;
    }
    const strange = [...object.keys()].filter(
      (key) => !layout.ignore.includes(key) && !wanted.some(({ column }) => column === key),
    );
    for (const column of strange) {
      yield { line: line.number, code: 'DATA_COLUMN_UNKNOWN', column, value: column, expected: 'a declared or ignored column' };
    }
    yield { line: line.number, cells: wanted.map(({ column }) => object.get(column) ?? '') };
  }
}

/** Members of a flat JSON object with numbers as their literal text, so that no digit passes through a double; null = absent. */
function literals(line: string): Map<string, string> | null {
  const members = new Map<string, string>();
  let depth = 0;
  const keep = (key: string, value: unknown, context: { readonly source?: string }): unknown => {
    if (typeof value === 'string') members.set(key, value);
    else if (typeof value === 'number') members.set(key, context.source ?? String(value));
    else if (typeof value === 'boolean') depth = 2;
    else if (value !== null) depth += 1;
    return value;
  };
  try {
    // The reviver's third argument is newer than the type library; objects are visited after their members.
    const whole: unknown = JSON.parse(line, keep as (key: string, value: unknown) => unknown);
    return depth === 1 && typeof whole === 'object' && !Array.isArray(whole) ? members : null;
  } catch {
    return null;
  }
}
