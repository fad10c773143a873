// The migrations: applied once, refused when changed, rendered for a cluster too.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from './client.ts';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { DEFAULT_RETENTION_DAYS, renderMigration } from './render.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-clickhouse-'));
const store = openEmbeddedStore(folder, 'weir');
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const migrations = readMigrations();

describe('migrations', () => {
  it('make every table, and a second run does nothing', async () => {
    expect(await migrate(store, migrations)).toEqual(migrations.map((m) => m.version));
    expect(await migrate(store, migrations)).toEqual([]);
    const rows = await store.query(
      'tables',
      "SELECT name FROM system.tables WHERE database = 'weir' AND engine LIKE '%MergeTree' ORDER BY name",
    );
    const declared = migrations.flatMap((m) =>
      [...m.text.matchAll(/CREATE TABLE IF NOT EXISTS \{db\}\.(\w+)/g)].map((match) => match[1]),
    );
    expect(rows.map((row) => row.name)).toEqual([...declared, 'schema_migrations'].sort());
  });

  it('refuse a file that was changed after it was applied', async () => {
    const changed = migrations.map((m, i): Migration => (i === 0 ? { ...m, checksum: '00' } : m));
    await expect(migrate(store, changed)).rejects.toThrow('MIGRATION_CHANGED');
  });

  it('refuse a database that knows more than the files', async () => {
    await expect(migrate(store, migrations.slice(1))).rejects.toThrow('MIGRATION_UNKNOWN');
  });

  it('render replicated tables with a distributed twin for a cluster', () => {
    const text =
      'CREATE TABLE IF NOT EXISTS {db}.a{local}{on_cluster} (x {dec}, {tail}) ENGINE = {engine:ReplacingMergeTree(_v)} ORDER BY x\n{ttl:quotes_d}\n{dedup};\n{distributed:a:x}\n';
    const statements = renderMigration(text, { database: 'w', cluster: 'main', retention_days: DEFAULT_RETENTION_DAYS });
    expect(statements[0]).toContain('CREATE TABLE IF NOT EXISTS w.a_local ON CLUSTER main (x Decimal(38, 12)');
    expect(statements[0]).toContain('ENGINE = ReplicatedReplacingMergeTree(_v)');
    expect(statements[1]).toBe(
      'CREATE TABLE IF NOT EXISTS w.a ON CLUSTER main AS w.a_local ENGINE = Distributed(main, w, a_local, x)',
    );
  });

  it('refuse a token nobody knows', () => {
    expect(() => renderMigration('SELECT {nonsense}', { database: 'w', cluster: null, retention_days: {} })).toThrow(
      'unknown migration token {nonsense}',
    );
  });
});

describe('the embedded store', () => {
  it('stores rows after a row with a token, and tells 64-bit numbers and decimals as text', async () => {
    await store.command(
      'CREATE TABLE IF NOT EXISTS weir.probe (a UInt64, d Decimal(38, 12)) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100',
    );
    await store.insert('probe', ['a', 'd'], [['1', '1.5']], 'token-1');
    await store.insert('probe', ['a', 'd'], [['1', '1.5']], 'token-1');
    await store.insert('probe', ['a', 'd'], [['18446744073709551615', '0.000000000001']], 'token-2');
    expect(await store.query('probe', 'SELECT * FROM weir.probe ORDER BY a')).toEqual([
      { a: '1', d: '1.5' },
      { a: '18446744073709551615', d: '0.000000000001' },
    ]);
  });

  it('lets people read and nothing else', async () => {
    expect(await store.select('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(store.select("INSERT INTO weir.probe VALUES (7, '1')")).rejects.toThrow(/readonly/i);
    await expect(store.select('DROP TABLE weir.probe')).rejects.toThrow(/readonly/i);
    expect(await store.query('probe', 'SELECT count() AS n FROM weir.probe')).toEqual([{ n: '2' }]);
  });

  it('names the code of a refusal', async () => {
    await expect(store.query('bad', 'SELECT * FROM weir.no_such_table')).rejects.toMatchObject({ name: 'StoreError', code: 60 });
  });
});
