// Tests of the generator: what it writes is fresh, complete and refuses two meanings of one name.
import { describe, expect, it } from 'vitest';
import type { AvroRecord } from './avro-schema.ts';
import { isUnion, namedTypes } from './avro-schema.ts';
import { current, generate, readSchemas } from './generate.ts';
import { renderTypes } from './render-types.ts';

const { files, errors } = generate(readSchemas(), current);

describe('generated files', () => {
  it('have no errors', () => {
    expect(errors).toEqual([]);
  });
  it.each(Object.keys(files))('%s is fresh: else run `npm run generate`', (name) => {
    expect(current(name)).toBe(files[name]);
  });
});

describe('what was once released', () => {
  it('a reason code cannot go', () => {
    const read = (name: string) => (name === 'golden/reason-codes.json' ? '["SIGNAL_TOO_OLD", "WAS_HERE_ONCE"]' : current(name));
    expect(generate(readSchemas(), read).errors).toEqual(['reason code WAS_HERE_ONCE is gone: the list is append-only']);
  });

  it('a locked record cannot change incompatibly', () => {
    const lock = JSON.parse(current('schema-ids.lock.json'));
    const locked = { ...lock, Tick: { ...lock.Tick, locked: true } };
    const read = (name: string) => (name === 'schema-ids.lock.json' ? JSON.stringify(locked) : current(name));
    const edited = readSchemas().map((schema) =>
      schema.name === 'Tick'
        ? { ...schema, fields: schema.fields.map((field) => (field.name === 'tick_at' ? { ...field, name: 'at' } : field)) }
        : schema,
    );
    expect(generate(edited, read).errors).toEqual([
      'Tick.at: one version lacks it and it has no default',
      'Tick.tick_at: one version lacks it and it has no default',
    ]);
  });

  it('a sample of an older version stays', () => {
    const lock = JSON.parse(current('schema-ids.lock.json'));
    const locked = { ...lock, Tick: { ...lock.Tick, locked: true } };
    const read = (name: string) => (name === 'schema-ids.lock.json' ? JSON.stringify(locked) : current(name));
    const edited = readSchemas().map((schema) =>
      schema.name === 'Tick'
        ? { ...schema, fields: [...schema.fields, { name: 'added', type: ['null', 'string'] as const, default: null }] }
        : schema,
    );
    const { files: next, errors: none } = generate(edited, read);
    const [old] = JSON.parse(current('golden/tick.json'));
    expect(none).toEqual([]);
    expect(JSON.parse(next['golden/tick.json'] ?? '')).toMatchObject([old, { value: { added: expect.anything() } }]);
  });
});

describe('the schemas', () => {
  it.each(readSchemas().map((schema) => [schema.name, schema] as const))('%s', (_, schema) => {
    const fields = namedTypes(schema).flatMap((type) =>
      type.type === 'record' ? type.fields.map((item) => ({ record: type.name, ...item })) : [],
    );
    const wrong = fields.filter((item) => {
      if (isUnion(item.type) && item.type.includes('null')) return item.default !== null || item.type[0] !== 'null';
      const kind = typeof item.type === 'object' && 'type' in item.type ? item.type.type : '';
      return (kind === 'array' || kind === 'map') && item.default === undefined;
    });
    expect(wrong.map((item) => `${item.record}.${item.name}`)).toEqual([]);
    expect(fields.filter((item) => !/^[a-z][a-z0-9_]*$/.test(item.name)).map((item) => item.name)).toEqual([]);
    expect(schema.namespace).toBe('weir');
    const names = schema.fields.map((item) => item.name);
    if (names.includes('portfolio')) expect(names).toEqual(expect.arrayContaining(['run_id', 'mode']));
  });
});

describe('renderTypes', () => {
  const thing = (name: string, ...symbols: readonly string[]): AvroRecord => ({
    type: 'record',
    name,
    namespace: 'weir',
    doc: 'A thing.',
    fields: [
      { name: 'side', type: { type: 'enum', name: 'Side', symbols } },
      {
        name: 'price',
        type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 12, unit: 'price' }],
        default: null,
      },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' }, doc: 'When.' },
      { name: 'notes', type: { type: 'map', values: { type: 'array', items: ['double', 'string'] } } },
      { name: 'on', type: 'boolean', default: true },
    ],
  });

  it('writes an interface and a blank', () => {
    const text = renderTypes([thing('Thing', 'BUY', 'SELL')]);
    expect(text).toContain("export type Side = 'BUY' | 'SELL';");
    expect(text).toContain(
      '/** A thing. */\nexport interface Thing {\n  side: Side;\n  price: Price | null;\n  /** When. */\n  at: Micros;\n  notes: Record<string, (number | string)[]>;\n  on: boolean;\n}\n',
    );
    expect(text).toContain("return {\n    side: 'BUY',\n    price: null,\n    at: 0,\n    notes: {},\n    on: true,\n  };");
  });

  it('refuses one name with two meanings', () => {
    expect(() => renderTypes([thing('One', 'BUY'), thing('Two', 'SELL')])).toThrow('type Side is defined in two different ways');
  });
});
