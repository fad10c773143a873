// The part of Avro's schema language that Weir's records use, as types, and the pure walks over it.
import type { CanonicalValue } from './canonical-json.ts';

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: CanonicalValue;
  readonly doc?: string;
}
export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}
export interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly symbols: readonly string[];
}
export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroSchema;
}
export interface AvroMap {
  readonly type: 'map';
  readonly values: AvroSchema;
}
/** `unit` names the flavour of a decimal; `one_of` lists the only values of a string that is no Avro name. */
export interface AvroAnnotated {
  readonly type: 'string' | 'bytes' | 'long';
  readonly logicalType?: 'decimal' | 'timestamp-micros';
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: 'price' | 'quantity' | 'money' | 'rate';
  readonly one_of?: readonly string[];
}
/** A primitive, or the name of a record or enum defined earlier in the same schema. */
export type AvroSchema = string | AvroRecord | AvroEnum | AvroArray | AvroMap | AvroAnnotated | readonly AvroSchema[];

export type NamedType = AvroRecord | AvroEnum;

export function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

/** Every record and enum that a schema defines, in order of definition. */
export function namedTypes(schema: AvroSchema): readonly NamedType[] {
  if (typeof schema === 'string') return [];
  if (isUnion(schema)) return schema.flatMap(namedTypes);
  switch (schema.type) {
    case 'record':
      return [schema, ...schema.fields.flatMap((field) => namedTypes(field.type))];
    case 'enum':
      return [schema];
    case 'array':
      return namedTypes(schema.items);
    case 'map':
      return namedTypes(schema.values);
    case 'string':
    case 'bytes':
    case 'long':
      return [];
  }
}

/** The schema without its comments: what a version is identified by and stored as. */
export function withoutDocs(schema: AvroSchema): AvroSchema {
  if (typeof schema === 'string') return schema;
  if (isUnion(schema)) return schema.map(withoutDocs);
  switch (schema.type) {
    case 'record': {
      const { doc: _, ...rest } = schema;
      return {
        ...rest,
        fields: schema.fields.map(({ doc: _doc, ...field }) => ({ ...field, type: withoutDocs(field.type) })),
      };
    }
    case 'array':
      return { ...schema, items: withoutDocs(schema.items) };
    case 'map':
      return { ...schema, values: withoutDocs(schema.values) };
    case 'enum':
    case 'string':
    case 'bytes':
    case 'long':
      return schema;
  }
}
