// The table of ids: what it says is what two generations of texts would say, of hashes and of any other text.
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../schemas/hash.ts';
import { DAY, HOUR, type Micros } from '../../schemas/time.ts';
import { firstSeen, GENERATION, type IdTable, newIdTable, wasSeen } from './id-table.ts';

describe('an id', () => {
  it.each([
    ['within the generation', HOUR, false],
    ['in the next generation', DAY + HOUR, false],
    ['two generations on', 3 * DAY, true],
  ])('%s is new again after %d µs: %s', (_case, later, isNew) => {
    const table = newIdTable();
    expect(firstSeen(table, 'a', DAY)).toBe(true);
    firstSeen(table, 'b', DAY + 2 * HOUR);
    firstSeen(table, 'c', later + DAY - 1);
    expect(firstSeen(table, 'a', later + DAY)).toBe(isNew);
  });

  it('that was only asked for is still new', () => {
    const table = newIdTable();
    expect(wasSeen(table, 'a')).toBe(false);
    expect(firstSeen(table, 'a', 0)).toBe(true);
    expect(wasSeen(table, 'a')).toBe(true);
  });
});

/** The same with the texts themselves. */
function plainTable(generation: Micros): (id: string, at: Micros) => boolean {
  let since = 0;
  let current = new Set<string>();
  let previous = new Set<string>();
  return (id, at) => {
    if (at >= since + generation) {
      previous = at >= since + 2 * generation ? new Set() : current;
      current = new Set();
      since = at;
    }
    if (previous.has(id) || current.has(id)) return false;
    current.add(id);
    return true;
  };
}

const anyId = fc.oneof(
  fc.nat({ max: 40 }).map((n) => sha256Hex(String(n))),
  fc.nat({ max: 40 }).map((n) => `${sha256Hex(String(n))} pf-${n % 3}`),
  fc.nat({ max: 40 }).map((n) => String(n).padStart(64, '0')),
  fc.nat({ max: 40 }).map((n) => String(n).padEnd(64, '0')),
  fc.string({ maxLength: 9, unit: 'binary' }),
);

it('says what two generations of texts say, also after a snapshot', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyId, fc.nat({ max: 3 * HOUR })), { maxLength: 300 }), (steps) => {
      let table = newIdTable();
      const plain = plainTable(GENERATION);
      let at = DAY;
      steps.forEach(([id, pause], i) => {
        at += pause;
        expect(firstSeen(table, id, at)).toBe(plain(id, at));
        if (i === 150) table = deserialize(serialize(table)) as IdTable;
      });
    }),
  );
});

it('tells apart a hundred thousand ids, hashes and texts of nearly the same characters', () => {
  const table = newIdTable();
  for (let i = 0; i < 50_000; i++) {
    expect(firstSeen(table, sha256Hex(String(i)), 0)).toBe(true);
    expect(firstSeen(table, `${'0'.repeat(30)}/${i}`, 0)).toBe(true);
  }
  expect(table.current.count).toBe(100_000);
  for (let i = 0; i < 50_000; i++) expect(wasSeen(table, sha256Hex(String(i)))).toBe(true);
});

it('is bounded by the time of the records', () => {
  const table = newIdTable();
  for (let i = 0; i < 10_000; i++) firstSeen(table, String(i), i * HOUR);
  expect(table.current.count + table.previous.count).toBeLessThanOrEqual(48);
  expect(table.current.words.length).toBeLessThanOrEqual(192);
});
