// Differences between policies, and which way each is.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { diffPolicies, refusedLoosenings } from './diff.ts';
import { directionOf, strictnessOf } from './direction.ts';
import { POLICY_PATHS } from './schema.ts';
import { shippedPolicy } from './shipped.ts';

const read = (name: string): unknown => parse(readFileSync(new URL(`./profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);
const live = shippedPolicy('live', read);

test('every key has a direction', () => {
  expect(POLICY_PATHS.filter((path) => directionOf(path) === null)).toEqual([]);
});

describe('strictness', () => {
  test.each<[path: string, from: unknown, to: unknown, expected: string]>([
    ['stops.daily_bps', 300, 299, 'stricter'],
    ['stops.daily_bps', 300, 301, 'looser'],
    ['pacing.per_day', 40, null, 'looser'],
    ['pacing.per_day', null, 40, 'stricter'],
    ['pacing.global_s', 90, 91, 'stricter'],
    ['instruments.min_price', null, '0.01', 'stricter'],
    ['liquidity.min_depth.T1', 100000, null, 'looser'],
    ['regimes.unknown.size', 0.5, null, 'stricter'],
    ['external.default_strength', null, 0.6, 'looser'],
    ['allow_short', false, true, 'looser'],
    ['exits.rules.time_exit', true, false, 'looser'],
    ['exits.rules.stop_loss', false, true, 'stricter'],
    ['source.min_grade', 'D', 'C', 'stricter'],
    ['token.soft_flags', 'block', 'warn', 'looser'],
    ['restricted', [], ['X'], 'stricter'],
    ['restricted', ['X'], ['Y'], 'neutral'],
    ['instruments.allowed', ['*'], ['BTC-USDT'], 'stricter'],
    ['instruments.allowed', ['BTC-USDT'], ['*'], 'looser'],
    ['strategies.x.sources', undefined, ['weir'], 'stricter'],
    ['strategies.x.conditions', [], [{ feature: 'mid', op: '>', value: 1 }], 'stricter'],
    ['strategies.x.max_signal_age_s', 60, undefined, 'looser'],
    ['caps.theme_bps.MEME', 400, 0, 'stricter'],
    ['caps.cash_reserve_bps', 100, 200, 'stricter'],
    ['symbols.X.leverage', undefined, 3, 'looser'],
    ['symbols.X.leverage', 3, undefined, 'stricter'],
    ['symbols.X.symbol_bps', undefined, 100, 'stricter'],
    ['symbols.X.enabled', undefined, true, 'looser'],
    ['symbols.X.enabled', undefined, false, 'stricter'],
    ['profile', 'paper', 'live', 'neutral'],
    ['no.such', 1, 2, 'neutral'],
  ])('%s %o → %o: %s', (path, from, to, expected) => {
    expect(strictnessOf(path, from, to)).toBe(expected);
  });

  test('live is nowhere looser than paper', () => {
    expect(diffPolicies(paper, live).filter((c) => c.strictness === 'looser')).toEqual([]);
  });
});

describe('differences', () => {
  test('by key, in order of path; what is not there on one side is undefined', () => {
    const changed = {
      ...paper,
      stops: { ...paper.stops, daily_bps: 100 },
      cooldown: { ...paper.cooldown, quarantine: { losses: 2, window_s: 1, pause_s: 2 } },
      symbols: { 'BTC-USDT': { enabled: true } },
    };
    const changes = diffPolicies(paper, changed);
    expect(changes.find((c) => c.path === 'stops.daily_bps')).toEqual({
      path: 'stops.daily_bps',
      from: 300,
      to: 100,
      strictness: 'stricter',
    });
    expect(changes.find((c) => c.path === 'cooldown.quarantine.losses')).toMatchObject({
      from: undefined,
      to: 2,
      strictness: 'stricter',
    });
    expect(changes.find((c) => c.path === 'symbols.BTC-USDT.tier')).toMatchObject({ from: 'T1', to: undefined });
    expect(changes.map((c) => c.path)).toEqual(changes.map((c) => c.path).sort());
    expect(diffPolicies(paper, structuredClone(paper))).toEqual([]);
  });

  test('an automatic change may only tighten', () => {
    const tighter = { ...paper, stops: { ...paper.stops, daily_bps: 299 } };
    const looser = { ...paper, stops: { ...paper.stops, daily_bps: 301 } };
    expect(refusedLoosenings(paper, tighter)).toEqual([]);
    expect(refusedLoosenings(paper, looser)).toEqual([
      { code: 'POLICY_LOOSENING_REFUSED', path: 'stops.daily_bps', value: '301', expected: '300 or stricter' },
    ]);
    expect(refusedLoosenings(paper, { ...paper, profile: 'mine' })).toHaveLength(1);
  });
});
