// Tiers, hysteresis, and every reason that keeps an instrument out.
import { describe, expect, test } from 'vitest';
import { complianceOf, complianceReasons } from './compliance.ts';
import { ceilingOf, STANDARD_UNIVERSE, themeOf, type UniverseConfig, type UniverseTier } from './config.ts';
import { evaluateUniverse, newUniverseState, type UniverseInputs } from './evaluate.ts';
import { exclusions } from './exclusions.ts';

const GOOD: UniverseInputs = {
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  address: null,
  status: 'TRADING',
  market_cap_usd: null,
  volume_24h_usd: 12_000_000,
  spread_bps: 15,
  depth_usd: 120_000,
  ceiling: null,
};
const CYCLE = 300_000_000;

/** Evaluates the rows one cycle after the other and returns all verdicts. */
function evaluate(rows: readonly Partial<UniverseInputs>[], config: UniverseConfig = STANDARD_UNIVERSE) {
  const state = newUniverseState();
  return rows.map((row, i) => structuredClone(evaluateUniverse(state, { ...GOOD, ...row }, config, (i + 1) * CYCLE)));
}

function repeat<T>(n: number, row: T): T[] {
  return Array.from({ length: n }, () => row);
}

const codes = (verdict: { reasons: readonly { code: string }[] } | undefined): string[] =>
  verdict?.reasons.map(({ code }) => code) ?? ['?'];

describe('the best tier whose three criteria hold, not better than the ceiling', () => {
  test.each<[number, number, number, UniverseTier, UniverseTier | null, string[]]>([
    [12e6, 15, 120e3, 'T1', 'T1', []],
    [12e6, 15, 120e3, 'T2', 'T2', []],
    [12e6, 15, 120e3, 'T3', 'T3', []],
    [12e6, 25, 120e3, 'T1', 'T2', []],
    [10e6, 20, 100e3, 'T1', 'T1', []],
    [9_999_999, 20, 100e3, 'T1', 'T2', []],
    [10e6, 20, 99_999, 'T1', 'T2', []],
    [8e6, 35, 25e3, 'T2', 'T2', []],
    [7_999_999, 35, 25e3, 'T2', 'T3', []],
    [5e6, 60, 10e3, 'T1', 'T3', []],
    [12e6, 60.01, 120e3, 'T1', null, ['UNIVERSE_SPREAD_WIDE']],
    [4_999_999, 60, 120e3, 'T1', null, ['UNIVERSE_VOLUME_LOW']],
    [5e6, 60, 9_999, 'T1', null, ['UNIVERSE_DEPTH_THIN']],
    [1, 61, 1, 'T1', null, ['UNIVERSE_VOLUME_LOW', 'UNIVERSE_SPREAD_WIDE', 'UNIVERSE_DEPTH_THIN']],
  ])('volume %d, spread %d, depth %d, ceiling %s: %s %o', (volume_24h_usd, spread_bps, depth_usd, ceiling, tier, reasons) => {
    const verdict = evaluate(repeat(3, { volume_24h_usd, spread_bps, depth_usd, ceiling })).at(-1);
    expect(verdict?.tier).toBe(tier);
    expect(verdict?.eligible).toBe(tier !== null);
    expect(codes(verdict)).toEqual(reasons);
  });

  test('a reason carries what was seen and what was asked', () => {
    const verdict = evaluate([{ spread_bps: 60.01 }])[0];
    expect(verdict?.reasons).toEqual([{ code: 'UNIVERSE_SPREAD_WIDE', value: 60.01, limit: 60 }]);
    expect(verdict?.inputs).toEqual({ volume_24h_usd: 12e6, spread_bps: 60.01, depth_usd: 120e3 });
  });
});

