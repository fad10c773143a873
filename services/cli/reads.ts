// The commands that only read ClickHouse: positions, trades, pnl, named queries and free SQL.
import { QUERIES } from '../../clickhouse/queries.ts';
import { withArchive } from './data-access.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { printRows } from './rows-output.ts';

export interface ReadOptions extends CommonOptions {
  readonly portfolio?: string;
  readonly limit?: number;
  readonly by?: string;
}

const SLICES = ['strategy', 'day', 'instrument', 'source', 'regime', 'exit_reason'];

function paramsOf(options: ReadOptions): Record<string, string> {
  return {
    ...(options.portfolio === undefined ? {} : { portfolio: options.portfolio }),
    ...(options.limit === undefined ? {} : { limit: String(options.limit) }),
    ...(options.by === undefined ? {} : { by: options.by }),
  };
}

async function read(name: string, options: ReadOptions, output: Output, none: string): Promise<ExitCode> {
  const rows = await withArchive(options, (archive) => archive.query(name, paramsOf(options)));
  printRows(rows, output, none);
  return EXIT.OK;
}

export function trades(options: ReadOptions, output: Output): Promise<ExitCode> {
  return read('trades', options, output, 'no closed trade yet');
}

export function pnl(options: ReadOptions, output: Output): Promise<ExitCode> {
  if (options.by !== undefined && !SLICES.includes(options.by)) {
    throw new CommandError(EXIT.USAGE, 'USAGE', `--by ${options.by}: expected one of ${SLICES.join(', ')}`);
  }
  return read('pnl', options, output, 'no closed trade yet');
}

export async function positions(options: ReadOptions, output: Output): Promise<ExitCode> {
  const rows = await withArchive(options, (archive) => archive.query('positions', paramsOf(options)));
  printRows(
    rows.filter((row) => Number(row.qty) !== 0),
    output,
    'no open position',
  );
  return EXIT.OK;
}

export async function sql(options: CommonOptions, output: Output, statement: string): Promise<ExitCode> {
  printRows(await withArchive(options, (archive) => archive.sql(statement)), output, 'no row');
  return EXIT.OK;
}

function givenParams(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CommandError(EXIT.USAGE, 'USAGE', `parameter ${pair}: expected name=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Without a name: which queries there are. */
export async function query(
  options: CommonOptions & { readonly param: readonly string[] },
  output: Output,
  name = '',
): Promise<ExitCode> {
  if (name === '') {
    printRows(
      [...QUERIES.values()].map((q) => ({
        query: q.name,
        parameters: q.parameters.map((p) => p.name).join(' '),
        answers: q.title,
      })),
      output,
      '',
    );
    return EXIT.OK;
  }
  printRows(await withArchive(options, (archive) => archive.query(name, givenParams(options.param))), output, 'no row');
  return EXIT.OK;
}
