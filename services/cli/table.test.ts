// Tables line up whatever is in them.
import { expect, it } from 'vitest';
import { tableLines } from './table.ts';

it('puts numbers to the right, text to the left, and says n/a for what is unknown', () => {
  expect(
    tableLines(
      ['name', 'net', 'share'],
      [
        ['breakout', '-12.5', '3 %'],
        ['momentum', null, '10 %'],
        ['日本', 1000n, '100 %'],
      ],
    ),
  ).toEqual([
    'name        net  share',
    '────────  ─────  ─────',
    'breakout  -12.5    3 %',
    'momentum    n/a   10 %',
    '日本       1000  100 %',
  ]);
});

it('of no rows is its head', () => {
  expect(tableLines(['a', 'bc'], [])).toEqual(['a  bc', '─  ──']);
});

it.each([
  ['abc', 3],
  ['日本', 4],
  ['🚀', 2],
  ['👩‍🚀', 2],
  ['e\u0301', 1],
])('%s is %i columns wide', (text, columns) => {
  const [, rule] = tableLines(['a'], [[text]]);
  expect(rule).toBe('─'.repeat(columns));
});
