// Tests of the signal validator: what is a signal, and for everything that is not, the code that says why.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody, encode, encodeBody, schemaId } from '../../schemas/codec.ts';
import { decimal } from '../../schemas/money.ts';
import { blankCandle, blankSignal, type Signal } from '../../schemas/records.generated.ts';
import { parseTime } from '../../schemas/time.ts';
import { instrumentCatalog } from './instrument.ts';
import { sourceTable } from './source.ts';
import { checkSignal, fingerprintOf, parseSignal, type SignalVerdict } from './validator.ts';
import type { SignalCode } from './violation.ts';

const catalog = instrumentCatalog({ instruments: ['BTC-USDT', 'AB-C', 'A-BC', 'SOL-USDT'] });
const sources = sourceTable({ my_bot: {} });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (input: string | Uint8Array): SignalVerdict =>
  parseSignal(typeof input === 'string' ? bytes(input) : input, catalog, sources);

const LINE =
  '{"instrument":"BTC-USDT","direction":"long","source":"my_bot","event_time":"2026-01-02T03:04:05Z","signal_type":"breakout"}';
const EVENT_TIME = 1_767_323_045_000_000;
const BASE: { readonly [field: string]: unknown } = JSON.parse(LINE);

/** The base line with other fields; the literal text of a number is given by raw(). */
function line(change: { readonly [field: string]: unknown }): string {
  const members = Object.entries({ ...BASE, ...change }).filter(([, value]) => value !== undefined);
  return `{${members.map(([field, value]) => `${JSON.stringify(field)}:${literal(value)}`).join(',')}}`;
}
const LITERAL = Symbol('literal');
function literal(value: unknown): string {
  return typeof value === 'object' && value !== null && LITERAL in value ? String(value[LITERAL]) : JSON.stringify(value);
}
/** Text that stands in the line as it is. */
function raw(text: string): { readonly [LITERAL]: string } {
  return { [LITERAL]: text };
}

function codes(verdict: SignalVerdict): string[] {
  return 'violations' in verdict ? verdict.violations.map(({ code, field }) => `${code} ${field}`.trim()) : [];
}
function accepted(verdict: SignalVerdict): Exclude<SignalVerdict, { violations: unknown }> {
  if ('violations' in verdict) throw new Error(JSON.stringify(verdict.violations));
  return verdict;
}

