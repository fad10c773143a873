// The regime of a signal and what it multiplies by.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SECOND } from '../../../schemas/time.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import type { RegimeTag } from '../../policy/strategy.ts';
import { exampleEntry, exampleRegime, NOW } from '../gates/example.ts';
import { regimeMultiplier, regimeOf } from './regime.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);
const live = shippedPolicy('live', read);

describe('regime of a signal', () => {
  test.each<[tag: string, age_s: number, base_s: number, expected: string]>([
    ['bull_normal', 7_200, 0, 'bull_normal'],
    ['bull_normal', 7_201, 0, 'unknown'],
    ['bull_normal', 7_201, 3_601, 'bull_normal'],
    ['crash', 0, 0, 'crash'],
    ['sideways', 0, 0, 'unknown'],
  ])('%s found %i s ago, bars of %i s: %s', (tag, age_s, base_s, expected) => {
    const { enriched } = exampleEntry(paper);
    enriched.regime = { ...exampleRegime(tag), as_of: NOW - age_s * SECOND };
    expect(regimeOf(enriched, NOW, base_s * SECOND)).toBe(expected);
  });

  test('none is unknown', () => {
    expect(regimeOf({ ...exampleEntry(paper).enriched, regime: null }, NOW, 0)).toBe('unknown');
  });
});

describe('multiplier', () => {
  test.each<[tag: RegimeTag, paper: number | null, live: number | null]>([
    ['bull_low', 1.1, 1],
    ['bull_normal', 1, 1],
    ['bull_high', 0.8, 0.8],
    ['chop_low', 0.8, 0.8],
    ['chop_normal', 0.8, 0.8],
    ['chop_high', 0.7, 0.7],
    ['bear_low', 0.5, 0.5],
    ['bear_normal', 0.5, 0.5],
    ['bear_high', 0.3, 0.3],
    ['crash', 0, 0],
    ['unknown', 0.5, null],
  ])('%s: %s in paper, %s in live', (tag, inPaper, inLive) => {
    expect([regimeMultiplier(paper, tag, null), regimeMultiplier(live, tag, 79)]).toEqual([inPaper, inLive]);
  });

  test('extreme greed caps it', () => {
    expect([regimeMultiplier(paper, 'bull_normal', 80), regimeMultiplier(paper, 'bear_high', 80)]).toEqual([0.6, 0.3]);
  });
});
