// Scores, bounds and grades of sources, and what few trades may not claim.
import { expect, test } from 'vitest';
import { sourceGrade, sourceScore, sourceUcb } from './source-grade.ts';

test.each([
  [4, 4, 0, 50, 50, 50, null],
  [5, 5, 0, 50, 100, 100, 'C'],
  [10, 8, 0, 50, 80, 100, 'A'],
  [20, 12, 0, 200, 60, 100, 'B'],
  [20, 12, 2, 200, 54.545455, 100, 'C'],
  [200, 120, 0, 1000, 60, 86.282609, 'B'],
  [5, 1, 0, 5, 20, 100, 'D'],
  [30, 5, 4, 90, 14.705882, 69.47698, 'F'],
  [9, 9, 0, 50, 100, 100, 'C'],
  [10, 10, 0, 50, 100, 100, 'A'],
  [10, 4, 0, 50, 40, 100, 'C'],
])('n %d, wins %d, penalty %d, N %d', (n, wins, penalty, total, score, ucb, grade) => {
  expect(sourceScore(n, wins, penalty)).toBeCloseTo(score, 6);
  expect(sourceUcb(n, wins, penalty, total)).toBeCloseTo(ucb, 6);
  expect(sourceGrade(n, wins, penalty)).toBe(grade);
});
