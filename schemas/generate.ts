// The generator: writes record types, schema ids and golden files; with --check it only says what is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AvroRecord } from './avro-schema.ts';
import type { CanonicalValue } from './canonical-json.ts';
import { makeCodec } from './make-codec.ts';
import { isReasonCode, REASON_CODES } from './reason-codes.ts';
import { toJson } from './record-json.ts';
import { renderTypes } from './render-types.ts';
import { sampleOf } from './sample.ts';
import { type SchemaLock, updateLock } from './schema-lock.ts';

const FOLDER = import.meta.dirname;
/** Every reason code there has ever been. */
const REASONS_FILE = 'golden/reason-codes.json';

/** The schemas of the folder, sorted by file name. */
export function readSchemas(): readonly AvroRecord[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.avsc'));
  return files.sort().map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
}

export interface Generated {
  /** File name → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
}

/** One version of a record, as it was written when that version was made. */
export interface GoldenSample {
  readonly schema_id: number;
  readonly fingerprint: string;
  readonly value: CanonicalValue;
  /** The framed bytes. */
  readonly hex: string;
}

/** Where the samples of a record lie. */
export function goldenFile(record: string): string {
  return `golden/${record.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase()}.json`;
}

/** Samples of versions that are still in the lock stay as they are; a version without one gets one. */
function goldenSamples(lock: SchemaLock, schema: AvroRecord, existing: readonly GoldenSample[]): readonly GoldenSample[] {
  const versions = lock[schema.name]?.versions ?? [];
  const encode = makeCodec(lock).encode as (type: string, value: unknown) => Uint8Array;
  return versions.map((version) => {
    const known = existing.find((sample) => sample.fingerprint === version.fingerprint);
    if (known !== undefined) return known;
    const value = sampleOf(schema);
    const hex = Buffer.from(encode(schema.name, value)).toString('hex');
    return { schema_id: version.id, fingerprint: version.fingerprint, value: toJson(schema, value), hex };
  });
}

/** What the generated files should hold; `read` gives the present text of one, "" if it is missing. */
export function generate(schemas: readonly AvroRecord[], read: (name: string) => string): Generated {
  const { lock, errors } = updateLock(JSON.parse(read('schema-ids.lock.json') || '{}'), schemas);
  const files: Record<string, string> = {
    'records.generated.ts': renderTypes(schemas),
    'schema-ids.lock.json': `${JSON.stringify(lock, null, 2)}\n`,
  };
  const released: readonly string[] = JSON.parse(read(REASONS_FILE) || '[]');
  const gone = released
    .filter((code) => !isReasonCode(code))
    .map((code) => `reason code ${code} is gone: the list is append-only`);
  files[REASONS_FILE] = `${JSON.stringify([...new Set([...released, ...REASON_CODES])].sort(), null, 2)}\n`;
  if (errors.length + gone.length > 0) return { files, errors: [...errors, ...gone] };
  for (const schema of schemas) {
    const name = goldenFile(schema.name);
    files[name] = `${JSON.stringify(goldenSamples(lock, schema, JSON.parse(read(name) || '[]')), null, 2)}\n`;
  }
  return { files, errors };
}

/** The present text of a generated file. */
export function current(name: string): string {
  const path = join(FOLDER, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function run(check: boolean): number {
  const { files, errors } = generate(readSchemas(), current);
  for (const error of errors) process.stderr.write(`schemas: ${error}\n`);
  if (errors.length > 0) return 1;
  const stale = Object.entries(files).filter(([name, text]) => current(name) !== text);
  mkdirSync(join(FOLDER, 'golden'), { recursive: true });
  for (const [name, text] of stale) {
    if (check) process.stderr.write(`schemas/${name} is stale: run \`npm run generate\`\n`);
    else writeFileSync(join(FOLDER, name), text);
  }
  return check && stale.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = run(process.argv.includes('--check'));
