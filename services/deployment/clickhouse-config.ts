// How the archive stores, and where ClickHouse is: a server by its address, or none, and then an engine in the data directory.
import { z } from 'zod';
import type { ServerAddress } from '../../clickhouse/client.ts';
import { readEnvironment, seconds, url, whole } from './environment.ts';

export interface ClickhouseConfig {
  /** Null: the embedded engine. */
  readonly server: ServerAddress | null;
  readonly database: string;
  readonly batch_rows: number;
  readonly batch_ms: number;
  readonly retry_total_s: number;
}

/** Every variable; its description stands in the reference. */
export const CLICKHOUSE_ENVIRONMENT = {
  WEIR_CLICKHOUSE_URL: url('http://127.0.0.1:8123')
    .optional()
    .describe('HTTP address of a ClickHouse server; default: an engine in the data directory'),
  WEIR_CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'expected lower-case letters, digits, underscores')
    .default('weir')
    .describe('database of this deployment; made if it is missing'),
  WEIR_CLICKHOUSE_USERNAME: z.string().min(1).optional().describe('who we are there'),
  WEIR_CLICKHOUSE_PASSWORD: z.string().min(1).optional().describe('the password; better in a file'),
  WEIR_ARCHIVE_BATCH_ROWS: whole(1, 100_000).prefault('10000').describe('records of a partition that go into one batch at most'),
  WEIR_ARCHIVE_BATCH_S: seconds.prefault('0.5').describe('how long a batch waits for more after its first record'),
  WEIR_ARCHIVE_RETRY_TOTAL_S: whole(1, 86_400)
    .prefault('300')
    .describe('how long ClickHouse may be away, through growing pauses, before the archive gives up (exit 69)'),
} as const;

export type ClickhouseConfigResult =
  | { readonly config: ClickhouseConfig; readonly faults: readonly [] }
  | { readonly config: null; readonly faults: readonly string[] };

export function readClickhouseConfig(env: NodeJS.ProcessEnv = process.env): ClickhouseConfigResult {
  const { values, faults } = readEnvironment(CLICKHOUSE_ENVIRONMENT, ['WEIR_CLICKHOUSE_', 'WEIR_ARCHIVE_'], env);
  if (values === null) return { config: null, faults };
  const { WEIR_CLICKHOUSE_URL: address, WEIR_CLICKHOUSE_USERNAME: username, WEIR_CLICKHOUSE_PASSWORD: password } = values;
  const all = [...faults];
  if (address === undefined && (username ?? password) !== undefined)
    all.push('WEIR_CLICKHOUSE_USERNAME, _PASSWORD: expected WEIR_CLICKHOUSE_URL beside them');
  if (all.length > 0) return { config: null, faults: all };
  const server =
    address === undefined
      ? null
      : { url: address, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  return {
    config: {
      server,
      database: values.WEIR_CLICKHOUSE_DATABASE,
      batch_rows: values.WEIR_ARCHIVE_BATCH_ROWS,
      batch_ms: values.WEIR_ARCHIVE_BATCH_S,
      retry_total_s: values.WEIR_ARCHIVE_RETRY_TOTAL_S,
    },
    faults: [],
  };
}
