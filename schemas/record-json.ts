// Records as JSON for people and programs outside: decimals and bytes as text, times as RFC 3339; and back.
import { type AvroRecord, type AvroSchema, isUnion, type NamedType, namedTypes } from './avro-schema.ts';
import type { CanonicalValue } from './canonical-json.ts';
import { formatDecimal, parseDecimal } from './money.ts';
import { formatTime, parseTime } from './time.ts';

type Names = ReadonlyMap<string, NamedType>;
interface Members {
  readonly [key: string]: unknown;
}

/** The JSON form of a record's value. */
export function toJson(schema: AvroRecord, value: unknown): CanonicalValue {
  return write(schema, value, new Map(namedTypes(schema).map((type) => [type.name, type])));
}

/** The value whose JSON form is given; throws a TypeError naming the path of what does not fit. */
export function fromJson(schema: AvroRecord, json: CanonicalValue): unknown {
  return read(schema, json, schema.name, new Map(namedTypes(schema).map((type) => [type.name, type])));
}

function write(schema: AvroSchema, value: unknown, names: Names): CanonicalValue {
  if (value === null) return null;
  if (isUnion(schema)) {
    const branches = schema.filter((branch) => branch !== 'null');
    return branches.length === 1 ? write(branches[0] ?? 'null', value, names) : (value as CanonicalValue);
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return formatDecimal(value);
  if (typeof schema === 'string') {
    const named = names.get(schema);
    return named === undefined ? (value as CanonicalValue) : write(named, value, names);
  }
  switch (schema.type) {
    case 'record': {
      const members = value as Members;
      return Object.fromEntries(schema.fields.map((field) => [field.name, write(field.type, members[field.name], names)]));
    }
    case 'array':
      return (value as readonly unknown[]).map((item) => write(schema.items, item, names));
    case 'map':
      return Object.fromEntries(Object.entries(value as Members).map(([key, item]) => [key, write(schema.values, item, names)]));
    case 'long':
      return schema.logicalType === 'timestamp-micros' ? formatTime(value as number) : (value as number);
    case 'enum':
    case 'string':
    case 'bytes':
      return value as CanonicalValue;
  }
}

function misfit(path: string, json: CanonicalValue | undefined, expected: string): TypeError {
  return new TypeError(`${path}: ${JSON.stringify(json)?.slice(0, 100)}: expected ${expected}`);
}

function read(schema: AvroSchema, json: CanonicalValue | undefined, path: string, names: Names): unknown {
  if (isUnion(schema)) {
    if (json === null && schema.includes('null')) return null;
    const branches = schema.filter((branch) => branch !== 'null');
    return branches.length === 1 ? read(branches[0] ?? 'null', json, path, names) : json;
  }
  if (typeof schema === 'string') {
    const named = names.get(schema);
    return named === undefined ? readPrimitive(schema, json, path) : read(named, json, path, names);
  }
  switch (schema.type) {
    case 'record': {
      const members = object(json, path);
      const unknown = Object.keys(members).find((key) => !schema.fields.some((field) => field.name === key));
      if (unknown !== undefined) throw misfit(`${path}.${unknown}`, members[unknown], 'no such field');
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, read(field.type, members[field.name], `${path}.${field.name}`, names)]),
      );
    }
    case 'array':
      if (!Array.isArray(json)) throw misfit(path, json, 'an array');
      return json.map((item: CanonicalValue, i) => read(schema.items, item, `${path}[${i}]`, names));
    case 'map':
      return Object.fromEntries(
        Object.entries(object(json, path)).map(([key, item]) => [key, read(schema.values, item, `${path}.${key}`, names)]),
      );
    case 'enum':
      if (typeof json !== 'string' || !schema.symbols.includes(json))
        throw misfit(path, json, `one of ${schema.symbols.join(' ')}`);
      return json;
    case 'string':
    case 'bytes':
    case 'long':
      return readAnnotated(schema.logicalType ?? schema.type, json, path);
  }
}

function readAnnotated(type: string, json: CanonicalValue | undefined, path: string): unknown {
  if (type !== 'decimal' && type !== 'timestamp-micros') return readPrimitive(type, json, path);
  if (typeof json !== 'string') throw misfit(path, json, type === 'decimal' ? 'a decimal as text' : 'a time as text');
  const value = type === 'decimal' ? parseDecimal(json) : parseTime(json);
  if (value === null) throw misfit(path, json, type === 'decimal' ? 'a decimal at scale 12' : 'an ISO-8601 time with zone');
  return value;
}

function readPrimitive(type: string, json: CanonicalValue | undefined, path: string): unknown {
  if (type === 'bytes') {
    if (typeof json !== 'string') throw misfit(path, json, 'base64 text');
    return new Uint8Array(Buffer.from(json, 'base64'));
  }
  const expected = type === 'int' || type === 'long' || type === 'double' ? 'number' : type;
  if (typeof json !== expected) throw misfit(path, json, `a ${expected}`);
  return json;
}

function object(json: CanonicalValue | undefined, path: string): { readonly [key: string]: CanonicalValue } {
  if (typeof json !== 'object' || json === null || isList(json)) throw misfit(path, json, 'an object');
  return json;
}

function isList(json: CanonicalValue): json is readonly CanonicalValue[] {
  return Array.isArray(json);
}
