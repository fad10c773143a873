// What a progress line says.
import { expect, it } from 'vitest';
import { progressLine } from './progress.ts';

it.each([
  [0, 100, 0, 'work ░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0 bars/s  ETA --:--  x'],
  [50, 100, 5, 'work ████████████░░░░░░░░░░░░  50 %  10 bars/s  ETA 00:05  x'],
  [100, 100, 10, 'work ████████████████████████ 100 %  10 bars/s  ETA 00:00  x'],
  [30_000, 600_000, 2, 'work █░░░░░░░░░░░░░░░░░░░░░░░   5 %  15,000 bars/s  ETA 00:38  x'],
])('%i of %i after %i s', (done, total, elapsed, line) => {
  expect(progressLine('work', 'bars', done, total, elapsed, 'x')).toBe(line);
});
