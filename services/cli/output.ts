// Where a command's words go: data to stdout (as text or as JSON), everything else to stderr.
import { messageOf } from '../../topology/log/errors.ts';
import { type DocumentKind, ERROR_DOCUMENT, versioned } from './documents.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { commandErrorOf } from './known-errors.ts';
import { readMore } from './read-more.ts';

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Data, for a person. Ignored under --json. */
  line(text?: string): void;
  /** Data, for a program: one JSON document, on a line of its own; its version is added. Ignored without --json. */
  document(body: object): void;
  /** What is going on; stderr, silent under --quiet. */
  note(text: string): void;
  /** Bold and dim where colour is wanted. */
  bold(text: string): string;
  dim(text: string): string;
}

/** Decimals and other bigints travel as text: JSON numbers would lose digits. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'bigint' ? v.toString() : v instanceof Map ? Object.fromEntries(v) : v,
  );
}

export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/** `kind`: what the command prints with --json; undefined for one that prints none. */
export function makeOutput(options: OutputOptions, kind: DocumentKind | undefined): Output {
  const json = options.json === true;
  const quiet = options.quiet === true;
  const color = options.color !== false && process.env.NO_COLOR === undefined && process.stdout.isTTY === true;
  const paint = (code: string) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    json,
    quiet,
    color,
    line: (text = '') => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    document: (body) => {
      if (kind === undefined) throw new TypeError('documents.ts: expected the document of this command');
      if (json) process.stdout.write(`${toJson(versioned(kind, body))}\n`);
    },
    note: (text) => {
      if (!quiet) process.stderr.write(`${text}\n`);
    },
    bold: paint('1'),
    dim: paint('2'),
  };
}

/** Says what went wrong and how it is mended; returns the exit code. */
export function reportError(error: unknown, json: boolean): ExitCode {
  const known = commandErrorOf(error);
  if (known !== null) {
    const { code, message, fix } = known;
    if (json) printError(code, message, fix);
    process.stderr.write(`${code}: ${message}\n${fix === '' ? '' : `  fix: ${fix}\n`}  docs: ${readMore(code)}\n`);
    return known.exit;
  }
  if (json) printError('UNFORESEEN', messageOf(error), 'this is a bug of ours: the stack is on stderr');
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.FAILURE;
}

/** The document of an error, where the one of the command would be. */
export function printError(code: string, message: string, fix: string): void {
  const error = { code, message, fix, docs: readMore(code) };
  process.stdout.write(`${toJson(versioned(ERROR_DOCUMENT, { error }))}\n`);
}
