// Tests of source names: every alias with the provider and variant it stands for.
import { describe, expect, test } from 'vitest';
import { canonicalSource, SOURCES, sourceTable } from './source.ts';

const table = sourceTable();

const rows: readonly (readonly [string, string])[] = [
  ['CG:trending', 'coingecko:trending'],
  ['cg', 'coingecko:general'],
  ['gecko', 'coingecko:general'],
  ['meme_radar', 'coingecko:meme_radar'],
  ['dex', 'dexscreener:general'],
  ['screener:boost', 'dexscreener:boost'],
  ['bird:gainers', 'birdeye:gainers'],
  ['pump.fun', 'pumpfun:general'],
  ['whale_tracker', 'onchain:general'],
  ['whale_distribution', 'onchain:whale_distribution'],
  ['whale_accumulation', 'onchain:whale_accumulation'],
  ['whale_alert', 'whale_alert:whale_alert'],
  ['smart_money', 'smart_money:general'],
  ['ct', 'telegram:general'],
  ['TG : trending', 'telegram:trending'],
  ['perplexity', 'sentiment:general'],
  ['majors_scanner', 'binance:ta_signal'],
  ['new_listing', 'binance:new_listing'],
  ['bnb:ta_signal', 'binance:ta_signal'],
  ['weir:sma_cross', 'weir:sma_cross'],
  ['weir', 'weir:general'],
  ['operator', 'manual:general'],
  ['model:acme-4', 'model:acme-4'],
  ['telegram:nonsense', 'telegram:general'],
  ['contract', 'unknown:contract'],
  ['data', 'unknown:data'],
  ['my bot!', 'unknown:my_bot_'],
  ['coingeckos', 'unknown:coingeckos'],
  ['unknown:x', 'unknown:unknown_x'],
  ['x'.repeat(60), `unknown:${'x'.repeat(40)}`],
  ['solscan', 'unknown:enricher_only'],
  ['rugcheck + helius', 'unknown:enricher_only'],
  ['binance+rugcheck', 'binance:general'],
  ['rugcheck+binance', 'binance:general'],
  ['telegram, coingecko', 'telegram:general'],
  ['nobody & telegram', 'unknown:nobody___telegram'],
  ['  ', 'unknown:_'],
];
describe('canonical source', () => {
  for (const [raw, source] of rows) test(`"${raw}" is ${source}`, () => expect(canonicalSource(raw, table).source).toBe(source));
});

test('every shipped alias resolves to its own provider', () => {
  for (const row of SOURCES) {
    for (const alias of Object.keys(row.aliases)) {
      const resolved = canonicalSource(alias, table);
      expect(resolved.provider).toBe(row.class === 'enricher' ? 'unknown' : row.provider);
    }
  }
});

describe('priors', () => {
  const priors: readonly (readonly [string, string, string, number, number])[] = [
    ['coingecko', 'hype', 'B', 65, 1800],
    ['dexscreener', 'hype', 'B', 60, 1800],
    ['birdeye', 'hype', 'C', 50, 1800],
    ['pumpfun', 'hype', 'C', 45, 600],
    ['onchain', 'evidence', 'C', 50, 3600],
    ['whale_alert', 'evidence', 'C', 45, 1800],
    ['smart_money', 'evidence', 'C', 50, 1800],
    ['telegram', 'evidence', 'D', 30, 1800],
    ['sentiment', 'evidence', 'C', 50, 3600],
    ['binance', 'evidence', 'C', 50, 300],
    ['new_listing', 'evidence', 'A', 80, 7200],
    ['weir:x', 'evidence', 'C', 50, 300],
    ['manual', 'evidence', 'C', 50, 300],
    ['model:x', 'hype', 'D', 30, 300],
    ['nobody', 'hype', 'D', 35, 300],
  ];
  for (const [raw, kind, grade, score, max_age_s] of priors) {
    test(raw, () => expect(canonicalSource(raw, table)).toMatchObject({ class: kind, grade, score, max_age_s }));
  }
});

test('later parts only lower the grade, and an unknown one is told', () => {
  expect(canonicalSource('coingecko+telegram', table)).toMatchObject({
    provider: 'coingecko',
    grade: 'D',
    score: 30,
    max_age_s: 1800,
  });
  expect(canonicalSource('telegram+coingecko', table)).toMatchObject({ provider: 'telegram', grade: 'D', score: 30 });
  expect(canonicalSource('binance+rugcheck', table)).toMatchObject({ grade: 'C', score: 50, unknown_part: false });
  expect(canonicalSource('binance+nobody', table)).toMatchObject({ known: true, grade: 'D', score: 35, unknown_part: true });
});

test('operators add providers', () => {
  const own = sourceTable({ my_bot: { aliases: ['mb'], grade: 'B', score: 60, max_age_s: 900 } });
  expect(canonicalSource('my_bot', own)).toMatchObject({ source: 'my_bot:general', known: true, class: 'evidence', grade: 'B' });
  expect(canonicalSource('MB:volume_spike', own)).toMatchObject({ source: 'my_bot:volume_spike', max_age_s: 900 });
  expect(canonicalSource('my_bot', table).known).toBe(false);
});

test('an alias belongs to one provider', () => {
  expect(() => sourceTable({ my_bot: { aliases: ['cg'] } })).toThrow(
    'sources.my_bot: alias "cg": expected one provider, coingecko',
  );
});
