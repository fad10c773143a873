// A curve as block characters.
import { expect, it } from 'vitest';
import { curveLines } from './draw.ts';

const day = (n: number): number => 1_767_225_600_000_000 + n * 86_400_000_000;
const fixed = (value: number): string => value.toFixed(0);

it('rises from the least value to the greatest, with both at its side and the dates below', () => {
  const points = [0, 1, 2, 3].map((n) => ({ at: day(n), value: 100 + 10 * n }));
  expect(curveLines(points, 20, 3, fixed)).toEqual([
    '130 │                   █',
    '    │      ▁▁▁▁▁▁▁███████',
    '100 │▁▁▁▁▁▁██████████████',
    '    └2026-01-01 2026-01-04',
  ]);
});

it('keeps the value before where nothing happened, and draws a flat line', () => {
  const lines = curveLines(
    [
      { at: day(0), value: 5 },
      { at: day(9), value: 5 },
    ],
    10,
    2,
    fixed,
  );
  expect(lines[1]).toBe('5 │▁▁▁▁▁▁▁▁▁▁');
});

it('falls where the value falls', () => {
  const lines = curveLines(
    [
      { at: day(0), value: 10 },
      { at: day(5), value: 0 },
      { at: day(10), value: 0 },
    ],
    4,
    1,
    fixed,
  );
  expect(lines[0]).toBe('10 │█▁▁▁');
});

it('of nothing says so', () => {
  expect(curveLines([], 10, 2, fixed)).toEqual(['  (no point yet)']);
});
