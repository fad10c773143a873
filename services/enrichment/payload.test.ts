// Tests of the payload for models: canonical, capped, never too long.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { decimal } from '../../schemas/money.ts';
import { HOUR } from '../../schemas/time.ts';
import { bench, benchConfig, NOW, onlyOf } from './example.ts';
import { PAYLOAD_BYTES_MAX, type Payload, payloadOf, SECTION_CAPS, type SectionName, type Sections } from './payload.ts';
import { begin, newSection, type Saying, type Section, say, six, type Written, written } from './section.ts';

type Members = readonly (readonly [string, Saying])[];
type Given = { readonly [S in SectionName]?: Members };

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const NAMES = Object.keys(SECTION_CAPS) as SectionName[];
const many = (count: number): Members => Array.from({ length: count }, (_, i) => [`key_${String(i).padStart(4, '0')}`, i]);

function sayMembers(section: Section, members: Members): Written {
  begin(section);
  for (const [key, value] of members) say(section, key, value);
  return written(section);
}
function payloadWith(given: Given, thesis: string | null): Payload {
  const sections = NAMES.map((name) => [name, sayMembers(newSection(name, SECTION_CAPS[name]), given[name] ?? [])]);
  return payloadOf(Object.fromEntries(sections) as unknown as Sections, thesis);
}

test('numbers keep six significant digits', () => {
  expect([1234567.89, 0.000123456789, -1 / 3, 100, 1e21].map(six)).toEqual([
    '1234570',
    '0.000123457',
    '-0.333333',
    '100',
    '1e+21',
  ]);
});

test('an empty payload names every section', () => {
  expect(payloadWith({}, null)).toEqual({
    payload:
      '{"context":{},"derivs":{},"evidence":{},"levels":{},"market":{},"obi":{},"quality":{},"signal":{},"ta":{},"thesis":null,"v":1}',
    bytes: 126,
    trims: [],
  });
});

test('the caps and what stands around them sum to 4 084 bytes', () => {
  const caps = Object.values(SECTION_CAPS).reduce<number>((sum, cap) => sum + cap, 380);
  const framing = payloadWith({}, null).payload.length - 9 * 2 - 'null'.length;
  expect([caps, framing, caps + framing]).toEqual([3_980, 104, 4_084]);
});

describe('a section over its cap', () => {
  for (const section of Object.keys(SECTION_CAPS) as SectionName[]) {
    test(`${section} loses its last keys and is named`, () => {
      const { payload, trims } = payloadWith({ [section]: many(200) }, null);
      const kept: { [key: string]: unknown } = JSON.parse(payload)[section];
      expect(trims).toEqual([section]);
      expect(bytes(canonicalJson(JSON.parse(payload)[section]))).toBeLessThanOrEqual(SECTION_CAPS[section]);
      expect(Object.keys(kept)).toEqual(
        many(200)
          .map(([key]) => key)
          .slice(0, Object.keys(kept).length),
      );
      expect(Object.keys(kept).length).toBeGreaterThan(1);
    });
  }
  test('at its cap it is whole', () => {
    const obi: Members = [
      ['100', '-0.12345'],
      ['200', '-0.12345'],
      ['500', '-0.1234'],
    ];
    expect(bytes(JSON.stringify(Object.fromEntries(obi)))).toBe(51);
    expect(payloadWith({ obi }, null).trims).toEqual(['obi']);
    expect(payloadWith({ obi: obi.map(([key, value]) => [key, Number(value)]) }, null).trims).toEqual([]);
  });
  test('the declared order decides, not the written one', () => {
    const { payload } = payloadWith(
      {
        obi: [
          ['z', 1],
          ['a', 'x'.repeat(60)],
          ['b', 2],
        ],
      },
      null,
    );
    expect(JSON.parse(payload).obi).toEqual({ z: 1 });
  });
});

describe('the thesis', () => {
  test('is cut by code points, counting what escaping adds', () => {
    const { payload, trims } = payloadWith({}, '"'.repeat(500));
    expect(trims).toEqual(['thesis']);
    expect(JSON.parse(payload).thesis).toBe('"'.repeat(189));
    expect(JSON.parse(payloadWith({}, '😀'.repeat(500)).payload).thesis).toBe('😀'.repeat(94));
  });
  test('that fits is whole', () => expect(payloadWith({}, 'x'.repeat(378)).trims).toEqual([]));
});

const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ unit: 'grapheme' }), fc.boolean());
const members = fc.dictionary(fc.string({ maxLength: 20 }), value, { maxKeys: 80 }).map((each) => Object.entries(each));

