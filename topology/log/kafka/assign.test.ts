// The assigner: every partition once, fair, the same for every leader, and nobody loses what it may keep.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignPartitions } from './assign.ts';

const owned = fc.array(fc.integer({ min: -1, max: 20 }), { maxLength: 20 });
const groups = fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), owned, { minKeys: 1, maxKeys: 6 });

it('gives every partition to one member, and nobody gets two more than another', () => {
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: 16 }), (group, count) => {
      const members = Object.entries(group).map(([id, had]) => ({ id, owned: had }));
      const shares = assignPartitions(members, count);
      expect([...shares.values()].flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      const sizes = [...shares.values()].map((share) => share.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(assignPartitions([...members].reverse(), count)).toEqual(shares);
    }),
  );
});

it('a member that joins takes only what the others must give', () => {
  const before = assignPartitions([{ id: 'a', owned: [] }], 6);
  expect(before.get('a')).toEqual([0, 1, 2, 3, 4, 5]);
  const shares = assignPartitions(
    [
      { id: 'a', owned: [0, 1, 2, 3, 4, 5] },
      { id: 'b', owned: [] },
    ],
    6,
  );
  expect(shares.get('a')).toEqual([0, 1, 2]);
  expect(shares.get('b')).toEqual([3, 4, 5]);
});

it('a member that leaves gives all to the others, who keep theirs', () => {
  const shares = assignPartitions(
    [
      { id: 'a', owned: [0, 3] },
      { id: 'c', owned: [2, 5] },
    ],
    6,
  );
  expect(shares.get('a')).toEqual(expect.arrayContaining([0, 3]));
  expect(shares.get('c')).toEqual(expect.arrayContaining([2, 5]));
});
