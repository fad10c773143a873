// Tests that a signal seen to be sound is judged as its JSON form is, and that whatever is not is left to the full check.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { decimal, formatDecimal } from '../../schemas/money.ts';
import { blankSignal, type Signal } from '../../schemas/records.generated.ts';
import { instrumentCatalog } from './instrument.ts';
import { DIRECTIONS, isSound } from './sound.ts';
import { sourceTable } from './source.ts';
import { checkSignal, fingerprintText, parseSignal } from './validator.ts';

const catalog = instrumentCatalog({ instruments: ['BTC-USDT'] });
const sources = sourceTable();
const EVENT_TIME = 1_767_323_045_000_000;
const SOUND: Signal = {
  ...blankSignal(),
  instrument: 'BTC-USDT',
  direction: 'long',
  source: 'weir:sma_cross',
  event_time: EVENT_TIME,
  signal_type: 'sma_cross',
  event_id: 'a/1',
};

test.each<[string, Partial<Signal>]>([
  ['an instrument without a name', { instrument: '' }],
  ['a long instrument', { instrument: 'A'.repeat(101) }],
  ['a lone surrogate', { source: '\ud800' }],
  ['an unknown direction', { direction: 'up' as Signal['direction'] }],
  ['seconds for microseconds', { event_time: 1_767_323_045 }],
  ['a time after 2100', { event_time: 4_102_444_800_000_000 }],
  ['a fraction of a microsecond', { event_time: EVENT_TIME + 0.5 }],
  ['a type with capitals', { signal_type: 'Breakout' }],
  ['a type of a direction', { signal_type: 'close_signal' }],
  ['an event id with a space', { event_id: 'a 1' }],
  ['a strategy with a dash', { strategy: 'a-b' }],
  ['a price of nothing', { entry_price: 0n }],
  ['a size too large', { size: 10n ** 38n }],
  ['a confidence above 1', { confidence: 1.5 }],
  ['a strength below 0', { strength: -0.1 }],
  ['minus zero', { strength: -0 }],
  ['not a number', { strength: Number.NaN }],
  ['a stop', { stop_price: decimal('1') }],
  ['a thesis', { thesis: 'up' }],
  ['evidence under a capital', { evidence: { A: '1' } }],
  ['long evidence', { evidence: { a: 'x'.repeat(201) } }],
  ['much evidence', { evidence: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, '1'])) }],
  ['a field of no signal', { colour: 'red' } as Partial<Signal>],
])('is left to the full check: %s', (_, change) => {
  expect(isSound(SOUND)).toBe(true);
  expect(isSound({ ...SOUND, ...change })).toBe(false);
});

const text = fc.string({ unit: fc.constantFrom('a', '0', '_', '-', '\u200b', '\u0007', 'é', '\ud83d\ude00'), maxLength: 12 });
const price = fc.option(fc.bigInt({ min: 1n, max: 10n ** 20n }));
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const signals: fc.Arbitrary<Signal> = fc
  .record({
    instrument: fc.constantFrom('BTC-USDT', 'btc', ' BTC/USDT', 'NEW', 'BTC\u200b-USDT'),
    direction: fc.constantFrom(...DIRECTIONS),
    source: fc.oneof(fc.constantFrom('weir:sma_cross', 'binance', 'CoinGecko+tg'), text),
    signal_type: fc.constantFrom('breakout', 'open_signal', 'x9'),
    event_id: fc.option(fc.constantFrom('m-1', '"q"', '\\', 'a b')),
    strategy: fc.option(fc.constantFrom('sma_cross', 'Sma')),
    entry_price: price,
    size: price,
    confidence: share,
    strength: share,
    evidence: fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), text, { maxKeys: 3 }),
  })
  .map((change) => ({ ...SOUND, ...change }));

function asLine(signal: Signal): Uint8Array {
  const plain = (value: unknown): unknown => (typeof value === 'bigint' ? formatDecimal(value) : value);
  const members = Object.entries(signal).map(([field, value]) => [field, plain(value)]);
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(members)));
}

test('a record and its JSON line get the same verdict', () => {
  let sound = 0;
  fc.assert(
    fc.property(signals, (signal) => {
      if (isSound(signal)) sound += 1;
      expect(checkSignal(signal, catalog, sources)).toEqual(parseSignal(asLine(signal), catalog, sources));
    }),
    { numRuns: 500 },
  );
  expect(sound).toBeGreaterThan(50);
});

test('the text under the fingerprint is the canonical JSON of the fields', () => {
  fc.assert(
    fc.property(signals, (signal) => {
      const entries = Object.entries(signal).map(([field, value]) => [
        field,
        typeof value === 'bigint' ? formatDecimal(value) : value,
      ]);
      expect(fingerprintText(signal)).toBe(canonicalJson(Object.fromEntries(entries)));
    }),
  );
});