test('any sections fit, are valid JSON and canonical', () => {
  const sections = fc.record(Object.fromEntries(NAMES.map((name) => [name, members])));
  fc.assert(
    fc.property(sections, fc.option(fc.string({ unit: 'grapheme', maxLength: 600 })), (given, thesis) => {
      const { payload, bytes: counted } = payloadWith(given, thesis);
      expect(bytes(payload)).toBeLessThan(PAYLOAD_BYTES_MAX);
      expect(counted).toBe(bytes(payload));
      expect(canonicalJson(JSON.parse(payload))).toBe(payload);
    }),
    { numRuns: 300 },
  );
});

test('what was said before leaves no trace in a section', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', '"e', 'é');
  const few = fc.uniqueArray(fc.tuple(key, fc.oneof(value, fc.bigInt(-1n, 1n), fc.constantFrom([1], [1, 2]))), {
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(fc.array(few, { minLength: 2, maxLength: 6 }), (said) => {
      const section = newSection('it', 30);
      for (const each of said) expect(sayMembers(section, each)).toEqual(sayMembers(newSection('it', 30), each));
    }),
  );
});

test('the worst full_v1 signal fits, and says what it lost', () => {
  const config = benchConfig();
  const given = bench({ ...config, routes: config.routes.map((route) => ({ ...route, profile: 'full_v1' })) });
  const price = (i: number): bigint => decimal(`${43_210 + 1_000 * Math.sin(i / 5)}`.slice(0, 14));
  given.quote({
    bid: decimal('43210.123456789012'),
    ask: decimal('43210.223456789012'),
    depth: [20, 100, 200, 500].map((band_bps) => ({ band_bps, bid_usd: decimal('123456.789'), ask_usd: decimal('98765.4321') })),
  });
  given.info({ volume_24h_usd: decimal('12345678901.123456789012') });
  given.derivatives({ funding_rate: 0.000123456789, open_interest_usd: decimal('98765432109.123456789012') });
  for (const [interval, length] of [
    ['15m', HOUR / 4],
    ['1h', HOUR],
    ['4h', 4 * HOUR],
  ] as const) {
    const last = Math.floor(NOW / length) * length;
    for (let i = 119; i >= 0; i -= 1) {
      const close = price(i);
      given.candle({
        interval,
        close_time: last - i * length,
        close,
        open: close,
        high: close + decimal('100'),
        low: close - decimal('90'),
      });
    }
  }
  const record = onlyOf(
    given.signal({
      event_id: 'x'.repeat(255),
      signal_type: 'a'.repeat(40),
      strategy: 'b'.repeat(40),
      entry_price: decimal('43210.123456789012'),
      stop_price: decimal('40000.123456789012'),
      take_profit_price: decimal('50000.123456789012'),
      liquidation_price: decimal('30000.123456789012'),
      size: decimal('0.123456789012'),
      trailing_stop_bps: 9_999,
      max_hold_s: 31_536_000,
      horizon_s: 31_536_000,
      confidence: 0.123456789,
      strength: 0.987654321,
      expected_edge_bps: -123.456789,
      thesis: '"😀'.repeat(250),
      evidence: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`note_${i}`, 'é'.repeat(100)])),
    }),
  );
  expect(bytes(record.payload)).toBeLessThan(PAYLOAD_BYTES_MAX);
  expect(record.payload_trims).toEqual(expect.arrayContaining(['ta', 'evidence', 'thesis']));
  expect(record.flags).toContain('PAYLOAD_TRIMMED');
  const sections = JSON.parse(record.payload);
  expect(Object.keys(sections)).toEqual([
    'context',
    'derivs',
    'evidence',
    'levels',
    'market',
    'obi',
    'quality',
    'signal',
    'ta',
    'thesis',
    'v',
  ]);
  expect(sections.signal).toMatchObject({ instrument: 'BTC-USDT', direction: 'long', entry_price: '43210.123456789012' });
  expect(sections.derivs).toMatchObject({ funding_rate: 0.000123457 });
  expect(Object.keys(sections.obi)).toEqual(['100', '200', '500']);
  for (const interval of ['15m', '1h', '4h']) expect(sections.ta).toHaveProperty([`${interval}.ema_9`]);
});

test('a double that is no number is left out', () => {
  const config = benchConfig();
  const given = bench({ ...config, routes: config.routes.map((route) => ({ ...route, profile: 'full_v1' })) });
  given.derivatives({ funding_rate: Number.NaN, funding_predicted: Number.POSITIVE_INFINITY });
  const { payload, features } = onlyOf(given.signal());
  expect(JSON.parse(payload).derivs).toEqual({ mark_price: '100', open_interest_usd: '0' });
  expect(features).not.toHaveProperty('funding_rate');
});

test('nothing of an account is in it', () => {
  const given = bench();
  given.healthy();
  const record = onlyOf(given.signal());
  for (const secret of ['paper-1', 'run-1']) expect(record.payload).not.toContain(secret);
});
