// For tests: runs what a command does under some variables, and tells its exit code and everything that it said.
import { vi } from 'vitest';
import { CommandError, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';

export interface Said {
  /** Of an error: its exit code and its code. */
  readonly exit: ExitCode | string;
  readonly lines: readonly string[];
  readonly document: unknown;
}

export async function said<T>(
  command: (options: T, output: Output) => Promise<ExitCode>,
  options: T,
  env: Readonly<Record<string, string>>,
): Promise<Said> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const lines: string[] = [];
  let document: unknown = null;
  const output: Output = {
    json: false,
    quiet: false,
    color: false,
    line: (text = '') => void lines.push(text),
    document: (value) => {
      document = value;
    },
    note: (text) => void lines.push(text),
    bold: (text) => text,
    dim: (text) => text,
  };
  try {
    return { exit: await command(options, output), lines, document };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { exit: `${error.exit} ${error.code}`, lines: [error.message], document };
  } finally {
    vi.unstubAllEnvs();
  }
}
