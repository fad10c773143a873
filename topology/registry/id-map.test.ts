// A registry that gives other ids is met by a map: the codec then reads and writes under the registry's ids.
import { describe, expect, it } from 'vitest';
import { decode, encode, schemaLock } from '../../schemas/codec.ts';
import { makeCodec, schemaIdIn } from '../../schemas/make-codec.ts';
import { blankTick } from '../../schemas/records.generated.ts';
import { parseRegistryIds, withRegistryIds } from './id-map.ts';
import { subjectOf, wantedSchemas } from './subjects.ts';

const fingerprints = Object.values(schemaLock).flatMap(({ versions }) => versions.map(({ fingerprint }) => fingerprint));
const MOVED = Object.fromEntries(fingerprints.map((fingerprint, i) => [fingerprint, 5_000 + i]));
const [ONE = ''] = fingerprints;

describe('the map', () => {
  it('moves every id, and nothing else', () => {
    const codec = makeCodec(withRegistryIds(schemaLock, MOVED));
    const moved = codec.encode('Tick', blankTick());
    const usual = encode('Tick', blankTick());
    expect(schemaIdIn(moved)).toBe(MOVED[schemaLock.Tick?.versions.at(-1)?.fingerprint ?? '']);
    expect([...moved.subarray(5)]).toEqual([...usual.subarray(5)]);
    expect(codec.decode(moved)).toEqual({ type: 'Tick', value: blankTick() });
    expect(codec.decode(usual)).toMatchObject({ error: 'SCHEMA_UNKNOWN' });
    expect(decode(moved)).toMatchObject({ error: 'SCHEMA_UNKNOWN' });
  });

  it('is nothing where the ids agree', () => {
    expect(withRegistryIds(schemaLock, {})).toBe(schemaLock);
  });

  it('names every schema, or is of no use', () => {
    expect(() => withRegistryIds(schemaLock, { [ONE]: 1 })).toThrow(/not in the map; run `weir schemas register` again/);
  });

  it.each([
    ['[]', /expected an object/],
    ['{"x":1}', /"x" is no fingerprint/],
    [JSON.stringify({ [ONE]: 0 }), /0 of .* is no id/],
    [JSON.stringify({ [ONE]: 1.5 }), /1\.5 of .* is no id/],
    [JSON.stringify({ [ONE]: '1' }), /is no id/],
    [JSON.stringify({ [ONE]: 7, ['0'.repeat(64)]: 7 }), /7 stands for two schemas/],
  ])('as a file is refused: %.40s', (text, message) => {
    expect(() => parseRegistryIds(text)).toThrow(message);
  });

  it('as a file is read', () => {
    expect(parseRegistryIds(JSON.stringify(MOVED))).toEqual(MOVED);
  });
});

describe('subjects', () => {
  it.each([
    ['Signal', '', 'signals.v1-weir.Signal'],
    ['Verdict', 'eu.', 'eu.journal.v1-weir.Verdict'],
  ])('of %s with prefix "%s" is %s', (record, prefix, subject) => {
    expect(subjectOf(record, prefix)).toBe(subject);
  });

  it('exist for every record of the lock, by id', () => {
    const wanted = wantedSchemas('');
    expect(wanted.map(({ record }) => record).sort()).toEqual(Object.keys(schemaLock).sort());
    expect(wanted.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id).sort((a, b) => a - b));
    expect(() => subjectOf('Nothing', '')).toThrow(/record Nothing has no topic/);
  });
});
