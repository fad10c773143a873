// Draws a curve with block characters: people would rather look than read.
import { formatTime, type Micros } from '../../schemas/time.ts';

export interface CurvePoint {
  readonly at: Micros;
  readonly value: number;
}

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One value a column: the last one of its stretch of time. Empty stretches keep the value before. */
function columnsOf(points: readonly CurvePoint[], columns: number): number[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const span = Math.max(1, last.at - first.at);
  const values: number[] = [];
  let at = 0;
  for (let column = 0; column < columns; column++) {
    const until = first.at + (span * (column + 1)) / columns;
    for (let next = points[at + 1]; next !== undefined && next.at <= until; next = points[at + 1]) at += 1;
    values.push(points[at]?.value ?? first.value);
  }
  return values;
}

/** Lines of a chart of `rows` rows, with the greatest and the smallest value at its side and the dates below. */
export function curveLines(
  points: readonly CurvePoint[],
  columns: number,
  rows: number,
  format: (value: number) => string,
): string[] {
  const values = columnsOf(points, columns);
  const first = points[0];
  const last = points.at(-1);
  if (values.length === 0 || first === undefined || last === undefined) return ['  (no point yet)'];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high - low || 1;
  const steps = rows * 8;
  const heights = values.map((value) => 1 + Math.round(((value - low) / span) * (steps - 1)));
  const labels = [format(high), ...Array.from({ length: Math.max(0, rows - 2) }, () => ''), ...(rows > 1 ? [format(low)] : [])];
  const side = Math.max(...labels.map((label) => label.length));
  const lines = Array.from({ length: rows }, (_, row) => {
    const base = (rows - 1 - row) * 8;
    const cells = heights.map((height) => BLOCKS[Math.max(0, Math.min(8, height - base))] ?? ' ').join('');
    return `${(labels[row] ?? '').padStart(side)} │${cells}`;
  });
  const from = formatTime(first.at).slice(0, 10);
  const to = formatTime(last.at).slice(0, 10);
  return [...lines, `${' '.repeat(side)} └${from}${' '.repeat(Math.max(1, columns - from.length - to.length))}${to}`];
}
