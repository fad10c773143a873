// A sample value of any record, derived from its schema alone: what the golden files hold.
import { type AvroRecord, type AvroSchema, isUnion, type NamedType, namedTypes } from './avro-schema.ts';

/** A value with every kind of content; fields alternate between null and a value where they may be null. */
export function sampleOf(schema: AvroRecord): unknown {
  const names: ReadonlyMap<string, NamedType> = new Map(namedTypes(schema).map((type) => [type.name, type]));
  let count = 0;

  function sample(type: AvroSchema, name: string): unknown {
    count += 1;
    const n = count;
    if (isUnion(type)) {
      const branches = type.filter((branch) => branch !== 'null');
      if (branches.length < type.length && n % 3 === 0) return null;
      return sample(branches[n % branches.length] ?? 'null', name);
    }
    if (typeof type === 'string') return primitive(type, name, n);
    switch (type.type) {
      case 'record':
        return Object.fromEntries(type.fields.map((field) => [field.name, sample(field.type, field.name)]));
      case 'enum':
        return type.symbols[n % type.symbols.length];
      case 'array':
        return [sample(type.items, name), sample(type.items, name)];
      case 'map':
        return { [`${name}_a`]: sample(type.values, name), [`${name}_b`]: sample(type.values, name) };
      case 'string':
        return type.one_of?.[n % type.one_of.length] ?? primitive('string', name, n);
      case 'bytes':
        return type.logicalType === 'decimal' ? decimalNumber(n) : primitive('bytes', name, n);
      case 'long':
        return type.logicalType === 'timestamp-micros' ? 1_767_323_045_000_000 + n : primitive('long', name, n);
    }
  }

  /** Small, large and negative ones, with the high bit of the first byte set in some. */
  function decimalNumber(n: number): bigint {
    const size = BigInt(n) * 12_345_678_901n ** BigInt((n % 3) + 1);
    return n % 4 === 0 ? -size : size;
  }

  function primitive(type: string, name: string, n: number): unknown {
    const named = names.get(type);
    if (named !== undefined) return sample(named, name);
    switch (type) {
      case 'string':
        return n % 5 === 0 ? `${name} é ${n}` : `${name}-${n}`;
      case 'boolean':
        return n % 2 === 0;
      case 'int':
        return n * 97 - 400;
      case 'long':
        return n * 10_000_000_019;
      case 'double':
        return n / 7;
      case 'bytes':
        return new Uint8Array([n % 256, 255, 0, 128]);
      default:
        return null;
    }
  }

  return sample(schema, schema.name);
}
