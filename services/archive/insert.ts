// Stores one frozen batch: typed tables first, raw records last; bad rows are found by halving and become letters.
import type { Store } from '../../clickhouse/client.ts';
import type { Batch, TableRows } from './batch.ts';
import { backoffSeconds, troubleOf } from './store-errors.ts';
import { columnsOf } from './tables.ts';

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
  readonly sleep: (seconds: number) => Promise<void>;
  readonly random: () => number;
  readonly retry_total_s: number;
}

async function insertRange(batch: Batch, rows: TableRows, from: number, to: number, options: InsertOptions): Promise<void> {
  const { store } = options;
  const columns = columnsOf(rows.table).map((c) => c.name);
  const token = `${batch.topic}:${batch.partition}:${batch.first}-${batch.last}:${rows.table}${from === 0 && to === rows.rows.length ? '' : `:${from}-${to}`}`;
  let waited = 0;
  for (let n = 0; ; n++) {
    try {
      await store.insert(rows.table, columns, rows.rows.slice(from, to), token);
      return;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'refused') throw new StoreRefusedError(rows.table, error);
      if (trouble === 'bisect') return bisect(batch, rows, from, to, error, options);
      const seconds = backoffSeconds(n, options.random());
      if (waited + seconds > options.retry_total_s) throw new StoreAwayError(waited, error);
      waited += seconds;
      await options.sleep(seconds);
    }
  }
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
