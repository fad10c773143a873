// Tests of the codec: byte vectors, round trips of every record, golden samples, hostile bytes, versions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryOf } from './arbitrary.ts';
import type { AvroRecord } from './avro-schema.ts';
import * as codec from './codec.ts';
import { type GoldenSample, goldenFile } from './generate.ts';
import { makeCodec } from './make-codec.ts';
import { decimal } from './money.ts';
import { fromJson, toJson } from './record-json.ts';
import {
  blankCashFlow,
  blankDeadLetter,
  blankSignal,
  blankTick,
  RECORD_NAMES,
  type RecordName,
  type RecordTypes,
  type Signal,
} from './records.generated.ts';
import { updateLock } from './schema-lock.ts';
import { parseTime } from './time.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const schemaOf = (record: RecordName): AvroRecord => JSON.parse(codec.schemaLock[record]?.versions.at(-1)?.schema ?? '');

const SIGNAL: Signal = {
  ...blankSignal(),
  instrument: 'BTC-USDT',
  direction: 'long',
  source: 'my_bot',
  event_time: parseTime('2026-01-02T03:04:05Z') ?? 0,
  signal_type: 'breakout',
};

describe('the body of a signal', () => {
  it.each([
    [
      'five fields',
      SIGNAL,
      '104254432d55534454000c6d795f626f7480cde7e4ded7a30610627265616b6f757400000000000000000000000000000000',
    ],
    [
      'with price and confidence',
      { ...SIGNAL, entry_price: decimal('43210.5'), confidence: 0.75 },
      '104254432d55534454000c6d795f626f7480cde7e4ded7a30610627265616b6f757400000210009983b887112800000000000000000002000000000000e83f00000000',
    ],
  ])('%s', (_, signal, body) => {
    expect(hex(codec.encodeBody('Signal', signal))).toBe(body);
    expect(codec.decodeBody('Signal', bytes(body))).toEqual(signal);
  });

  it('is framed by 0x00 and the schema id', () => {
    const framed = hex(codec.encode('Signal', SIGNAL));
    expect(framed.slice(0, 10)).toBe(`00${codec.schemaId('Signal').toString(16).padStart(8, '0')}`);
    expect(framed.slice(10)).toBe(hex(codec.encodeBody('Signal', SIGNAL)));
  });
});

describe('decimals', () => {
  it.each([
    ['0', '02 00'],
    ['0.000000000001', '02 01'],
    ['-0.000000000001', '02 ff'],
    ['0.000000000127', '02 7f'],
    ['0.000000000128', '04 0080'],
    ['-0.000000000128', '02 80'],
    ['-0.000000000129', '04 ff7f'],
    ['9223372.036854775807', '10 7fffffffffffffff'],
    ['9223372.036854775808', '12 008000000000000000'],
    ['-9223372.036854775808', '10 8000000000000000'],
    ['-9223372.036854775809', '12 ff7fffffffffffffff'],
    ['99999999999999999999999999.999999999999', '20 4b3b4ca85a86c47a098a223fffffffff'],
  ])('%s is %s', (text, body) => {
    const flow = { ...blankCashFlow(), amount: decimal(text) };
    // control_id, portfolio, run_id and mode take four bytes before it; asset, actor, reason and a time of 0 four after.
    expect(hex(codec.encodeBody('CashFlow', flow))).toBe(`00000000${body.replace(' ', '')}00000000`);
    expect(codec.decode(codec.encode('CashFlow', flow))).toEqual({ type: 'CashFlow', value: flow });
  });

  it.each([
    ['no bytes', '00000000 00 00000000', '0'],
    ['a sign byte too many', '00000000 04 0001 00000000', '0.000000000001'],
    ['the same negative', '00000000 04 ffff 00000000', '-0.000000000001'],
  ])('%s is read', (_, body, text) => {
    expect(codec.decodeBody('CashFlow', bytes(body))).toEqual({ ...blankCashFlow(), amount: decimal(text) });
  });

  it('beyond 128 bits is a bug of the caller', () => {
    expect(() => codec.encode('CashFlow', { ...blankCashFlow(), amount: 10n ** 39n })).toThrow('more than 38 digits');
  });
});

describe.each(RECORD_NAMES)('%s', (record) => {
  const schema = schemaOf(record);

  it('comes back as it went', () => {
    fc.assert(
      fc.property(arbitraryOf(schema), (value) => {
        expect(codec.decode(codec.encode(record, value as RecordTypes[typeof record]))).toEqual({ type: record, value });
      }),
      { numRuns: 30 },
    );
  });

  it('comes back from JSON as it went', () => {
    fc.assert(
      fc.property(arbitraryOf(schema), (value) => {
        const inRange = JSON.stringify(toJson(schema, value));
        expect(toJson(schema, fromJson(schema, JSON.parse(inRange)))).toEqual(JSON.parse(inRange));
      }),
      { numRuns: 10 },
    );
  });

  const samples: readonly GoldenSample[] = JSON.parse(readFileSync(join(import.meta.dirname, goldenFile(record)), 'utf8'));

  it.each(samples.map((sample, version) => [version, sample] as const))('golden sample of version %i', (version, sample) => {
    const decoded = codec.decode(bytes(sample.hex));
    if ('error' in decoded) throw new Error(decoded.message);
    expect(decoded.type).toBe(record);
    if (version < samples.length - 1) return;
    expect(toJson(schema, decoded.value)).toEqual(sample.value);
    expect(hex(codec.encode(record, fromJson(schema, sample.value) as never))).toBe(sample.hex);
  });

  it('a later version with one more field reads the golden samples', () => {
    const later = { ...schema, fields: [...schema.fields, { name: 'added', type: ['null', 'string'], default: null }] };
    const locked = {
      [record]: { ...codec.schemaLock[record], locked: true, versions: codec.schemaLock[record]?.versions ?? [] },
    };
    const { lock, errors } = updateLock(locked, [later]);
    expect(errors).toEqual([]);
    for (const sample of samples) {
      expect(makeCodec(lock).decode(bytes(sample.hex))).toMatchObject({ type: record, value: { added: null } });
    }
  });
});

