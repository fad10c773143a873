// The TypeScript of the record types, rendered from their Avro schemas: one interface and one blank value per record.
import { type AvroAnnotated, type AvroRecord, type AvroSchema, isUnion, type NamedType, namedTypes } from './avro-schema.ts';

const HEADER = `// The record types, generated from the Avro schemas beside this file: change those, then run \`npm run generate\`.
import type { Decimal, Money, Price, Quantity } from './money.ts';
import type { Micros } from './time.ts';
`;

/** Throws when one name stands for two different types. */
export function renderTypes(records: readonly AvroRecord[]): string {
  const types = new Map<string, NamedType>();
  for (const named of records.flatMap(namedTypes)) {
    const known = types.get(named.name);
    if (known === undefined) types.set(named.name, named);
    else if (shape(known) !== shape(named)) throw new Error(`type ${named.name} is defined in two different ways`);
  }
  const parts = [HEADER];
  for (const type of types.values()) {
    parts.push(type.type === 'enum' ? `export type ${type.name} = ${literals(type.symbols)};\n` : renderInterface(type));
  }
  const names = records.map((record) => record.name);
  parts.push(`export interface RecordTypes {\n${names.map((name) => `  ${name}: ${name};\n`).join('')}}\n`);
  parts.push('export type RecordName = keyof RecordTypes;\n');
  parts.push(`export const RECORD_NAMES: readonly RecordName[] = [${names.map((name) => `'${name}'`).join(', ')}];\n`);
  for (const type of types.values()) {
    if (type.type === 'record') parts.push(renderBlank(type, types));
  }
  return parts.join('\n');
}

/** Equal for two definitions of one type, wherever the types inside them are spelled out. */
function shape(type: NamedType): string {
  if (type.type === 'enum') return type.symbols.join();
  return type.fields.map((field) => `${field.name}: ${typeText(field.type)} = ${JSON.stringify(field.default)}`).join();
}

function renderInterface(record: AvroRecord): string {
  const doc = record.doc === undefined ? '' : `/** ${record.doc} */\n`;
  const fields = record.fields.map((field) => {
    const comment = field.doc === undefined ? '' : `  /** ${field.doc} */\n`;
    return `${comment}  ${field.name}: ${typeText(field.type)};\n`;
  });
  return `${doc}export interface ${record.name} {\n${fields.join('')}}\n`;
}

function renderBlank(record: AvroRecord, types: ReadonlyMap<string, NamedType>): string {
  const fields = record.fields.map((field) => `    ${field.name}: ${blankText(field.type, field.default, types)},\n`);
  return `export function blank${record.name}(): ${record.name} {\n  return {\n${fields.join('')}  };\n}\n`;
}

function literals(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(' | ');
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
};

const UNITS = { price: 'Price', quantity: 'Quantity', money: 'Money', rate: 'Decimal' } as const;

function typeText(schema: AvroSchema): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema;
  if (isUnion(schema)) {
    const branches = schema.filter((branch) => branch !== 'null').map(typeText);
    return [...branches, ...(branches.length < schema.length ? ['null'] : [])].join(' | ');
  }
  switch (schema.type) {
    case 'record':
    case 'enum':
      return schema.name;
    case 'array': {
      const item = typeText(schema.items);
      return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
    }
    case 'map':
      return `Record<string, ${typeText(schema.values)}>`;
    case 'string':
    case 'bytes':
    case 'long':
      return annotatedText(schema);
  }
}

function annotatedText(schema: AvroAnnotated): string {
  if (schema.one_of !== undefined) return literals(schema.one_of);
  if (schema.logicalType === 'decimal') return schema.unit === undefined ? 'Decimal' : UNITS[schema.unit];
  if (schema.logicalType === 'timestamp-micros') return 'Micros';
  return typeText(schema.type);
}

function blankText(schema: AvroSchema, given: unknown, types: ReadonlyMap<string, NamedType>): string {
  if (typeof given === 'boolean' || typeof given === 'number') return String(given);
  if (typeof given === 'string') return `'${given}'`;
  if (typeof schema === 'string') {
    const named = types.get(schema);
    if (named !== undefined) return blankText(named, undefined, types);
    if (schema === 'string') return "''";
    if (schema === 'boolean') return 'false';
    if (schema === 'bytes') return 'new Uint8Array(0)';
    return schema === 'null' ? 'null' : '0';
  }
  if (isUnion(schema)) return blankText(schema[0] ?? 'null', undefined, types);
  switch (schema.type) {
    case 'record':
      return `blank${schema.name}()`;
    case 'enum':
      return `'${schema.symbols[0]}'`;
    case 'array':
      return '[]';
    case 'map':
      return '{}';
    case 'string':
    case 'bytes':
    case 'long':
      if (schema.one_of !== undefined) return `'${schema.one_of[0]}'`;
      return schema.logicalType === 'decimal' ? '0n' : blankText(schema.type, undefined, types);
  }
}
