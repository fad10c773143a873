// fast-check arbitraries of any record, built from its schema: for tests only.
import fc from 'fast-check';
import { type AvroRecord, type AvroSchema, isUnion, type NamedType, namedTypes } from './avro-schema.ts';

/** Values of a record as its schema allows them. */
export function arbitraryOf(schema: AvroRecord): fc.Arbitrary<unknown> {
  const names: ReadonlyMap<string, NamedType> = new Map(namedTypes(schema).map((type) => [type.name, type]));
  const decimals = fc.oneof(
    fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.bigInt({ min: -70_000n, max: 70_000n }),
  );
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 100 }));

  function arbitrary(type: AvroSchema): fc.Arbitrary<unknown> {
    if (isUnion(type)) return fc.oneof(...type.map(arbitrary));
    if (typeof type === 'string') return primitive(type);
    switch (type.type) {
      case 'record':
        return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, arbitrary(field.type)])));
      case 'enum':
        return fc.constantFrom(...type.symbols);
      case 'array':
        return fc.array(arbitrary(type.items), { maxLength: 4 });
      case 'map':
        return fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
          arbitrary(type.values),
          { maxKeys: 4, noNullPrototype: true },
        );
      case 'string':
        return type.one_of === undefined ? text : fc.constantFrom(...type.one_of);
      case 'bytes':
        return type.logicalType === 'decimal' ? decimals : primitive('bytes');
      case 'long':
        return primitive('long');
    }
  }

  function primitive(type: string): fc.Arbitrary<unknown> {
    const named = names.get(type);
    if (named !== undefined) return arbitrary(named);
    switch (type) {
      case 'string':
        return text;
      case 'boolean':
        return fc.boolean();
      case 'int':
        return fc.integer();
      case 'long':
        // Half the safe integers: beyond that avsc's zigzag arithmetic loses a bit or refuses; no time, offset or count comes near.
        return fc.maxSafeInteger().map((n) => Math.trunc(n / 2) + 0);
      case 'double':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'bytes':
        return fc.uint8Array({ maxLength: 300 });
      default:
        return fc.constant(null);
    }
  }

  return arbitrary(schema);
}