describe('a complete signal', () => {
  test('is one line of JSON', () => {
    const { signal, raw: sent, instrument, source } = accepted(parse(LINE));
    expect(signal).toEqual({ ...blankSignal(), ...BASE, source: 'my_bot:general', event_time: EVENT_TIME });
    expect(sent.source).toBe('my_bot');
    expect(instrument).toMatchObject({ configured: true, exact: true });
    expect(source).toMatchObject({ known: true });
  });

  const bodies: readonly (readonly [string, Partial<Signal>, string])[] = [
    ['the line', {}, '104254432d55534454000c6d795f626f7480cde7e4ded7a30610627265616b6f757400000000000000000000000000000000'],
    [
      'with price and confidence',
      { entry_price: decimal('43210.5'), confidence: 0.75 },
      '104254432d55534454000c6d795f626f7480cde7e4ded7a30610627265616b6f757400000210009983b887112800000000000000000002000000000000e83f00000000',
    ],
  ];
  for (const [name, change, hex] of bodies) {
    test(`has the same meaning in Avro: ${name}`, () => {
      const value: Signal = { ...blankSignal(), ...(BASE as Partial<Signal>), event_time: EVENT_TIME, ...change };
      expect(Buffer.from(encodeBody('Signal', value)).toString('hex')).toBe(hex);
      expect(decodeBody('Signal', Buffer.from(hex, 'hex'))).toEqual(value);
      const sent = { entry_price: change.entry_price === undefined ? undefined : '43210.5', confidence: change.confidence };
      expect(accepted(parse(encode('Signal', value)))).toEqual(accepted(parse(line(sent))));
    });
  }

  test('all fields', () => {
    const all = {
      event_id: 'msg-42',
      strategy: 'sma_cross',
      entry_price: raw('100.000000000001'),
      size: '0.5',
      liquidation_price: raw('50'),
      stop_price: raw('9.5e1'),
      take_profit_price: '120',
      trailing_stop_bps: 9999,
      max_hold_s: 60,
      horizon_s: 31_536_000,
      valid_until: '2026-01-02T04:04:05+00:30',
      confidence: 1,
      strength: 0,
      expected_edge_bps: -12.5,
      thesis: 'because',
      evidence: raw('{"price_change_1h_bps":300.10,"catalyst":true,"note":"x"}'),
    };
    expect(accepted(parse(line(all))).signal).toMatchObject({
      entry_price: decimal('100.000000000001'),
      stop_price: decimal('95'),
      valid_until: parseTime('2026-01-02T03:34:05Z'),
      expected_edge_bps: -12.5,
      evidence: { price_change_1h_bps: '300.10', catalyst: 'true', note: 'x' },
    });
  });

  const fine: readonly (readonly [string, string])[] = [
    ['null is absence', line({ event_id: null, stop_price: null, evidence: null, valid_until: null })],
    ['whole microseconds', line({ event_time: EVENT_TIME })],
    ['six fractional digits and a zone', line({ event_time: '2026-01-02T03:04:05.123456-07:00' })],
    ['the first moment of 2015', line({ event_time: '2015-01-01T00:00:00Z' })],
    ['the last microsecond of 2099', line({ event_time: '2099-12-31T23:59:59.999999Z' })],
    ['white space around', `{ "instrument" : "BTC-USDT",\n${LINE.slice(25)}\n`],
    ['an empty thesis', line({ thesis: '' })],
    ['500 code points', line({ thesis: '😀'.repeat(500) })],
    ['64 evidence keys', line({ evidence: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`k${i}`, 'v'])) })],
    ['an evidence value of 200', line({ evidence: { k: 'v'.repeat(200) } })],
    ['an event id of 255', line({ event_id: '!'.repeat(255) })],
    ['trailing zeros beyond 12', line({ entry_price: raw('1.0000000000000') })],
    ['38 digits', line({ entry_price: `${'9'.repeat(26)}.${'9'.repeat(12)}` })],
    ['open_signal on an open', line({ signal_type: 'open_signal' })],
    ['close_signal on a close', line({ signal_type: 'close_signal', direction: 'close_long' })],
    ['a close with size and price', line({ direction: 'close_short', size: '1', entry_price: '2' })],
    [
      'a short with its ladder',
      line({ direction: 'short', liquidation_price: 4, stop_price: 3, entry_price: 2, take_profit_price: 1 }),
    ],
    ['an unknown source', line({ source: 'who knows' })],
    ['an unknown instrument', line({ instrument: 'NEW-USDT' })],
    ['exactly the largest size', `${line({}).slice(0, -1)}${' '.repeat(16_384 - LINE.length)}}`],
  ];
  for (const [name, text] of fine) test(name, () => expect(codes(parse(text))).toEqual([]));
});

const long = (change: { readonly [field: string]: unknown }): string => line(change);
const short = (change: { readonly [field: string]: unknown }): string => line({ direction: 'short', ...change });
const close = (change: { readonly [field: string]: unknown }): string => line({ direction: 'close_long', ...change });
const avro = encode('Signal', { ...blankSignal(), ...(BASE as Partial<Signal>), event_time: EVENT_TIME });
const other = encode('Candle', blankCandle());

