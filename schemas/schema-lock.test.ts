// Tests of the lock of schema ids: ids are for ever, a locked record changes only compatibly.
import { describe, expect, it } from 'vitest';
import type { AvroField, AvroRecord } from './avro-schema.ts';
import { incompatibilities } from './compatibility.ts';
import { type SchemaLock, schemaFingerprint, updateLock } from './schema-lock.ts';

const PRICE = { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 12, unit: 'price' } as const;
const record = (...fields: readonly AvroField[]): AvroRecord => ({ type: 'record', name: 'Thing', namespace: 'weir', fields });
const field = (name: string, type: AvroField['type'], given?: AvroField['default']): AvroField =>
  given === undefined ? { name, type } : { name, type, default: given };
const SIDE = { type: 'enum', name: 'Side', symbols: ['BUY', 'SELL'] } as const;
const BASE = record(
  field('id', 'string'),
  field('side', SIDE),
  field('price', ['null', PRICE], null),
  field('tags', { type: 'array', items: 'string' }, []),
);

function edited(name: string, type: AvroField['type']): AvroRecord {
  return { ...BASE, fields: BASE.fields.map((item) => (item.name === name ? { ...item, type } : item)) };
}
const lockOf = (locked: boolean): SchemaLock => {
  const { lock } = updateLock({}, [BASE]);
  return { Thing: { versions: lock.Thing?.versions ?? [], locked } };
};

describe('compatible edits', () => {
  it.each([
    ['nothing', BASE],
    ['another comment', { ...BASE, doc: 'new words' }],
    ['a field with a default', { ...BASE, fields: [...BASE.fields, field('note', 'string', '')] }],
    ['a field with a default less', { ...BASE, fields: BASE.fields.slice(0, 3) }],
    ['fields in another order', { ...BASE, fields: BASE.fields.toReversed() }],
  ])('%s', (_, schema) => {
    expect(incompatibilities(schema, BASE)).toEqual([]);
    expect(updateLock(lockOf(true), [schema]).errors).toEqual([]);
  });
});

describe('incompatible edits name record and field', () => {
  it.each([
    [
      'a field without default',
      { ...BASE, fields: [...BASE.fields, field('note', 'string')] },
      'Thing.note: one version lacks it and it has no default',
    ],
    ['a required field less', { ...BASE, fields: BASE.fields.slice(1) }, 'Thing.id: one version lacks it and it has no default'],
    ['another type', edited('id', 'long'), 'Thing.id: string became long'],
    [
      'an enum symbol more',
      edited('side', { ...SIDE, symbols: ['BUY', 'SELL', 'HOLD'] }),
      'Thing.side: enum Side does not know HOLD',
    ],
    ['an enum symbol less', edited('side', { ...SIDE, symbols: ['BUY'] }), 'Thing.side: enum Side does not know SELL'],
    ['no longer nullable', edited('price', PRICE), 'Thing.price: null became bytes'],
    ['nullable', edited('id', ['null', 'string']), 'Thing.id: null became string'],
    [
      'another unit',
      edited('price', ['null', { ...PRICE, unit: 'money' }]),
      'Thing.price: bytes decimal 38 12 money became bytes decimal 38 12 price',
    ],
    ['other items', edited('tags', { type: 'array', items: 'int' }), 'Thing.tags[]: string became int'],
    ['an array into a map', edited('tags', { type: 'map', values: 'string' }), 'Thing.tags: array became map'],
    ['another name', { ...BASE, name: 'Other' }, 'Other: record Thing became Other'],
  ])('%s', (_, schema, message) => {
    expect(incompatibilities(schema, BASE).join('\n')).toContain(message);
  });

  it('against every version, not only the last', () => {
    const second = { ...BASE, fields: BASE.fields.slice(0, 3) };
    const { lock } = updateLock(lockOf(true), [second]);
    const third = { ...second, fields: [...second.fields, field('tags', 'string', '')] };
    expect(incompatibilities(third, second)).toEqual([]);
    expect(updateLock(lock, [third]).errors).toEqual(['Thing.tags: array became string', 'Thing.tags: string became array']);
  });
});

describe('ids', () => {
  it('are given in order and kept', () => {
    const other = { ...BASE, name: 'Other' };
    const { lock } = updateLock({}, [BASE]);
    const { lock: both } = updateLock(lock, [other, BASE]);
    expect([both.Thing?.versions[0]?.id, both.Other?.versions[0]?.id]).toEqual([1, 2]);
  });

  it('of an unlocked record stay when its schema is replaced', () => {
    const changed = edited('id', 'long');
    const { lock, errors } = updateLock(lockOf(false), [changed]);
    expect(errors).toEqual([]);
    expect(lock.Thing?.versions.map((version) => [version.id, version.fingerprint])).toEqual([[1, schemaFingerprint(changed)]]);
  });

  it('of a locked record are joined by a new one', () => {
    const longer = { ...BASE, fields: [...BASE.fields, field('note', 'string', '')] };
    const { lock } = updateLock(lockOf(true), [longer]);
    expect(lock.Thing?.versions.map((version) => version.id)).toEqual([1, 2]);
    expect(lock.Thing?.versions[0]).toEqual(lockOf(true).Thing?.versions[0]);
  });

  it('of a record that is gone are an error', () => {
    expect(updateLock(lockOf(false), []).errors).toEqual(['Thing: the lock knows it but its schema is gone']);
  });
});
