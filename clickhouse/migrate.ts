// Brings a database to the state of the migration files: forward only, checksummed, twice is once.
import { readdirSync, readFileSync } from 'node:fs';
import { sha256Hex } from '../schemas/hash.ts';
import type { Store } from './client.ts';
import { DEFAULT_RETENTION_DAYS, type Rendering, renderMigration } from './render.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

export interface Migration {
  readonly version: string;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** A database that does not fit the files (exit 78). */
export class MigrationError extends Error {
  readonly code: 'MIGRATION_CHANGED' | 'MIGRATION_UNKNOWN';
  constructor(code: 'MIGRATION_CHANGED' | 'MIGRATION_UNKNOWN', message: string) {
    super(`${code}: ${message}`);
    this.name = 'MigrationError';
    this.code = code;
  }
}

/** All migration files `<UTC timestamp>_<name>.sql`, oldest first. */
export function readMigrations(folder: URL = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [version = '', ...rest] = file.replace(/\.sql$/, '').split('_');
      const text = readFileSync(new URL(file, folder), 'utf8');
      return { version, name: rest.join('_'), text, checksum: sha256Hex(text) };
    });
}

/** Applies what is missing and returns the versions applied. Compares the applied set, not the highest number. */
export async function migrate(store: Store, migrations: readonly Migration[], cluster: string | null = null): Promise<string[]> {
  const rendering: Rendering = { database: store.database, cluster, retention_days: DEFAULT_RETENTION_DAYS };
  const onCluster = cluster === null ? '' : ` ON CLUSTER ${cluster}`;
  await store.command(`CREATE DATABASE IF NOT EXISTS ${store.database}${onCluster}`);
  await store.command(
    `CREATE TABLE IF NOT EXISTS ${store.database}.schema_migrations${onCluster} (version String, name String, checksum String, applied_at DateTime64(6, 'UTC') DEFAULT now64(6)) ENGINE = ${cluster === null ? '' : 'Replicated'}MergeTree ORDER BY version`,
  );
  const rows = await store.query('migrations', `SELECT version, name, checksum FROM ${store.database}.schema_migrations`);
  const applied = new Map(rows.map((row) => [String(row.version), String(row.checksum)]));
  const known = new Set(migrations.map((m) => m.version));
  for (const version of applied.keys()) {
    if (!known.has(version))
      throw new MigrationError(
        'MIGRATION_UNKNOWN',
        `the database has migration ${version}, which this version of Weir does not know`,
      );
  }
  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = applied.get(migration.version);
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new MigrationError(
        'MIGRATION_CHANGED',
        `${migration.version}_${migration.name}.sql was applied with checksum ${checksum}, the file has ${migration.checksum}`,
      );
    }
    if (checksum !== undefined) continue;
    for (const statement of renderMigration(migration.text, rendering)) await store.command(statement);
    await store.insert(
      'schema_migrations',
      ['version', 'name', 'checksum'],
      [[migration.version, migration.name, migration.checksum]],
      `migration:${migration.version}`,
    );
    done.push(migration.version);
  }
  return done;
}
