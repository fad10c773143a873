// Stores one frozen batch: typed tables first, raw records last; bad rows are found by halving and become letters.
import type { Store } from '../../clickhouse/client.ts';
import type { Batch, TableRows } from './batch.ts';
import { backoffSeconds, troubleOf } from './store-errors.ts';
import { columnsOf, type TableName } from './tables.ts';

/** The store answered with something only a person can judge; nothing was committed. */
export class StoreRefusedError extends Error {
  constructor(table: string, cause: unknown) {
    super(`ARCHIVE_STORE_REFUSED: insert into ${table}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StoreRefusedError';
  }
}

/** The store has been away for the whole retry time. */
export class StoreAwayError extends Error {
  constructor(seconds: number, cause: unknown) {
    super(`ClickHouse away for ${seconds} s: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StoreAwayError';
  }
}

export interface InsertOptions {
  readonly store: Store;
  /** Takes the letter of a row that the store refuses; resolves when it is acknowledged. */
  readonly refuse: (offset: number, reason: string) => Promise<void>;
  /** Before a retry; told what the store said. */
  readonly sleep: (seconds: number, error: unknown) => Promise<void>;
  readonly random: () => number;
  readonly retry_total_s: number;
}

type Retrying = Pick<InsertOptions, 'sleep' | 'random' | 'retry_total_s'>;

/** Tries again while the store is away; throws StoreAwayError, or what it says. */
export async function whileAway<T>(work: () => Promise<T>, options: Retrying): Promise<T> {
  let waited = 0;
  for (let n = 0; ; n++) {
    try {
      return await work();
    } catch (error) {
      if (troubleOf(error) !== 'retry') throw error;
      const seconds = backoffSeconds(n, options.random());
      if (waited + seconds > options.retry_total_s) throw new StoreAwayError(waited, error);
      waited += seconds;
      await options.sleep(seconds, error);
    }
  }
}

/** Resolves with the error that a bad row has caused, null when it is stored. */
async function stored(table: string, work: () => Promise<void>, options: Retrying): Promise<unknown> {
  try {
    await whileAway(work, options);
    return null;
  } catch (error) {
    if (error instanceof StoreAwayError) throw error;
    if (troubleOf(error) === 'bisect') return error;
    throw new StoreRefusedError(table, error);
  }
}

/** For rows that are our own business: none of them can be bad. */
export async function insertOwn(
  store: Store,
  table: TableName,
  rows: readonly (readonly unknown[])[],
  token: string,
  options: Retrying,
): Promise<void> {
  const columns = columnsOf(table).map((c) => c.name);
  const bad = await stored(table, () => store.insert(table, columns, rows, token), options);
  if (bad !== null) throw new StoreRefusedError(table, bad);
}

async function insertRange(batch: Batch, rows: TableRows, from: number, to: number, options: InsertOptions): Promise<void> {
  const columns = columnsOf(rows.table).map((c) => c.name);
  const token = `${batch.topic}:${batch.partition}:${batch.range}:${rows.table}${from === 0 && to === rows.rows.length ? '' : `:${from}-${to}`}`;
  const part = rows.rows.slice(from, to);
  const bad = await stored(rows.table, () => options.store.insert(rows.table, columns, part, token), options);
  if (bad !== null) await bisect(batch, rows, from, to, bad, options);
}

async function bisect(
  batch: Batch,
  rows: TableRows,
  from: number,
  to: number,
  error: unknown,
  options: InsertOptions,
): Promise<void> {
  if (to - from === 1) {
    const offset = rows.offsets[from] ?? batch.first;
    return options.refuse(
      offset,
      `ARCHIVE_ROW_REFUSED: table ${rows.table}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const middle = from + Math.floor((to - from) / 2);
  await insertRange(batch, rows, from, middle, options);
  await insertRange(batch, rows, middle, to, options);
}

/** Resolves when every row is stored, or lies in the dead letters. */
export async function insertBatch(batch: Batch, options: InsertOptions): Promise<void> {
  for (const { record, reason } of batch.refused) await options.refuse(record.envelope.offset, `ARCHIVE_ROW_REFUSED: ${reason}`);
  for (const rows of batch.tables) await insertRange(batch, rows, 0, rows.rows.length, options);
}
