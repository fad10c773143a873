// Inserts under trouble: retried with the same rows, halved to the bad row, or left standing.
import { describe, expect, it } from 'vitest';
import { type Store, StoreError } from '../../clickhouse/client.ts';
import type { Batch } from './batch.ts';
import { insertBatch, StoreAwayError, StoreRefusedError } from './insert.ts';
import { backoffSeconds, troubleOf } from './store-errors.ts';

interface Call {
  readonly rows: number;
  readonly token: string;
}

/** A store that refuses rows holding `bad`, after failing `away` times. */
function scriptedStore(bad: string, away: Error[] = []): { store: Store; calls: Call[]; stored: string[] } {
  const calls: Call[] = [];
  const stored: string[] = [];
  const store: Store = {
    database: 'weir',
    embedded: false,
    command: async () => undefined,
    query: async () => [],
    select: async () => [],
    close: async () => undefined,
    insert: async (_table, _columns, rows, token) => {
      calls.push({ rows: rows.length, token });
      const trouble = away.shift();
      if (trouble !== undefined) throw trouble;
      if (rows.some((row) => row[0] === bad)) throw new StoreError(27, 'Cannot parse input');
      stored.push(...rows.map((row) => String(row[0])));
    },
  };
  return { store, calls, stored };
}

const batchOf = (names: string[]): Batch => ({
  topic: 'trades.v1',
  partition: 0,
  first: 100,
  range: `100-${100 + names.length - 1}`,
  tables: [{ table: 'trades', rows: names.map((n) => [n]), offsets: names.map((_, i) => 100 + i) }],
  refused: [],
  chain: '',
});

function run(batch: Batch, store: Store, retry_total_s = 300) {
  const letters: [number, string][] = [];
  const slept: number[] = [];
  const done = insertBatch(batch, {
    store,
    refuse: async (offset, reason) => void letters.push([offset, reason]),
    sleep: async (s) => void slept.push(s),
    random: () => 0.5,
    retry_total_s,
  });
  return { done, letters, slept };
}

describe('an insert', () => {
  it('with one poison row in 10,000 stores 9,999, writes one letter, in at most 2·⌈log2 n⌉ + 1 inserts', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `row-${i}`);
    const { store, calls, stored } = scriptedStore('row-6789');
    const { done, letters } = run(batchOf(names), store);
    await done;
    expect(stored.length).toBe(9_999);
    expect(letters).toEqual([[6_889, 'ARCHIVE_ROW_REFUSED: table trades: Cannot parse input']]);
    expect(calls.length).toBeLessThanOrEqual(29);
    expect(new Set(calls.map((c) => c.token)).size).toBe(calls.length);
  });

  it('after a time-out sends the same rows under the same token, and waits longer each time', async () => {
    const { store, calls, stored } = scriptedStore('none', [
      new Error('socket hang up'),
      new StoreError(159, 'timeout'),
      new StoreError(242, 'read only'),
    ]);
    const { done, slept } = run(batchOf(['a', 'b']), store);
    await done;
    expect(slept).toEqual([2, 4, 8]);
    expect(new Set(calls.map((c) => c.token))).toEqual(new Set(['trades.v1:0:100-101:trades']));
    expect(stored).toEqual(['a', 'b']);
  });

  it('gives up when the store stays away', async () => {
    const { store } = scriptedStore(
      'none',
      Array.from({ length: 20 }, () => new Error('connect ECONNREFUSED')),
    );
    await expect(run(batchOf(['a']), store, 60).done).rejects.toThrow(StoreAwayError);
  });

  it.each([16, 47, 60, 62, 81, 243, 497, 516, 9999])('stands still at code %i', async (code) => {
    const { store, stored } = scriptedStore('none', [new StoreError(code, 'no')]);
    await expect(run(batchOf(['a']), store).done).rejects.toThrow(StoreRefusedError);
    expect(stored).toEqual([]);
  });
});

it.each([
  [new StoreError(252, ''), 'retry'],
  [new StoreError(6, ''), 'bisect'],
  [new StoreError(691, ''), 'bisect'],
  [new StoreError(16, ''), 'refused'],
  [new Error('HTTP 503'), 'retry'],
  [new Error('something else'), 'refused'],
])('%s means %s', (error, trouble) => expect(troubleOf(error)).toBe(trouble));

it('back-off grows to 30 s, ± 25 %', () => {
  expect([0, 1, 2, 3, 4, 5].map((n) => backoffSeconds(n, 0))).toEqual([1.5, 3, 6, 12, 22.5, 22.5]);
  expect([0, 1, 2, 3, 4, 5].map((n) => backoffSeconds(n, 0.999999))).toEqual(
    [2, 4, 8, 16, 30, 30].map((s) => expect.closeTo(s * 1.25, 3)),
  );
});
