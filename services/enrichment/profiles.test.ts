// Tests of profiles: how one extends another, and what refuses to start.
import { describe, expect, test } from 'vitest';
import { indicatorOf } from './indicator-table.ts';
import { CONDITION_INDICATORS, planOf } from './plan.ts';
import { PROFILES, type ProfileConfig, resolveProfile } from './profiles.ts';

test('the default profile', () => {
  expect(resolveProfile('trend_follow_v1', PROFILES)).toEqual({
    name: 'trend_follow_v1',
    intervals: ['15m', '1h', '4h'],
    indicators: ['ema_9', 'ema_21', 'ema_50', 'macd', 'rsi_14', 'atr_14'],
    market: ['mid', 'spread_bps', 'drift_bps'],
    derivatives: [],
    derivatives_required: false,
    levels: false,
    obi: false,
  });
});

test('full_v1 has all intervals and the indicators of all its parents, parents first', () => {
  const full = resolveProfile('full_v1', PROFILES);
  expect(full.intervals).toEqual(['15m', '1h', '4h']);
  expect(full.indicators).toEqual([
    ...['ema_9', 'ema_21', 'ema_50', 'macd', 'rsi_14', 'atr_14'],
    ...['adx_14', 'bollinger', 'vwap_24', 'obv', 'stochastic', 'roc_10', 'williams_14', 'mfi_14', 'volume_ratio_20'],
  ]);
  expect(full).toMatchObject({ derivatives_required: true, levels: true, obi: true });
  expect(full.derivatives).toHaveLength(6);
});

test('lists join without repeats, scalars override', () => {
  const profiles: { readonly [name: string]: ProfileConfig } = {
    a: { intervals: ['1h'], indicators: ['ema_9', 'macd'], derivatives_required: true },
    b: { extends: 'a', intervals: ['4h', '1h'], indicators: ['macd', 'rsi_14'] },
    c: { extends: 'b', derivatives_required: false },
  };
  expect(resolveProfile('c', profiles)).toMatchObject({
    intervals: ['1h', '4h'],
    indicators: ['ema_9', 'macd', 'rsi_14'],
    derivatives_required: false,
  });
  expect(resolveProfile('b', profiles).derivatives_required).toBe(true);
});

describe('refuses to start', () => {
  const rows: readonly (readonly [string, { readonly [name: string]: ProfileConfig }, string])[] = [
    ['an unknown profile', {}, 'routes: "p": expected one of'],
    ['a name of an object member', {}, 'routes: "p"'],
    ['an unknown parent', { p: { extends: 'q' } }, 'profiles.p.extends: "q": expected one of p'],
    ['itself as parent', { p: { extends: 'p' } }, 'profiles.p: extends itself: p → p'],
    ['a cycle', { p: { extends: 'q' }, q: { extends: 'r' }, r: { extends: 'q' } }, 'profiles.p: extends itself: p → q → r → q'],
  ];
  for (const [name, profiles, message] of rows) test(name, () => expect(() => resolveProfile('p', profiles)).toThrow(message));

  test('an unknown indicator', () => {
    const profile = resolveProfile('p', { p: { intervals: ['1h'], indicators: ['ema_9', 'magic'] } });
    expect(() => planOf([profile])).toThrow('profiles: indicator "magic": expected one of ema_9');
  });
});

test('one interval keeps each indicator once, whoever asks for it', () => {
  const plan = planOf([resolveProfile('trend_follow_v1', PROFILES), resolveProfile('full_v1', PROFILES)]);
  expect(plan.indicators.get('4h')?.map(({ name }) => name)).toEqual(resolveProfile('full_v1', PROFILES).indicators);
  expect(plan.levels).toBe(true);
});

test('what shipped conditions name is kept on 1h for every profile', () => {
  const kept = planOf([]).indicators;
  expect([...kept.keys()]).toEqual(['1h']);
  expect(kept.get('1h')?.map(({ name }) => name)).toEqual([...CONDITION_INDICATORS]);
});

describe('warm-up', () => {
  for (const name of resolveProfile('full_v1', PROFILES).indicators.concat('ema_20', 'ema_slope_21')) {
    test(`${name} has all its values at its warm-up and not before`, () => {
      const indicator = indicatorOf(name);
      const state = indicator.make();
      for (let i = 1; i <= indicator.warm_up; i += 1) {
        if (i > 1) expect(indicator.read(state).every((value) => value !== null)).toBe(false);
        const close = 100 + 10 * Math.sin(i / 5) + 0.2 * i;
        indicator.update(state, { open: close, high: close + 1.5, low: close - 1.25, close, volume: 1_000 + 100 * (i % 7) });
      }
      expect(indicator.read(state).every((value) => value !== null)).toBe(true);
      expect(indicator.read(state)).toHaveLength(indicator.values.length);
    });
  }
});
