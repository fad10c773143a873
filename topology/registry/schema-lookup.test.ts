// An unknown schema id is asked for once, its answer is remembered, and only what our schema can read is read.
import { describe, expect, it } from 'vitest';
import type { AvroRecord } from '../../schemas/avro-schema.ts';
import { encode, schemaLock } from '../../schemas/codec.ts';
import { makeCodec, schemaIdIn } from '../../schemas/make-codec.ts';
import { blankTick } from '../../schemas/records.generated.ts';
import { RegistryAwayError } from './registry-errors.ts';
import { schemaLookup } from './schema-lookup.ts';

const TICK = schemaLock.Tick?.versions.at(-1)?.schema ?? '';
const tick = JSON.parse(TICK) as AvroRecord;
const text = (different: object): string => JSON.stringify({ ...tick, ...different });
const EXTRA = text({ fields: [...tick.fields, { name: 'colour', type: 'string', default: '' }] });

/** A registry that holds these schemas and counts the questions. */
function registry(held: Readonly<Record<number, string>>) {
  const questions: number[] = [];
  return {
    questions,
    async schemaById(id: number): Promise<string | null> {
      questions.push(id);
      await Promise.resolve();
      return held[id] ?? null;
    },
  };
}

/** A tick as another producer writes it: with a schema and an id of his own. */
function foreign(id: number, schema: string, value: object): Uint8Array {
  const codec = makeCodec({ Tick: { locked: true, versions: [{ id, fingerprint: '', schema }] } });
  return codec.encode('Tick', value as never);
}

describe('an id that the registry knows', () => {
  it('is read as our record, without the fields that we do not know', async () => {
    const from = registry({ 900: EXTRA });
    const lookup = schemaLookup(from);
    expect(lookup.known(900)).toBeNull();
    const found = await lookup.find(900);
    const value = { ...blankTick(), tick_at: 5_000_000 };
    const bytes = foreign(900, EXTRA, { ...value, colour: 'red' });
    expect(found.kind === 'readable' && found.decode(bytes)).toEqual({ type: 'Tick', value });
    expect(lookup.known(900)).toBe(found);
    await lookup.find(900);
    expect(from.questions).toEqual([900]);
  });

  it('has a body that may still be broken', async () => {
    const found = await schemaLookup(registry({ 900: EXTRA })).find(900);
    const bytes = foreign(900, EXTRA, { ...blankTick(), colour: 'red' });
    expect(found.kind === 'readable' && found.decode(bytes.subarray(0, bytes.length - 1))).toMatchObject({
      error: 'DECODE_FAILED',
    });
  });

  it.each([
    [
      'a record that is not ours',
      JSON.stringify({ type: 'record', namespace: 'other', name: 'Tick', fields: [] }),
      /no record of ours/,
    ],
    ['a record of ours that does not exist', text({ name: 'Tack' }), /no record of ours/],
    ['a name from the prototype', text({ name: 'constructor' }), /no record of ours/],
    ['no record', '"string"', /no record of ours/],
    ['no Avro', '{"type":', /cannot be used/],
    ['a schema that lacks what we need', text({ fields: [] }), /our Tick cannot read it: Tick\.tick_at/],
    ['a schema without end', text({ doc: 'x'.repeat(300_000) }), /characters, at most 262144/],
  ])('but is %s, is unknown', async (_, schema, message) => {
    const found = await schemaLookup(registry({ 7000: schema })).find(7_000);
    expect(found).toEqual({ kind: 'unknown', message: expect.stringMatching(message) });
    expect(found.kind === 'unknown' && found.message).toMatch(/^schema id 7000: /);
  });
});

describe('an id that nobody knows', () => {
  it('is asked for once by many, and again when its time has passed', async () => {
    const from = registry({});
    let time = 0;
    const lookup = schemaLookup(from, { unknown_ms: 1_000, now: () => time });
    const found = await Promise.all(Array.from({ length: 50 }, () => lookup.find(42)));
    expect(new Set(found)).toEqual(
      new Set([{ kind: 'unknown', message: 'schema id 42 is neither in the lock nor in the registry' }]),
    );
    time = 999;
    expect(lookup.known(42)).toBe(found[0]);
    await lookup.find(42);
    expect(from.questions).toEqual([42]);
    time = 1_000;
    expect(lookup.known(42)).toBeNull();
    await lookup.find(42);
    expect(from.questions).toEqual([42, 42]);
  });

  it('takes no memory in a flood of ids', async () => {
    const lookup = schemaLookup(registry({}), { unknown_max: 3 });
    for (let id = 1; id <= 5; id++) await lookup.find(id);
    expect([1, 2, 3, 4, 5].map((id) => lookup.known(id) !== null)).toEqual([false, false, true, true, true]);
  });
});

it('a registry that is away makes nothing unknown: it is asked again, about any id, when it has been let alone for a while', async () => {
  let away = true;
  let questions = 0;
  let time = 0;
  const lookup = schemaLookup(
    {
      async schemaById() {
        questions += 1;
        if (away) throw new RegistryAwayError('http://r', 5, 'refused');
        return TICK;
      },
    },
    { silent_ms: 100, now: () => time },
  );
  await expect(lookup.find(900)).rejects.toThrow(RegistryAwayError);
  await expect(lookup.find(901)).rejects.toThrow(RegistryAwayError);
  expect([questions, lookup.known(900)]).toEqual([1, null]);
  away = false;
  const message = 'schema id 900 is not in the lock: no answer';
  expect(lookup.giveUp(900, 'no answer')).toEqual({ kind: 'unknown', message });
  expect(await lookup.find(900)).toEqual({ kind: 'unknown', message });
  time = 100;
  expect((await lookup.find(900)).kind).toBe('readable');
  expect(questions).toBe(2);
});

it.each([
  [encode('Tick', blankTick()), schemaLock.Tick?.versions.at(-1)?.id],
  [new Uint8Array([0, 0, 0, 1, 0]), 256],
  [new Uint8Array([0, 0, 0, 1]), null],
  [new Uint8Array([1, 0, 0, 1, 0]), null],
  [new TextEncoder().encode('{"instrument":1}'), null],
])('the id in %s is %s', (bytes, id) => {
  expect(schemaIdIn(bytes)).toBe(id);
});
