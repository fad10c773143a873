// How a command reaches the data: through the owner of the directory while one lives, else by itself.
import { existsSync } from 'node:fs';
import { openEmbeddedStore, StoreError } from '../../clickhouse/client.ts';
import { bindQuery, QueryError } from '../../clickhouse/queries.ts';
import { lockDataDirectory } from '../../topology/log/data-lock.ts';
import { DataDirectoryLockedError } from '../../topology/log/errors.ts';
import { openSqliteReader, type SqliteReader } from '../../topology/log/sqlite-reader.ts';
import { DATABASE } from '../deployment/archive-settings.ts';
import { type DataPaths, pathsOf, readDeployment, type SavedDeployment } from '../deployment/data-directory.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import { gatewayOf } from './owner-client.ts';

export type Rows = Record<string, unknown>[];

export interface ArchiveAccess {
  query(name: string, params: Readonly<Record<string, string>>): Promise<Rows>;
  sql(statement: string): Promise<Rows>;
}

/** What runs, or ran, in the folder. Throws where nothing ever did. */
export function deploymentIn(folder: string): { paths: DataPaths; deployment: SavedDeployment } {
  const paths = pathsOf(folder);
  const deployment = readDeployment(paths);
  if (deployment === null || !existsSync(paths.log)) {
    throw new CommandError(
      EXIT.EVIDENCE_MISSING,
      'DATA_DIRECTORY_EMPTY',
      `nothing has run in ${folder} yet`,
      'npm start, or give the folder with --data',
    );
  }
  return { paths, deployment };
}

/** The log of the folder, read beside its owner if one lives. */
export async function withLog<T>(
  folder: string,
  work: (reader: SqliteReader, deployment: SavedDeployment) => T | Promise<T>,
): Promise<T> {
  const { paths, deployment } = deploymentIn(folder);
  const reader = openSqliteReader(paths.log);
  try {
    return await work(reader, deployment);
  } finally {
    reader.close();
  }
}

function asCommandError(error: unknown): unknown {
  if (error instanceof QueryError) return new CommandError(EXIT.USAGE, error.code, error.message.replace(`${error.code}: `, ''));
  if (error instanceof StoreError) return new CommandError(EXIT.FAILURE, `CLICKHOUSE_${error.code}`, error.message);
  if (error instanceof DataDirectoryLockedError)
    return new CommandError(EXIT.BAD_CONFIGURATION, 'DATA_DIRECTORY_LOCKED', error.message, 'wait until it has ended');
  return error;
}

/** ClickHouse: asked through the gateway that was named, through the owner of the folder while one lives, else opened here. */
export async function withArchive<T>(options: CommonOptions, work: (archive: ArchiveAccess) => Promise<T>): Promise<T> {
  const owner = await gatewayOf(options);
  try {
    if (owner !== null) return await work(owner);
    const { data } = options;
    const paths = pathsOf(data);
    // On Kafka the log lies elsewhere, and only the archive here.
    if (!existsSync(paths.clickhouse)) deploymentIn(data);
    const lock = lockDataDirectory(data);
    const store = openEmbeddedStore(paths.clickhouse, DATABASE);
    try {
      return await work({
        query: (name, params) => {
          const bound = bindQuery(DATABASE, name, params);
          return store.query(bound.name, bound.statement, bound.params);
        },
        sql: (statement) => store.select(statement),
      });
    } finally {
      await store.close();
      lock.release();
    }
  } catch (error) {
    throw asCommandError(error);
  }
}