describe('three evaluations in a row to enter, rise, fall or leave', () => {
  const tiers = (rows: readonly Partial<UniverseInputs>[]): (string | null)[] => evaluate(rows).map(({ tier }) => tier);
  const t2 = { spread_bps: 25 };
  const bad = { volume_24h_usd: 1 };

  test('enters on the third pass, warming up to then', () => {
    const verdicts = evaluate(repeat(3, {}));
    expect(verdicts.map(codes)).toEqual([['UNIVERSE_WARMING'], ['UNIVERSE_WARMING'], []]);
    expect(verdicts.map(({ since }) => since / CYCLE)).toEqual([1, 1, 3]);
  });
  test('a failure in between starts the count anew', () => {
    expect(tiers([{}, {}, bad, {}, {}, {}])).toEqual([null, null, null, null, null, 'T1']);
  });
  test('rises on the third pass of the better tier and stays eligible meanwhile', () => {
    const verdicts = evaluate([...repeat(3, t2), {}, {}, {}]);
    expect(verdicts.map(({ tier }) => tier)).toEqual([null, null, 'T2', 'T2', 'T2', 'T1']);
    expect(verdicts.slice(2).every(({ eligible }) => eligible)).toBe(true);
  });
  test('in T2: 7.6 M stays', () => {
    expect(tiers([...repeat(3, t2), ...repeat(5, { ...t2, volume_24h_usd: 7_600_000 })]).slice(3)).toEqual(repeat(5, 'T2'));
  });
  test('in T2: 7 599 999 three times falls', () => {
    expect(tiers([...repeat(3, t2), ...repeat(3, { ...t2, volume_24h_usd: 7_599_999 })]).slice(3)).toEqual(['T2', 'T2', 'T3']);
  });
  test('two failures and a pass do not fall', () => {
    expect(tiers([...repeat(3, t2), bad, bad, t2, bad, bad]).slice(3)).toEqual(repeat(5, 'T2'));
  });
  test.each<[Partial<UniverseInputs>, UniverseTier]>([
    [{ spread_bps: 36.8 }, 'T2'],
    [{ spread_bps: 36.9 }, 'T3'],
    [{ depth_usd: 23_750 }, 'T2'],
    [{ depth_usd: 23_749 }, 'T3'],
  ])('in T2: %o three times ends in %s', (row, tier) => {
    expect(tiers([...repeat(3, t2), ...repeat(3, { ...t2, ...row })]).at(-1)).toBe(tier);
  });
});

describe('what is missing counts as missing, at once', () => {
  test.each(['volume_24h_usd', 'spread_bps', 'depth_usd', 'status'])('%s', (field) => {
    const verdicts = evaluate([...repeat(3, {}), { [field]: null }, {}]);
    expect(verdicts[3]).toMatchObject({ eligible: false, since: 4 * CYCLE });
    expect(codes(verdicts[3])).toEqual(['UNIVERSE_DATA_MISSING']);
    expect(verdicts[4]?.eligible).toBe(true);
  });
  test('missing for three evaluations is a fall', () => {
    const verdicts = evaluate([...repeat(3, {}), ...repeat(3, { spread_bps: null }), {}]);
    expect(codes(verdicts[6])).toEqual(['UNIVERSE_WARMING']);
  });
  test('a token has no book, and T3 unless configured', () => {
    const token = { kind: 'token', base: 'XYZ', volume_24h_usd: null, spread_bps: null, depth_usd: null } as const;
    expect(evaluate(repeat(3, token)).at(-1)).toMatchObject({ tier: 'T3', eligible: true, reasons: [] });
    expect(evaluate(repeat(3, { ...token, base: 'SOL' })).at(-1)?.tier).toBe('T1');
  });
});

describe('exclusions', () => {
  test.each<[string, string, Partial<UniverseInputs>, string[]]>([
    ['BTC', 'USDT', {}, []],
    ['BTC', 'BTC', {}, ['PAIR_SELF']],
    ['USDC', 'USDT', {}, ['PAIR_STABLECOIN', 'INSTRUMENT_RESTRICTED']],
    ['FDUSD', 'USDT', {}, ['PAIR_STABLECOIN']],
    ['PUMP', 'USDT', {}, ['INSTRUMENT_RESTRICTED']],
    ['PUMPX', 'USDT', {}, []],
    ['BTC', 'USDT', { status: 'HALTED' }, ['PRODUCT_NOT_TRADING']],
    ['BTC', 'USDT', { status: 'POST_ONLY' }, ['PRODUCT_NOT_TRADING']],
    ['X', 'SOL', { address: '0xstable' }, ['PAIR_STABLECOIN']],
  ])('%s-%s %o: %o', (base, quote, change, expected) => {
    const config = { ...STANDARD_UNIVERSE, stablecoins: [...STANDARD_UNIVERSE.stablecoins, '0xstable'] };
    expect(exclusions({ ...GOOD, ...change, base, quote }, config).map(({ code }) => code)).toEqual(expected);
  });
  test('they act at once', () => {
    const verdicts = evaluate([...repeat(3, {}), { status: 'HALTED' }]);
    expect(verdicts[3]).toMatchObject({ tier: 'T1', eligible: false });
    expect(codes(verdicts[3])).toEqual(['PRODUCT_NOT_TRADING']);
  });
});