describe('bytes that are no record', () => {
  const id = codec.schemaId('Signal').toString(16).padStart(8, '0');
  const good = hex(codec.encodeBody('Signal', SIGNAL));

  it.each([
    ['nothing', '', 'DECODE_FAILED'],
    ['four bytes', '00000000', 'DECODE_FAILED'],
    ['another first byte', `01${id}${good}`, 'DECODE_FAILED'],
    ['a schema id of nobody', `00ffffffff${good}`, 'SCHEMA_UNKNOWN'],
    ['a truncated body', `00${id}${good.slice(0, -20)}`, 'DECODE_FAILED'],
    ['a byte too many', `00${id}${good}00`, 'DECODE_FAILED'],
    ['a string past the end', `00${id}ffffffff0f`, 'DECODE_FAILED'],
    ['a negative length', `00${id}01`, 'DECODE_FAILED'],
    ['an enum symbol of nobody', `00${id}${good.replace('55534454 00'.replace(' ', ''), '555344540e')}`, 'DECODE_FAILED'],
    ['invalid UTF-8', `00${id}${good.replace('4254432d', '42ff432d')}`, 'DECODE_FAILED'],
    ['a map of 2^40 entries', `00${id}${good.slice(0, -2)}808080808080808001`, 'DECODE_FAILED'],
    ['a map key __proto__', `00${id}${good.slice(0, -2)}02125f5f70726f746f5f5f026100`, 'DECODE_FAILED'],
    ['a third branch of a nullable', `00${id}${good.slice(0, -4)}0400`, 'DECODE_FAILED'],
  ])('%s', (_, body, error) => {
    expect(codec.decode(bytes(body))).toMatchObject({ error });
  });

  it('a decimal of 17 bytes', () => {
    expect(codec.decodeBody('CashFlow', bytes(`00000000 22 ${'01'.repeat(17)} 00000000`))).toMatchObject({
      error: 'DECODE_FAILED',
    });
  });

  it('bytes past the end', () => {
    const letter = hex(codec.encodeBody('DeadLetter', { ...blankDeadLetter(), value: new Uint8Array([1, 2, 3]) }));
    expect(codec.decodeBody('DeadLetter', bytes(letter.replace('06010203', 'fe010203')))).toMatchObject({
      error: 'DECODE_FAILED',
    });
  });

  it('any bytes at all give a record or an error, never an exception', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RECORD_NAMES), fc.uint8Array({ maxLength: 200 }), (record, body) => {
        const frame = new Uint8Array(5 + body.length);
        new DataView(frame.buffer).setUint32(1, codec.schemaId(record));
        frame.set(body, 5);
        const decoded = codec.decode(frame);
        return 'error' in decoded ? decoded.error === 'DECODE_FAILED' : decoded.type === record;
      }),
      { numRuns: 500 },
    );
  });
});

describe('values', () => {
  it('a valid replacement character is text like any other', () => {
    const signal = { ...SIGNAL, thesis: 'a\ufffdb' };
    expect(codec.decode(codec.encode('Signal', signal))).toEqual({ type: 'Signal', value: signal });
  });

  it('are plain objects with bytes of their own', () => {
    const frame = codec.encode('DeadLetter', { ...blankDeadLetter(), value: new Uint8Array([1, 2, 3]) });
    const decoded = codec.decode(frame);
    frame.fill(0);
    if (!('value' in decoded) || decoded.type !== 'DeadLetter') throw new Error('not a dead letter');
    expect(Object.getPrototypeOf(decoded.value)).toBe(Object.prototype);
    expect(decoded.value.value).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('larger than the buffer are encoded all the same, and do not share it', () => {
    const large = { ...blankDeadLetter(), value: new Uint8Array(1_048_576).fill(7) };
    const small = codec.encode('Tick', blankTick());
    const before = hex(small);
    expect(codec.decode(codec.encode('DeadLetter', large))).toEqual({ type: 'DeadLetter', value: large });
    expect(hex(small)).toBe(before);
  });

  it.each([
    ['a missing field', { ...SIGNAL, instrument: undefined }],
    ['a number for a decimal', { ...SIGNAL, entry_price: 1.5 }],
    ['a fraction of a microsecond', { ...SIGNAL, event_time: 0.5 }],
    ['a symbol of nobody', { ...SIGNAL, direction: 'up' }],
    ['an integer of 33 bits', { ...SIGNAL, max_hold_s: 2 ** 32 }],
  ])('with %s are a bug of the caller', (_, signal) => {
    expect(() => codec.encode('Signal', signal as unknown as Signal)).toThrow();
  });
});
