// Tests of the evidence dictionary.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { EVIDENCE_KEYS, readEvidence } from './evidence.ts';

const rows: readonly (readonly [key: string, text: string, valid: boolean])[] = [
  ['price_change_1h_bps', '-10000', true],
  ['price_change_1h_bps', '-10000.1', false],
  ['price_change_24h_bps', '1e4', true],
  ['volume_24h_usd', '-1', true],
  ['volume_24h_usd', '1,000', false],
  ['volume_multiple', '-0.1', false],
  ['buys_24h_count', '3', true],
  ['buys_24h_count', '3.5', false],
  ['buys_24h_count', '-1', false],
  ['top10_holder_bps', '0', true],
  ['top10_holder_bps', '10000', true],
  ['top10_holder_bps', '10000.000001', false],
  ['lp_locked_bps', '-1', false],
  ['holder_gini', '1', true],
  ['holder_gini', '1.01', false],
  ['rugcheck_score', '100', true],
  ['rugcheck_score', '101', false],
  ['fear_greed', '-1', false],
  ['sentiment_shift', '-100', true],
  ['sentiment_shift', '100.5', false],
  ['token_age_s', '', false],
  ['liquidity_usd', 'NaN', false],
  ['sell_quote_ok', 'true', true],
  ['sell_quote_ok', 'yes', false],
  ['catalyst', 'false', true],
  ['q_vwap', '1', false],
  ['param_hash', 'anything', true],
  ['rug_flags', 'honeypot, lp_unlocked', true],
  ['rug_flags', '', true],
  ['rug_flags', 'honeypt', false],
];
describe('a known key', () => {
  for (const [key, text, valid] of rows) {
    test(`${key} "${text}" ${valid ? 'reads' : 'is dropped'}`, () => {
      const evidence = readEvidence({ [key]: text });
      expect(evidence.invalid).toEqual(valid ? [] : [key]);
      const held =
        evidence.numbers.size + evidence.flags.size + Object.keys(evidence.texts).length + (evidence.rug_flags === null ? 0 : 1);
      expect(held).toBe(valid ? 1 : 0);
    });
  }
});

test('values are typed', () => {
  const evidence = readEvidence({ volume_24h_usd: '1.5', has_social: 'false', rug_flags: 'copycat,honeypot', hello: 'world' });
  expect(evidence.numbers.get('volume_24h_usd')).toBe(decimal('1.5'));
  expect(evidence.flags.get('has_social')).toBe(false);
  expect(evidence.rug_flags).toEqual(['honeypot', 'copycat']);
  expect(evidence.unknown).toEqual(['hello']);
  expect(evidence.texts.hello).toBe('world');
});

test('an unknown rug flag does not hide a known one', () => {
  const evidence = readEvidence({ rug_flags: 'honeypot,newish' });
  expect(evidence.rug_flags).toEqual(['honeypot']);
  expect(evidence.invalid).toEqual(['rug_flags']);
});

test('absent is null, not empty', () => expect(readEvidence({}).rug_flags).toBeNull());

test('the dictionary has each key once', () => {
  expect(new Set(EVIDENCE_KEYS).size).toBe(EVIDENCE_KEYS.length);
  expect(EVIDENCE_KEYS).toHaveLength(48);
});
