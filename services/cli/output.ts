// Where a command's words go: data to stdout (as text or as JSON), everything else to stderr.
import { EXIT, type ExitCode } from './exit-codes.ts';
import { commandErrorOf } from './known-errors.ts';

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Data, for a person. Ignored under --json. */
  line(text?: string): void;
  /** Data, for a program: one JSON document. Ignored without --json. */
  document(value: unknown): void;
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

export function makeOutput(options: OutputOptions): Output {
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
    document: (value) => {
      if (json) process.stdout.write(`${toJson(value)}\n`);
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
    if (json) process.stdout.write(`${toJson({ error: { code, message, fix } })}\n`);
    process.stderr.write(`${code}: ${message}\n${fix === '' ? '' : `  fix: ${fix}\n`}`);
    return known.exit;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  return EXIT.FAILURE;
}
