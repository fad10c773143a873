// The named queries: each runs on the empty tables, takes only its own parameters, and says what it answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from './client.ts';
import { migrate, readMigrations } from './migrate.ts';
import { bindQuery, QUERIES } from './queries.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-queries-'));
const store = openEmbeddedStore(folder, 'weir');
beforeAll(async () => void (await migrate(store, readMigrations())));
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('every named query', () => {
  for (const query of QUERIES.values()) {
    it(`${query.name} runs, and says what it answers`, async () => {
      expect(query.title).toMatch(/^[A-Z].*\.$/);
      const bound = bindQuery('weir', query.name, {});
      await store.query(bound.name, bound.statement, bound.params);
    });
  }
});

it.each([
  ['nonsense', {}, 'QUERY_UNKNOWN: nonsense: expected one of '],
  ['pnl', { group: 'day' }, 'QUERY_PARAM_INVALID: pnl has no parameter group: expected by, portfolio, run_id'],
  ['trades', { limit: 'all' }, 'QUERY_PARAM_INVALID: trades: limit is "all", expected a whole number'],
])('%s with %j is refused', (name, params, message) => {
  expect(() => bindQuery('weir', name, params)).toThrow(message);
});

it('binds values, it never builds text', async () => {
  const bound = bindQuery('weir', 'trades', { portfolio: "'; DROP TABLE weir.trades; --" });
  expect(bound.statement).not.toContain('DROP');
  expect(await store.query(bound.name, bound.statement, bound.params)).toEqual([]);
});
