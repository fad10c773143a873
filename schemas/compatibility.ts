// Whether records of two versions of a schema can be read by each other, said field by field.
import { type AvroAnnotated, type AvroRecord, type AvroSchema, isUnion, type NamedType, namedTypes } from './avro-schema.ts';

type Names = ReadonlyMap<string, NamedType>;

/** What keeps a reader from reading what the writer wrote; empty if nothing does. Each line names the record and field. */
export function unreadable(reader: AvroRecord, writer: AvroRecord): readonly string[] {
  const readers: Names = new Map(namedTypes(reader).map((type) => [type.name, type]));
  const writers: Names = new Map(namedTypes(writer).map((type) => [type.name, type]));
  return compare(reader, writer, reader.name, readers, writers);
}

/** What breaks full compatibility of two versions, in either direction. */
export function incompatibilities(a: AvroRecord, b: AvroRecord): readonly string[] {
  return [...new Set([...unreadable(a, b), ...unreadable(b, a)])];
}

function resolve(schema: AvroSchema, names: Names): AvroSchema {
  return typeof schema === 'string' ? (names.get(schema) ?? schema) : schema;
}

function compare(
  readerSchema: AvroSchema,
  writerSchema: AvroSchema,
  path: string,
  readers: Names,
  writers: Names,
): readonly string[] {
  const reader = resolve(readerSchema, readers);
  const writer = resolve(writerSchema, writers);
  if (isUnion(writer)) {
    return writer.flatMap((branch) =>
      isUnion(reader) ? inUnion(reader, branch, path, readers, writers) : compare(reader, branch, path, readers, writers),
    );
  }
  if (isUnion(reader)) return inUnion(reader, writer, path, readers, writers);
  if (typeof reader === 'string' || typeof writer === 'string') {
    return kind(reader) === kind(writer) && logical(reader) === logical(writer)
      ? []
      : [`${path}: ${said(writer)} became ${said(reader)}`];
  }
  if (reader.type === 'record' && writer.type === 'record') return compareRecords(reader, writer, path, readers, writers);
  if (reader.type === 'enum' && writer.type === 'enum') {
    const lost = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
    return lost.map((symbol) => `${path}: enum ${reader.name} does not know ${symbol}`);
  }
  if (reader.type === 'array' && writer.type === 'array')
    return compare(reader.items, writer.items, `${path}[]`, readers, writers);
  if (reader.type === 'map' && writer.type === 'map') return compare(reader.values, writer.values, `${path}{}`, readers, writers);
  if (kind(reader) === kind(writer) && logical(reader) === logical(writer)) return [];
  return [`${path}: ${said(writer)} became ${said(reader)}`];
}

function compareRecords(reader: AvroRecord, writer: AvroRecord, path: string, readers: Names, writers: Names): readonly string[] {
  if (reader.name !== writer.name) return [`${path}: record ${writer.name} became ${reader.name}`];
  const written = new Map(writer.fields.map((field) => [field.name, field]));
  return reader.fields.flatMap((field) => {
    const from = written.get(field.name);
    if (from !== undefined) return compare(field.type, from.type, `${path}.${field.name}`, readers, writers);
    return field.default === undefined ? [`${path}.${field.name}: one version lacks it and it has no default`] : [];
  });
}

function inUnion(
  reader: readonly AvroSchema[],
  writer: AvroSchema,
  path: string,
  readers: Names,
  writers: Names,
): readonly string[] {
  const results = reader.map((branch) => compare(branch, writer, path, readers, writers));
  if (results.some((result) => result.length === 0)) return [];
  // The branch of the same kind says best what is wrong.
  const near = reader.findIndex((branch) => kind(resolve(branch, readers)) === kind(resolve(writer, writers)));
  return results[near] ?? [`${path}: ${kind(resolve(writer, writers))} is no longer allowed`];
}

function said(schema: AvroSchema): string {
  return `${kind(schema)} ${logical(schema)}`.trim();
}

function kind(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema;
  return isUnion(schema) ? 'union' : schema.type;
}

function logical(schema: AvroSchema): string {
  if (typeof schema === 'string' || isUnion(schema)) return '';
  const { logicalType, precision, scale, unit, one_of } = schema as Partial<AvroAnnotated>;
  return [logicalType, precision, scale, unit, one_of?.join()].filter((item) => item !== undefined).join(' ');
}
