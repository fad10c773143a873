// The generator: writes the record types from the Avro schemas; with --check it only says whether they are fresh.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AvroRecord } from './avro-schema.ts';
import { renderTypes } from './render-types.ts';

const FOLDER = import.meta.dirname;
const TYPES_FILE = join(FOLDER, 'records.generated.ts');

/** The schemas of the folder, sorted by file name. */
export function readSchemas(): readonly AvroRecord[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.avsc'));
  return files.sort().map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
}

function run(check: boolean): number {
  const types = renderTypes(readSchemas());
  if (!check) {
    writeFileSync(TYPES_FILE, types);
    return 0;
  }
  if (readFileSync(TYPES_FILE, 'utf8') === types) return 0;
  process.stderr.write('records.generated.ts is stale: run `npm run generate`\n');
  return 1;
}

if (import.meta.main) process.exitCode = run(process.argv.includes('--check'));
