// The halt file: an order to halt that lies in the data directory until its owner takes it, where neither owner nor log can be had.
import { readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../topology/log/replace-file.ts';

const haltSchema = z.strictObject({
  /** A name, or `*`. */
  portfolio: z.string().min(1),
  state: z.enum(['HALTED', 'REDUCING']),
  reason: z.string().min(1),
  /** Microseconds. */
  issued_at: z.int().positive(),
});

export type Halt = z.infer<typeof haltSchema>;

export interface FoundHalt extends Halt {
  readonly path: string;
}

/** An empty file `halt`, made by hand, is one as well. */
const NAME = /^halt(-\d+\.json)?$/;

/** Returns its path. */
export function writeHalt(directory: string, halt: Halt): string {
  const path = join(directory, `halt-${halt.issued_at}.json`);
  replaceFile(path, `${JSON.stringify(halt)}\n`);
  return path;
}

/** The oldest first. What cannot be read as an order halts everything: nobody makes such a file for nothing. */
export function readHalts(directory: string): FoundHalt[] {
  return readdirSync(directory)
    .filter((name) => NAME.test(name))
    .map((name) => join(directory, name))
    .map((path) => ({ path, ...(haltIn(path) ?? unread(path)) }))
    .sort((a, b) => a.issued_at - b.issued_at);
}

export function removeHalt({ path }: FoundHalt): void {
  unlinkSync(path);
}

function haltIn(path: string): Halt | null {
  try {
    return haltSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function unread(path: string): Halt {
  return { portfolio: '*', state: 'HALTED', reason: path, issued_at: Math.floor(statSync(path).mtimeMs * 1_000) };
}
