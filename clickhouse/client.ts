// The one way to ClickHouse: the embedded engine or a server, the same client, strict settings, isolated connections.
import { createRequire } from 'node:module';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';

/** A value bound to a query parameter. Instants are integer microseconds, never `Date`: milliseconds would lose digits. */
export type QueryParam = string | number | bigint | boolean | readonly string[];

export interface Store {
  readonly database: string;
  readonly embedded: boolean;
  /** Runs one statement without a result. */
  command(statement: string): Promise<void>;
  /** Inserts rows in the order of `columns`; the same token is stored once (second layer; identity keys are the first). */
  insert(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[], token: string): Promise<void>;
  /**
   * Rows as objects; 64-bit integers and decimals arrive as text. `name` is the query's log comment. ClickHouse gives a statement
   * up (159) after `max_s` seconds.
   */
  query(
    name: string,
    statement: string,
    params?: Readonly<Record<string, QueryParam>>,
    max_s?: number,
  ): Promise<Record<string, unknown>[]>;
  /** As query, for statements that people write: reads only, at most `SELECTED_ROWS_MAX` rows. */
  select(statement: string, max_s?: number): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export const SELECTED_ROWS_MAX = 100_000;

/** A refusal by ClickHouse: its numeric code decides whether to retry, bisect or stand still. */
export class StoreError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
  }
}

const MAX_S = 30;
const STRICT = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
  date_time_input_format: 'best_effort',
  async_insert: 0,
  max_execution_time: MAX_S,
} as const;

type Connect = () => ClickHouseClient;

interface EmbeddedModule {
  createChdbConnection(options: { path: string }): NonNullable<ClickHouseClientConfigOptions['connection']>;
}

function embeddedModule(): EmbeddedModule {
  const require = createRequire(import.meta.url);
  try {
    return require('chdb/connection') as EmbeddedModule;
  } catch (cause) {
    throw new Error(
      'the embedded ClickHouse engine (optional package chdb) is not installed for this platform; set clickhouse.url to a server',
      { cause },
    );
  }
}

/** The embedded engine on a directory of its own. One directory per process, in the main thread only. */
export function openEmbeddedStore(path: string, database: string): Store {
  const { createChdbConnection } = embeddedModule();
  // A shared connection keeps settings: a token once sent would silently drop the next insert. So every call has its own.
  return makeStore(
    () => createClient({ connection: createChdbConnection({ path }), clickhouse_settings: STRICT }),
    database,
    true,
  );
}

/** How a server, or a cluster, is reached. */
export interface ServerAddress {
  /** `http://host:8123` */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

export function openServerStore(address: ServerAddress, database: string): Store {
  // What goes wrong is thrown; who asked tells it.
  const shared = createClient({ ...address, clickhouse_settings: STRICT, log: { level: ClickHouseLogLevel.OFF } });
  const store = makeStore(() => shared, database, false);
  return { ...store, close: () => shared.close() };
}

// The embedded engine brings its own copy of the client's error class, so the shape decides, not the class.
function asStoreError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return error instanceof Error && /^\d+$/.test(code) ? new StoreError(Number(code), error.message) : error;
}

function makeStore(connect: Connect, database: string, embedded: boolean): Store {
  // The engine ends with its last connection: this one keeps it alive between calls.
  const keeper = embedded ? connect() : null;
  let awake: Promise<unknown> | null = null;
  // The embedded engine is a singleton of the process: calls go one after another.
  let queue: Promise<unknown> = Promise.resolve();
  const call = <T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    const run = async () => {
      awake ??= keeper === null ? Promise.resolve() : keeper.ping();
      await awake;
      const client = connect();
      try {
        return await work(client);
      } catch (error) {
        throw asStoreError(error);
      } finally {
        if (embedded) await client.close();
      }
    };
    if (!embedded) return run();
    const result = queue.then(run, run);
    queue = result.catch(() => undefined);
    return result;
  };
  return {
    database,
    embedded,
    command: (statement) => call(async (client) => void (await client.command({ query: statement }))),
    insert: (table, columns, rows, token) =>
      call(async (client) => {
        if (rows.length === 0) return;
        await client.insert({
          table: `${database}.${table}`,
          columns: columns as [string, ...string[]],
          values: rows,
          format: 'JSONCompactEachRow',
          clickhouse_settings: { insert_deduplication_token: token },
        });
      }),
    query: (name, statement, params, max_s = MAX_S) =>
      call(async (client) => {
        const result = await client.query({
          query: statement,
          format: 'JSONEachRow',
          ...(params === undefined ? {} : { query_params: params }),
          clickhouse_settings: { log_comment: name, max_execution_time: max_s },
        });
        return result.json<Record<string, unknown>>();
      }),
    select: (statement, max_s = MAX_S) =>
      call(async (client) => {
        const result = await client.query({
          query: statement,
          format: 'JSONEachRow',
          clickhouse_settings: {
            readonly: '2',
            max_execution_time: max_s,
            max_result_rows: String(SELECTED_ROWS_MAX),
            result_overflow_mode: 'throw',
            log_comment: 'sql',
          },
        });
        return result.json<Record<string, unknown>>();
      }),
    close: async () => {
      await queue;
      await keeper?.close();
    },
  };
}