describe('compliance lists', () => {
  const list = {
    authority: 'board',
    reviewed_at: 0,
    expires_at: 1000,
    bases: ['BTC'],
    kinds_allowed: ['spot' as const],
    short_allowed: false,
  };
  const config = (require: string[]): UniverseConfig => ({
    ...STANDARD_UNIVERSE,
    compliance: { require, lists: { a: list, broken: null } },
  });
  test.each<[string[], 'spot' | 'perp', string, 'long' | 'short' | null, number, string[]]>([
    [[], 'spot', 'XYZ', 'long', 0, []],
    [['a'], 'spot', 'BTC', 'long', 999, []],
    [['a'], 'spot', 'BTC', null, 999, []],
    [['a'], 'spot', 'XYZ', 'long', 999, ['COMPLIANCE_NOT_LISTED']],
    [['a'], 'spot', 'BTC', 'long', 1000, ['COMPLIANCE_LIST_EXPIRED']],
    [['broken'], 'spot', 'BTC', 'long', 0, ['COMPLIANCE_LIST_EXPIRED']],
    [['absent'], 'spot', 'BTC', 'long', 0, ['COMPLIANCE_LIST_EXPIRED']],
    [['a'], 'perp', 'BTC', 'long', 0, ['COMPLIANCE_KIND_FORBIDDEN']],
    [['a'], 'spot', 'BTC', 'short', 0, ['COMPLIANCE_KIND_FORBIDDEN']],
    [['a', 'broken'], 'perp', 'BTC', 'long', 0, ['COMPLIANCE_KIND_FORBIDDEN', 'COMPLIANCE_LIST_EXPIRED']],
  ])('required %o: a %s of %s, %s, at %d: %o', (require, kind, base, side, now, expected) => {
    expect(complianceReasons({ base, kind, side }, config(require), now).map(({ code }) => code)).toEqual(expected);
  });
  test('names of the lists that hold a base', () => {
    expect(complianceOf('BTC', config([]))).toEqual(['a']);
    expect(complianceOf('XYZ', config([]))).toEqual([]);
  });
  test('a universe that requires one is closed to others', () => {
    expect(codes(evaluateUniverse(newUniverseState(), { ...GOOD, base: 'ETH' }, config(['a']), 1))).toContain(
      'COMPLIANCE_NOT_LISTED',
    );
  });
});

test.each<[string, number | null, UniverseTier]>([
  ['BTC', null, 'T1'],
  ['XYZ', 20_000_000_001, 'T1'],
  ['XYZ', 20_000_000_000, 'T2'],
  ['XYZ', 50_000_000, 'T2'],
  ['XYZ', 49_999_999, 'T3'],
  ['XYZ', null, 'T3'],
  ['PEPE', 30_000_000_000, 'T3'],
  ['DOGE', 1, 'T2'],
])('ceiling of %s at a cap of %d is %s', (base, cap, expected) => {
  expect(ceilingOf(base, cap, STANDARD_UNIVERSE)).toBe(expected);
});

test.each([
  ['UNI', 'DEFI'],
  ['BTC', 'LAYER1'],
  ['ARB', 'LAYER2'],
  ['KPEPE', 'MEME'],
  ['LTC', 'OTHER'],
])('theme of %s is %s', (base, theme) => {
  expect(themeOf(base, STANDARD_UNIVERSE)).toBe(theme);
});