const broken: readonly (readonly [name: string, input: string | Uint8Array, ...found: (SignalCode | string)[]])[] = [
  // Encoding
  ['no bytes', '', 'SIGNAL_ENCODING_UNKNOWN'],
  ['plain text', 'buy bitcoin', 'SIGNAL_ENCODING_UNKNOWN'],
  ['white space first', ` ${LINE}`, 'SIGNAL_ENCODING_UNKNOWN'],
  ['a byte order mark first', `\ufeff${LINE}`, 'SIGNAL_ENCODING_UNKNOWN'],
  ['an array', `[${LINE}]`, 'SIGNAL_ENCODING_UNKNOWN'],
  ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0]), 'SIGNAL_ENCODING_UNKNOWN'],
  ['a frame without a schema', new Uint8Array([0, 0, 0]), 'SIGNAL_ENCODING_UNKNOWN'],
  ['a frame of no known schema', new Uint8Array([0, 0x7f, 0xff, 0xff, 0xff, 1]), 'SIGNAL_ENCODING_UNKNOWN'],
  ['a cut frame', avro.subarray(0, avro.length - 3), 'SIGNAL_ENCODING_UNKNOWN'],
  ['bytes after the frame', Buffer.concat([avro, new Uint8Array([0])]), 'SIGNAL_ENCODING_UNKNOWN'],
  ['a frame of another record', other, 'SIGNAL_ENCODING_UNKNOWN'],
  ['one byte too large', `${line({}).slice(0, -1)}${' '.repeat(16_385 - LINE.length)}}`, 'SIGNAL_TOO_LARGE'],
  ['large junk', new Uint8Array(20_000), 'SIGNAL_TOO_LARGE'],
  // JSON
  ['an open brace alone', '{', 'SIGNAL_JSON_INVALID'],
  ['a cut line', LINE.slice(0, -1), 'SIGNAL_JSON_INVALID'],
  ['two lines', `${LINE}\n${LINE}`, 'SIGNAL_JSON_INVALID'],
  ['a trailing comma', `${LINE.slice(0, -1)},}`, 'SIGNAL_JSON_INVALID'],
  ['single quotes', LINE.replaceAll('"', "'"), 'SIGNAL_JSON_INVALID'],
  ['a duplicate key', `${LINE.slice(0, -1)},"direction":"short"}`, 'SIGNAL_JSON_INVALID'],
  ['a duplicate evidence key', long({ evidence: raw('{"a":1,"a":2}') }), 'SIGNAL_JSON_INVALID'],
  ['depth 4', long({ evidence: raw('{"a":{"b":{}}}') }), 'SIGNAL_JSON_INVALID'],
  ['NaN', long({ confidence: raw('NaN') }), 'SIGNAL_JSON_INVALID'],
  ['Infinity', long({ strength: raw('Infinity') }), 'SIGNAL_JSON_INVALID'],
  ['invalid UTF-8', Buffer.concat([bytes('{"a":"'), new Uint8Array([0xff]), bytes('"}')]), 'SIGNAL_JSON_INVALID'],
  ['half a surrogate pair', long({ thesis: raw('"\\ud83d"') }), 'SIGNAL_JSON_INVALID'],
  ['a bare line feed in text', long({ thesis: raw('"a\nb"') }), 'SIGNAL_JSON_INVALID'],
  // Missing and unknown
  [
    'an empty object',
    '{}',
    ...['instrument', 'direction', 'source', 'event_time', 'signal_type'].map((field) => `SIGNAL_FIELD_MISSING ${field}`),
  ],
  ['no instrument', long({ instrument: undefined }), 'SIGNAL_FIELD_MISSING instrument'],
  ['no direction', long({ direction: undefined }), 'SIGNAL_FIELD_MISSING direction'],
  ['no source', long({ source: undefined }), 'SIGNAL_FIELD_MISSING source'],
  ['no event time', long({ event_time: undefined }), 'SIGNAL_FIELD_MISSING event_time'],
  ['no type', long({ signal_type: undefined }), 'SIGNAL_FIELD_MISSING signal_type'],
  ['a null instrument', long({ instrument: null }), 'SIGNAL_FIELD_MISSING instrument'],
  ['a null direction', long({ direction: null }), 'SIGNAL_FIELD_MISSING direction'],
  ['a null event time', long({ event_time: null }), 'SIGNAL_FIELD_MISSING event_time'],
  ['an unknown key', long({ leverage: 5 }), 'SIGNAL_FIELD_UNKNOWN leverage'],
  ['an unknown key without a value', long({ leverage: null }), 'SIGNAL_FIELD_UNKNOWN leverage'],
  ['a key in other case', long({ Instrument: 'BTC-USDT' }), 'SIGNAL_FIELD_UNKNOWN Instrument'],
  ['a key named __proto__', `${LINE.slice(0, -1)},"__proto__":{}}`, 'SIGNAL_FIELD_UNKNOWN __proto__'],
  ['a key named constructor', long({ constructor: 1 }), 'SIGNAL_FIELD_UNKNOWN constructor'],
  // Text and names
  ['an empty instrument', long({ instrument: '' }), 'SIGNAL_FIELD_INVALID instrument'],
  ['an instrument of 101', long({ instrument: 'A'.repeat(101) }), 'SIGNAL_FIELD_INVALID instrument'],
  ['an instrument that is a number', long({ instrument: 5 }), 'SIGNAL_FIELD_INVALID instrument'],
  ['an instrument that is an object', long({ instrument: {} }), 'SIGNAL_FIELD_INVALID instrument'],
  ['an instrument that is a list', long({ instrument: ['BTC-USDT'] }), 'SIGNAL_FIELD_INVALID instrument'],
  ['upper case direction', long({ direction: 'LONG' }), 'SIGNAL_FIELD_INVALID direction'],
  ['a direction of another language', long({ direction: 'buy' }), 'SIGNAL_FIELD_INVALID direction'],
  ['a direction that is true', long({ direction: true }), 'SIGNAL_FIELD_INVALID direction'],
  ['an empty source', long({ source: '' }), 'SIGNAL_FIELD_INVALID source'],
  ['a source of 101', long({ source: 's'.repeat(101) }), 'SIGNAL_FIELD_INVALID source'],
  ['a source that is a number', long({ source: 7 }), 'SIGNAL_FIELD_INVALID source'],
  ['an upper case type', long({ signal_type: 'Breakout' }), 'SIGNAL_FIELD_INVALID signal_type'],
  ['an empty type', long({ signal_type: '' }), 'SIGNAL_FIELD_INVALID signal_type'],
  ['a type of 41', long({ signal_type: 'a'.repeat(41) }), 'SIGNAL_FIELD_INVALID signal_type'],
  ['a type with a dash', long({ signal_type: 'break-out' }), 'SIGNAL_FIELD_INVALID signal_type'],
  ['an empty event id', long({ event_id: '' }), 'SIGNAL_FIELD_INVALID event_id'],
  ['an event id of 256', long({ event_id: 'x'.repeat(256) }), 'SIGNAL_FIELD_INVALID event_id'],
  ['an event id with a space', long({ event_id: 'a b' }), 'SIGNAL_FIELD_INVALID event_id'],
  ['an event id that is not ASCII', long({ event_id: 'é' }), 'SIGNAL_FIELD_INVALID event_id'],
  ['an event id that is a number', long({ event_id: 42 }), 'SIGNAL_FIELD_INVALID event_id'],
  ['a strategy of upper case', long({ strategy: 'SMA' }), 'SIGNAL_FIELD_INVALID strategy'],
  ['an empty strategy', long({ strategy: '' }), 'SIGNAL_FIELD_INVALID strategy'],
  ['a thesis of 501', long({ thesis: 'x'.repeat(501) }), 'SIGNAL_FIELD_INVALID thesis'],
  ['a thesis that is a number', long({ thesis: 1 }), 'SIGNAL_FIELD_INVALID thesis'],
  // Times
  ['no zone', long({ event_time: '2026-01-02T03:04:05' }), 'SIGNAL_TIME_INVALID event_time'],
  ['a date alone', long({ event_time: '2026-01-02' }), 'SIGNAL_TIME_INVALID event_time'],
  ['seven fractional digits', long({ event_time: '2026-01-02T03:04:05.1234567Z' }), 'SIGNAL_TIME_INVALID event_time'],
  ['a day that is none', long({ event_time: '2026-02-30T00:00:00Z' }), 'SIGNAL_TIME_INVALID event_time'],
  ['seconds', long({ event_time: 1_767_323_045 }), 'SIGNAL_TIME_INVALID event_time'],
  ['milliseconds', long({ event_time: 1_767_323_045_000 }), 'SIGNAL_TIME_INVALID event_time'],
  ['nanoseconds', long({ event_time: raw('1767323045000000000') }), 'SIGNAL_TIME_INVALID event_time'],
  ['microseconds in text', long({ event_time: '1767323045000000' }), 'SIGNAL_TIME_INVALID event_time'],
  ['microseconds with a fraction', long({ event_time: raw('1767323045000000.5') }), 'SIGNAL_TIME_INVALID event_time'],
  ['microseconds with an exponent', long({ event_time: raw('1.767323045e15') }), 'SIGNAL_TIME_INVALID event_time'],
  ['a negative time', long({ event_time: -1 }), 'SIGNAL_TIME_INVALID event_time'],
  ['before 2015', long({ event_time: '2014-12-31T23:59:59.999999Z' }), 'SIGNAL_TIME_INVALID event_time'],
  ['2100', long({ event_time: '2100-01-01T00:00:00Z' }), 'SIGNAL_TIME_INVALID event_time'],
  ['a time that is true', long({ event_time: true }), 'SIGNAL_FIELD_INVALID event_time'],
  ['a time that is an object', long({ event_time: {} }), 'SIGNAL_FIELD_INVALID event_time'],
  ['valid until the event itself', long({ valid_until: EVENT_TIME }), 'SIGNAL_TIME_INVALID valid_until'],
  ['valid until before the event', long({ valid_until: '2026-01-02T03:04:04Z' }), 'SIGNAL_TIME_INVALID valid_until'],
  ['valid until without zone', long({ valid_until: '2026-01-03T00:00:00' }), 'SIGNAL_TIME_INVALID valid_until'],
  // Decimals
  ['a price of zero', long({ entry_price: 0 }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a negative price', long({ entry_price: '-1' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['13 fractional digits', long({ entry_price: raw('1.0000000000001') }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['39 digits', long({ entry_price: '1'.repeat(27) }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a vast exponent', long({ entry_price: raw('1e400') }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a tiny exponent', long({ entry_price: raw('1e-400') }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a price in words', long({ entry_price: 'market' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['an empty price', long({ entry_price: '' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a price with a comma', long({ entry_price: '43,210.5' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a price with spaces', long({ entry_price: ' 1 ' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a price in hexadecimal', long({ entry_price: '0x10' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a price called NaN', long({ entry_price: 'NaN' }), 'SIGNAL_DECIMAL_INVALID entry_price'],
  ['a price that is true', long({ entry_price: true }), 'SIGNAL_FIELD_INVALID entry_price'],
  ['a price that is an object', long({ entry_price: {} }), 'SIGNAL_FIELD_INVALID entry_price'],
  ['a size of zero', long({ size: '0' }), 'SIGNAL_DECIMAL_INVALID size'],
  ['a negative stop', long({ stop_price: -5 }), 'SIGNAL_DECIMAL_INVALID stop_price'],
  ['a negative target', long({ take_profit_price: '-5' }), 'SIGNAL_DECIMAL_INVALID take_profit_price'],
  ['a liquidation of zero', long({ liquidation_price: '0.0' }), 'SIGNAL_DECIMAL_INVALID liquidation_price'],
  // Integers and doubles
  ['a trailing stop of 0', long({ trailing_stop_bps: 0 }), 'SIGNAL_FIELD_INVALID trailing_stop_bps'],
  ['a trailing stop of 10 000', long({ trailing_stop_bps: 10_000 }), 'SIGNAL_FIELD_INVALID trailing_stop_bps'],
  ['a fractional trailing stop', long({ trailing_stop_bps: 1.5 }), 'SIGNAL_FIELD_INVALID trailing_stop_bps'],
  ['a trailing stop in text', long({ trailing_stop_bps: '50' }), 'SIGNAL_FIELD_INVALID trailing_stop_bps'],
  ['a hold of 59 s', long({ max_hold_s: 59 }), 'SIGNAL_FIELD_INVALID max_hold_s'],
  ['a hold above a year', long({ max_hold_s: 31_536_001 }), 'SIGNAL_FIELD_INVALID max_hold_s'],
  ['a horizon of 0', long({ horizon_s: 0 }), 'SIGNAL_FIELD_INVALID horizon_s'],
  ['a horizon with an exponent', long({ horizon_s: raw('1e3') }), 'SIGNAL_FIELD_INVALID horizon_s'],
  ['confidence above 1', long({ confidence: 1.01 }), 'SIGNAL_FIELD_INVALID confidence'],
  ['confidence below 0', long({ confidence: -0.01 }), 'SIGNAL_FIELD_INVALID confidence'],
  ['confidence in percent', long({ confidence: 75 }), 'SIGNAL_FIELD_INVALID confidence'],
  ['confidence in text', long({ confidence: '0.75' }), 'SIGNAL_FIELD_INVALID confidence'],
  ['confidence that is true', long({ confidence: true }), 'SIGNAL_FIELD_INVALID confidence'],
  ['strength above 1', long({ strength: 2 }), 'SIGNAL_FIELD_INVALID strength'],
  ['an edge beyond doubles', long({ expected_edge_bps: raw('1e999') }), 'SIGNAL_FIELD_INVALID expected_edge_bps'],
  // Evidence
  ['evidence that is a list', long({ evidence: [] }), 'SIGNAL_FIELD_INVALID evidence'],
  ['evidence that is text', long({ evidence: 'strong' }), 'SIGNAL_FIELD_INVALID evidence'],
  [
    '65 evidence keys',
    long({ evidence: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 1])) }),
    'SIGNAL_FIELD_INVALID evidence',
  ],
  ['an upper case evidence key', long({ evidence: { Volume: 1 } }), 'SIGNAL_FIELD_INVALID evidence.Volume'],
  ['an empty evidence key', long({ evidence: { '': 1 } }), 'SIGNAL_FIELD_INVALID evidence.'],
  ['a long evidence key', long({ evidence: { ['k'.repeat(41)]: 1 } }), `SIGNAL_FIELD_INVALID evidence.${'k'.repeat(41)}`],
  ['a long evidence value', long({ evidence: { k: 'v'.repeat(201) } }), 'SIGNAL_FIELD_INVALID evidence.k'],
  ['a null evidence value', long({ evidence: { k: null } }), 'SIGNAL_FIELD_INVALID evidence.k'],
  ['an evidence value that is a list', long({ evidence: { k: [1] } }), 'SIGNAL_FIELD_INVALID evidence.k'],
  ['an evidence value that is an object', long({ evidence: { k: {} } }), 'SIGNAL_FIELD_INVALID evidence.k'],
  // What closes may not carry
  ['a liquidation on a close', close({ liquidation_price: 1 }), 'SIGNAL_FIELD_NOT_ALLOWED liquidation_price'],
  ['a stop on a close', close({ stop_price: 1 }), 'SIGNAL_FIELD_NOT_ALLOWED stop_price'],
  ['a target on a close', close({ take_profit_price: 1 }), 'SIGNAL_FIELD_NOT_ALLOWED take_profit_price'],
  ['a trailing stop on a close', close({ trailing_stop_bps: 50 }), 'SIGNAL_FIELD_NOT_ALLOWED trailing_stop_bps'],
  ['a hold on a close', close({ max_hold_s: 60 }), 'SIGNAL_FIELD_NOT_ALLOWED max_hold_s'],
  ['a stop on a close of a short', close({ direction: 'close_short', stop_price: 1 }), 'SIGNAL_FIELD_NOT_ALLOWED stop_price'],
  // Types that contradict
  ['open_signal on close_long', close({ signal_type: 'open_signal' }), 'SIGNAL_TYPE_MISMATCH signal_type'],
  [
    'open_signal on close_short',
    close({ direction: 'close_short', signal_type: 'open_signal' }),
    'SIGNAL_TYPE_MISMATCH signal_type',
  ],
  ['close_signal on a long', long({ signal_type: 'close_signal' }), 'SIGNAL_TYPE_MISMATCH signal_type'],
  ['close_signal on a short', short({ signal_type: 'close_signal' }), 'SIGNAL_TYPE_MISMATCH signal_type'],
  // The ladder of prices
  ['a long with its stop at entry', long({ entry_price: 100, stop_price: 100 }), 'SIGNAL_PRICE_ORDER_INVALID stop_price'],
  ['a long with its stop above', long({ entry_price: 100, stop_price: 101 }), 'SIGNAL_PRICE_ORDER_INVALID stop_price'],
  ['a long with its target below', long({ entry_price: 100, take_profit_price: 99 }), 'SIGNAL_PRICE_ORDER_INVALID entry_price'],
  [
    'a long with its target at entry',
    long({ entry_price: 100, take_profit_price: 100 }),
    'SIGNAL_PRICE_ORDER_INVALID entry_price',
  ],
  [
    'a long with liquidation above entry',
    long({ entry_price: 100, liquidation_price: 101 }),
    'SIGNAL_PRICE_ORDER_INVALID liquidation_price',
  ],
  [
    'a long with liquidation above stop',
    long({ stop_price: 90, liquidation_price: 95 }),
    'SIGNAL_PRICE_ORDER_INVALID liquidation_price',
  ],
  [
    'a long with its stop above target',
    long({ stop_price: 100, take_profit_price: 90 }),
    'SIGNAL_PRICE_ORDER_INVALID stop_price',
  ],
  [
    'a long with liquidation above target',
    long({ liquidation_price: 100, take_profit_price: 90 }),
    'SIGNAL_PRICE_ORDER_INVALID liquidation_price',
  ],
  ['a short with its stop below', short({ entry_price: 100, stop_price: 99 }), 'SIGNAL_PRICE_ORDER_INVALID stop_price'],
  ['a short with its stop at entry', short({ entry_price: 100, stop_price: 100 }), 'SIGNAL_PRICE_ORDER_INVALID stop_price'],
  [
    'a short with its target above',
    short({ entry_price: 100, take_profit_price: 101 }),
    'SIGNAL_PRICE_ORDER_INVALID entry_price',
  ],
  [
    'a short with liquidation below stop',
    short({ stop_price: 110, liquidation_price: 105 }),
    'SIGNAL_PRICE_ORDER_INVALID liquidation_price',
  ],
  // Instruments
  ['a blank instrument', long({ instrument: '  ' }), 'SIGNAL_INSTRUMENT_INVALID instrument'],
  ['an instrument with an empty part', long({ instrument: 'BTC--USDT' }), 'SIGNAL_INSTRUMENT_INVALID instrument'],
  ['an inverse perpetual', long({ instrument: 'BTC/USD:BTC' }), 'SIGNAL_INSTRUMENT_INVALID instrument'],
  ['full-width letters', long({ instrument: 'ＢＴＣ-USDT' }), 'SIGNAL_INSTRUMENT_INVALID instrument'],
  ['a look-alike letter', long({ instrument: 'ВTC-USDT' }), 'SIGNAL_INSTRUMENT_INVALID instrument'],
  ['a hidden character', long({ instrument: 'BTC\u200b-USDT' }), 'SIGNAL_INSTRUMENT_INVALID instrument'],
  ['an ambiguous word', long({ instrument: 'ABC' }), 'SIGNAL_INSTRUMENT_AMBIGUOUS instrument'],
];

describe('broken', () => {
  for (const [name, input, ...found] of broken) test(name, () => expect(codes(parse(input))).toEqual(found));
  test('in at least a hundred ways', () => expect(new Set(broken.map(([name]) => name)).size).toBeGreaterThanOrEqual(100));
  test('with every code', () => {
    const seen = new Set(broken.flatMap(([, , ...found]) => found.map((each) => each.split(' ')[0])));
    expect(seen.size).toBe(13);
  });
});

test('every violation is reported with its field, value and what was expected', () => {
  const verdict = parse(line({ direction: 'up', confidence: 2, colour: 'red', entry_price: '0', thesis: 'x'.repeat(600) }));
  expect(verdict).toEqual({
    violations: [
      { code: 'SIGNAL_FIELD_UNKNOWN', field: 'colour', value: 'red', expected: 'a field of Signal' },
      { code: 'SIGNAL_FIELD_INVALID', field: 'direction', value: 'up', expected: 'one of long, short, close_long, close_short' },
      { code: 'SIGNAL_DECIMAL_INVALID', field: 'entry_price', value: '0', expected: 'more than 0' },
      { code: 'SIGNAL_FIELD_INVALID', field: 'confidence', value: '2', expected: 'a number from 0 to 1' },
      { code: 'SIGNAL_FIELD_INVALID', field: 'thesis', value: 'x'.repeat(100), expected: '0 to 500 characters' },
    ],
  });
});

test('all wrong pairs of the ladder are reported', () => {
  const ladder = { liquidation_price: 4, stop_price: 3, entry_price: 2, take_profit_price: 1 };
  expect(codes(parse(long(ladder)))).toHaveLength(6);
  expect(codes(parse(short(ladder)))).toEqual([]);
});

test('a decoded record meets the same checks', () => {
  const value: Signal = { ...blankSignal(), ...(BASE as Partial<Signal>), event_time: 1_767_323_045, direction: 'close_long' };
  const verdict = checkSignal({ ...value, confidence: Number.NaN, stop_price: 0n, max_hold_s: 10 }, catalog, sources);
  expect(codes(verdict)).toEqual([
    'SIGNAL_TIME_INVALID event_time',
    'SIGNAL_DECIMAL_INVALID stop_price',
    'SIGNAL_FIELD_INVALID max_hold_s',
    'SIGNAL_FIELD_INVALID confidence',
    'SIGNAL_FIELD_NOT_ALLOWED stop_price',
    'SIGNAL_FIELD_NOT_ALLOWED max_hold_s',
  ]);
});

describe('signal_id', () => {
  const ids: readonly (readonly [string, { readonly [field: string]: unknown }, string])[] = [
    [
      'event id',
      { instrument: 'sol/usdt', source: 'TG', event_id: 'msg-42' },
      '84efad686fca2d6c91393b6ca5bcfb4e3eeb4a5a7b23d4c33448c14a8a81ad5d',
    ],
    ['bucket', { source: 'majors_scanner' }, '15f8e3b5bcf9aefebdc1e8c43a44b25599002520cffa89298a92686491f60422'],
    [
      'its last moment',
      { source: 'binance:ta_signal', event_time: '2026-01-02T03:09:59.999Z' },
      '15f8e3b5bcf9aefebdc1e8c43a44b25599002520cffa89298a92686491f60422',
    ],
    [
      'the next bucket',
      { source: 'cex:ta_signal', event_time: '2026-01-02T03:10:00Z' },
      'b1f3b5eb6e3c42d9a03d7475619ca0c2adcba8091c0a2b4a7d1166ba7e3eeb92',
    ],
    [
      'a strategy',
      { source: 'weir:sma_cross', event_id: 'sma_cross/1h/1767322800000000' },
      '67d829293bd2b54daf34221233cb47747c12a440f3cea8e250df6f5d2fe25252',
    ],
  ];
  for (const [name, change, id] of ids) test(name, () => expect(accepted(parse(line(change))).signal_id).toBe(id));

  test('does not depend on prices, thesis and evidence, the fingerprint does', () => {
    const one = accepted(parse(line({ event_id: 'e', entry_price: 1 })));
    const two = accepted(parse(line({ event_id: 'e', entry_price: 2, thesis: 't', evidence: { k: 'v' } })));
    expect(two.signal_id).toBe(one.signal_id);
    expect(fingerprintOf(two.signal)).not.toBe(fingerprintOf(one.signal));
    const same = accepted(parse(line({ event_id: 'e', entry_price: '1.0', instrument: 'btc/usdt' })));
    expect(fingerprintOf(same.signal)).toBe(fingerprintOf(one.signal));
  });
});

test('hidden characters leave the canonical copy, not the record as it was sent', () => {
  const verdict = accepted(parse(line({ thesis: 'buy\u202e now\u0007', evidence: { note: 'a\u200bb', volume_24h_usd: '5' } })));
  expect(verdict.signal).toMatchObject({ thesis: 'buy now', evidence: { note: 'ab', volume_24h_usd: '5' } });
  expect(verdict.raw).toMatchObject({ thesis: 'buy\u202e now\u0007', evidence: { note: 'a\u200bb' } });
  expect(verdict.hidden).toEqual(['thesis', 'evidence.note']);
});

test('the framed schema is the registered one', () =>
  expect(new DataView(avro.buffer, avro.byteOffset).getUint32(1)).toBe(schemaId('Signal')));

describe('properties', () => {
  test('arbitrary bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(null, 0x00, 0x7b), (input, first) => {
        if (first !== null && input.length > 0) input[0] = first;
        expect(parse(input)).toBeTypeOf('object');
      }),
      { numRuns: 1_000 },
    );
  });

  test('any value in any field never throws and never passes as something else', () => {
    const fields = [...Object.keys(blankSignal()), 'other'];
    const change = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 6 });
    fc.assert(
      fc.property(change, (given) => {
        const verdict = parse(line(given));
        if ('violations' in verdict) expect(verdict.violations.length).toBeGreaterThan(0);
        else expect(codes(checkSignal(verdict.raw, catalog, sources))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a record mutated by a byte never throws', () => {
    fc.assert(
      fc.property(fc.nat({ max: avro.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const copy = Uint8Array.from(avro);
        copy[at] = byte;
        expect(parse(copy)).toBeTypeOf('object');
      }),
      { numRuns: 1_000 },
    );
  });
});
