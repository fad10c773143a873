// How a data file spells its bars: declared by its manifest, never guessed.
import type { Interval } from '../interval.ts';

export const BAR_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;
export const QUOTE_COLUMNS = ['bid', 'ask'] as const;
export type ColumnName = (typeof BAR_COLUMNS)[number] | (typeof QUOTE_COLUMNS)[number];

export const TIME_UNITS = ['iso', 's', 'ms', 'us', 'ns'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export interface Layout {
  readonly format: 'csv' | 'jsonl';
  readonly interval: Interval;
  readonly time: {
    readonly column: string;
    /** One of TIME_UNITS; another text is a finding. */
    readonly unit: string;
    /** Whether a row's time is the open or the close of its bar. */
    readonly marks: 'open' | 'close';
    /** Only UTC can be read. */
    readonly zone: string;
  };
  /** Name of each column in the file; bid and ask only where the file has them. */
  readonly columns: Readonly<Record<(typeof BAR_COLUMNS)[number], string>> & {
    readonly bid?: string | undefined;
    readonly ask?: string | undefined;
  };
  /** Columns of the file that are not read. */
  readonly ignore: readonly string[];
  /** Unit of the volume: of the base, or of the quote currency. */
  readonly volume: 'base' | 'quote';
}

/** Columns that every row has to have, the time first. */
export function columnsOf(layout: Layout): readonly { readonly name: ColumnName | 'time'; readonly column: string }[] {
  const { columns, time } = layout;
  const listed: { name: ColumnName | 'time'; column: string }[] = [{ name: 'time', column: time.column }];
  for (const name of BAR_COLUMNS) listed.push({ name, column: columns[name] });
  for (const name of QUOTE_COLUMNS) {
    const column = columns[name];
    if (column !== undefined) listed.push({ name, column });
  }
  return listed;
}

export function isQuoted(layout: Layout): boolean {
  return layout.columns.bid !== undefined && layout.columns.ask !== undefined;
}
