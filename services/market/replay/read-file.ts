// Reads a manifest and its data files from disk; a file that cannot be read becomes a finding, not a crash.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { UniverseConfig } from '../universe/config.ts';
import type { Finding } from './finding.ts';
import { type Manifest, parseManifest } from './manifest.ts';

/** A manifest in YAML or JSON. Throws an error that names the file and every field that does not fit. */
export function readManifest(path: string, universe?: UniverseConfig): Manifest {
  try {
    return parseManifest(parse(readFileSync(path, 'utf8')), dirname(path), universe);
  } catch (error) {
    throw new RangeError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whole text of a data file, unpacked if its name ends in .gz. */
export function readDataFile(folder: string, file: string): string | Finding {
  try {
    const bytes = readFileSync(join(folder, file));
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    const value = error instanceof Error ? error.message : String(error);
    return {
      severity: 'error',
      code: 'DATA_UNREADABLE',
      file,
      line: null,
      column: null,
      value,
      expected: 'a whole, readable file',
    };
  }
}
