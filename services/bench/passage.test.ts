// Tests of what a round of the latency bench says: percentiles by nearest rank, what was lost, and when a rate holds.
import { describe, expect, it } from 'vitest';
import { holds, lostOf, type Passage, timingsOf } from './passage.ts';

/** 1,000 signals, one a ms; the n-th takes `first` ms over its first hop and `second` over the other. */
function passage(first: (n: number) => number, second: (n: number) => number, changes: Partial<Passage> = {}): Passage {
  const due = Float64Array.from({ length: 1_000 }, (_, n) => n);
  const enriched = due.map((at, n) => at + first(n));
  return { rate: 1_000, due, enriched, decided: enriched.map((at, n) => at + second(n)), backlog: 3, doubled: 0, ...changes };
}

describe('a passage', () => {
  it('has the percentiles of each hop and of both', () => {
    const { first, second, both } = timingsOf(
      passage(
        (n) => n + 1,
        () => 2,
      ),
    );
    expect(first).toEqual({ p50: 500, p99: 990, p999: 999 });
    expect(second).toEqual({ p50: 2, p99: 2, p999: 2 });
    expect(both).toEqual({ p50: 502, p99: 992, p999: 1_001 });
  });

  it('leaves out what never came, and counts it', () => {
    const of = passage(
      (n) => (n < 500 ? 1 : Number.NaN),
      () => 1,
    );
    expect(lostOf(of)).toBe(500);
    expect(timingsOf(of).both).toEqual({ p50: 2, p99: 2, p999: 2 });
  });

  const quick = (): number => 1;
  it.each<[string, Passage, boolean]>([
    ['everything came in time', passage(quick, quick), true],
    ['one was lost', passage((n) => (n === 7 ? Number.NaN : 1), quick), false],
    ['one was decided twice', passage(quick, quick, { doubled: 1 }), false],
    ['a quarter of a second behind', passage(quick, quick, { backlog: 250 }), true],
    ['more than that', passage(quick, quick, { backlog: 251 }), false],
    ['eleven of a thousand are slow', passage((n) => (n < 11 ? 251 : 1), quick), false],
    ['ten of a thousand are slow', passage((n) => (n < 10 ? 251 : 1), quick), true],
  ])('%s: holds or not', (_, of, expected) => {
    expect(holds(of)).toBe(expected);
  });
});
