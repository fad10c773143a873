// Tests of instrument names: every spelling with the name it stands for.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalInstrument, instrumentCatalog } from './instrument.ts';

const catalog = instrumentCatalog({
  instruments: ['BTC-USDT', 'DOT-USDT', 'BTC-USDC-PERP', 'KPEPE-USDC-PERP'],
  aliases: { 'bitcoin futures': 'BTC-USDC-PERP' },
});

const rows: readonly (readonly [raw: string, name: string, configured: boolean, exact: boolean])[] = [
  ['BTC-USDT', 'BTC-USDT', true, true],
  ['btc/usdt', 'BTC-USDT', true, true],
  ['BTC_USDT', 'BTC-USDT', true, true],
  ['BTC:USDT', 'BTC-USDT', true, true],
  ['BTCUSDT', 'BTC-USDT', true, true],
  ['BTC', 'BTC-USDT', true, false],
  ['XBT', 'BTC-USDT', true, false],
  ['XBT/USDT', 'BTC-USDT', true, true],
  ['  btc-usdt ', 'BTC-USDT', true, true],
  ['kPEPE', 'KPEPE-USDC-PERP', true, false],
  ['BTC-PERP', 'BTC-USDC-PERP', true, false],
  ['xbt-perp', 'BTC-USDC-PERP', true, false],
  ['BTC/USDC:USDC', 'BTC-USDC-PERP', true, true],
  ['xbt/usdc:usdc', 'BTC-USDC-PERP', true, true],
  ['BTC-USDC-PERP', 'BTC-USDC-PERP', true, true],
  ['SUSD', 'SUSD-USDT', false, false],
  ['DOTUSDT', 'DOT-USDT', true, true],
  ['BTCUSDC', 'BTCUSDC-USDT', false, false],
  ['WBTC-USDT', 'WBTC-USDT', false, true],
  ['BTC-BTC', 'BTC-BTC', false, true],
  ['USDC-USDT', 'USDC-USDT', false, true],
  ['Ethereum:0xAbC1', 'ethereum:0xabc1', false, true],
  ['Ethereum:0XAbC1', 'ethereum:0xabc1', false, true],
  ['solana:So11111111111111111111111111111111111111112', 'solana:So11111111111111111111111111111111111111112', false, true],
  ['bitcoin futures', 'BTC-USDC-PERP', true, true],
];
describe('names', () => {
  for (const [raw, instrument, configured, exact] of rows) {
    test(`"${raw}" is ${instrument}`, () => {
      expect(canonicalInstrument(raw, catalog)).toMatchObject({ instrument, configured, exact });
    });
  }
});

describe('invalid', () => {
  for (const raw of [
    'BTC/USD:BTC',
    'BTC--USDT',
    '',
    '   ',
    'ＢＴＣ-USDT',
    'BTC-USDT-SWAP',
    'BTC USDT',
    '-USDT',
    'BTC-',
    '\u0000BTC',
  ]) {
    test(JSON.stringify(raw), () => {
      expect(canonicalInstrument(raw, catalog)).toMatchObject({ code: 'SIGNAL_INSTRUMENT_INVALID' });
    });
  }
  test('a part longer than 20', () => {
    expect(canonicalInstrument(`${'A'.repeat(21)}-USDT`, catalog)).toMatchObject({ code: 'SIGNAL_INSTRUMENT_INVALID' });
    expect(canonicalInstrument(`${'A'.repeat(20)}-USDT`, catalog)).toMatchObject({ instrument: `${'A'.repeat(20)}-USDT` });
  });
});

test('a word that spells two configured pairs is ambiguous', () => {
  const both = instrumentCatalog({ instruments: ['AB-C', 'A-BC'] });
  expect(canonicalInstrument('ABC', both)).toEqual({ code: 'SIGNAL_INSTRUMENT_AMBIGUOUS', expected: 'one of AB-C, A-BC' });
  expect(canonicalInstrument('ABC', instrumentCatalog({ instruments: ['AB-C'] }))).toMatchObject({ instrument: 'AB-C' });
});

test('a spot pair with the default quote comes before a perpetual', () => {
  const both = instrumentCatalog({ instruments: ['ETH-USDT', 'ETH-USDC-PERP'] });
  expect(canonicalInstrument('ETH', both)).toMatchObject({ instrument: 'ETH-USDT' });
});

test('a configured name is itself, whatever its form', () => {
  const found = canonicalInstrument(' BENCH', instrumentCatalog({ instruments: ['BENCH', 'BENCH-USDT'] }));
  expect(found).toMatchObject({ instrument: 'BENCH', configured: true, exact: true });
});

test('kinds follow the form', () => {
  const kinds = ['BTC-USDT', 'BTC-PERP', 'ethereum:0x1'].map((raw) => canonicalInstrument(raw, catalog));
  expect(kinds.map((each) => ('kind' in each ? each.kind : null))).toEqual(['spot', 'perp', 'token']);
});

test('a canonical name is its own canonical name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (raw) => {
      const once = canonicalInstrument(raw, catalog);
      if ('code' in once) return;
      expect(canonicalInstrument(once.instrument, catalog)).toMatchObject({ instrument: once.instrument });
    }),
  );
});
