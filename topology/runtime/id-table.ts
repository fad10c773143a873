// Ids that were seen, in two generations: bounded by the time of the records, not by a clock.
import { DAY, type Micros } from '../../schemas/time.ts';

export interface IdTable {
  /** When the current generation began. */
  since: Micros;
  current: Set<string>;
  previous: Set<string>;
}

/** An id is remembered for at least one generation and at most two. */
export const GENERATION: Micros = DAY;

export function newIdTable(): IdTable {
  return { since: 0, current: new Set(), previous: new Set() };
}

/** True the first time; `at` is the time of the record that carries the id. */
export function firstSeen(table: IdTable, id: string, at: Micros): boolean {
  if (at >= table.since + GENERATION) {
    table.previous = at >= table.since + 2 * GENERATION ? new Set() : table.current;
    table.current = new Set();
    table.since = at;
  }
  if (table.previous.has(id)) return false;
  const { size } = table.current;
  table.current.add(id);
  return table.current.size > size;
}
