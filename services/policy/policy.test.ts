// The policy document: what it refuses and how it says so, inheritance, hash, the profiles as tabled.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { checkPolicy, liveFaults } from './check.ts';
import { describeFault, parsePolicy } from './parse.ts';
import { policyHash } from './policy-hash.ts';
import { PROFILES, resolvePolicy } from './resolve.ts';
import { POLICY_PATHS } from './schema.ts';
import { shippedPolicy } from './shipped.ts';

const documents = new Map(
  PROFILES.map((name) => [
    name as string,
    parse(readFileSync(new URL(`./profiles/${name}.yaml`, import.meta.url), 'utf8')) as unknown,
  ]),
);
const read = (name: string): unknown => documents.get(name) ?? null;
const live = shippedPolicy('live', read);

function faultsOf(change: object): string[] {
  return parsePolicy(resolvePolicy({ extends: 'paper', ...change }, read).document).faults.map(describeFault);
}

describe('shape', () => {
  test.each<[name: string, change: object, fault: string]>([
    [
      'a fraction where basis points belong',
      { stops: { daily_bps: 0.03 } },
      'POLICY_SCHEMA: stops.daily_bps: 0.03: expected integer basis points, 0 to 10000',
    ],
    [
      'not a number',
      { caps: { total_bps: Number.NaN } },
      'POLICY_SCHEMA: caps.total_bps: NaN: expected integer basis points, 0 to 10000',
    ],
    [
      'text for a number',
      { caps: { total_bps: '2500' } },
      'POLICY_SCHEMA: caps.total_bps: "2500": expected integer basis points, 0 to 10000',
    ],
    [
      'a negative limit',
      { pacing: { global_s: -1 } },
      'POLICY_SCHEMA: pacing.global_s: -1: expected integer seconds, 0 to 31536000',
    ],
    [
      'a fraction of a second',
      { marks: { max_age_s: 1.5 } },
      'POLICY_SCHEMA: marks.max_age_s: 1.5: expected integer seconds, 0 to 31536000',
    ],
    ['an unknown key', { stops: { dayly_bps: 300 } }, 'POLICY_SCHEMA: stops.dayly_bps: 300: expected no such key'],
    ['an unknown section', { risk: 1 }, 'POLICY_SCHEMA: risk: 1: expected no such key'],
    [
      'null where there is no off',
      { marks: { max_age_s: null } },
      'POLICY_SCHEMA: marks.max_age_s: null: expected integer seconds, 0 to 31536000',
    ],
    [
      'money as a float',
      { order: { max_value: 0.1 } },
      'POLICY_SCHEMA: order.max_value: 0.1: expected amount: a whole number, or a decimal as text such as "0.01"',
    ],
    [
      'a word that is none of the choices',
      { token: { soft_flags: 'maybe' } },
      'POLICY_SCHEMA: token.soft_flags: "maybe": expected one of warn, block',
    ],
    [
      'a strategy without a stop',
      { strategies: { mine: { enabled: true } } },
      'POLICY_SCHEMA: strategies.mine.stop_bps: missing: expected integer basis points, 0 to 10000',
    ],
    ['an old version', { schema: 0 }, 'POLICY_SCHEMA: schema: 0: expected 1'],
  ])('%s', (_, change, fault) => {
    expect(faultsOf(change)).toContain(fault);
  });

  test('every missing key is named', () => {
    const paper = read('paper') as Record<string, object>;
    const without = Object.fromEntries(
      Object.entries(paper).map(([key, value]) => [key, key === 'stops' ? { daily_bps: 1 } : value]),
    );
    delete without.marks;
    expect(parsePolicy(without).faults.map((f) => [f.path, f.value])).toEqual([
      ['marks', 'missing'],
      ['stops.weekly_bps', 'missing'],
      ['stops.drawdown_bps', 'missing'],
      ['stops.new_baselines_per_day', 'missing'],
    ]);
  });

  test('all faults are reported at once', () => {
    expect(faultsOf({ stops: { daily_bps: 0.03, dayly_bps: 1 }, nonsense: true })).toHaveLength(3);
  });
});

describe('inheritance', () => {
  test('maps merge, lists and scalars replace, to any depth', () => {
    const documents: Record<string, unknown> = {
      a: { x: { one: 1, two: 2 }, list: [1, 2], s: 'a' },
      b: { extends: 'a', x: { two: 3 }, list: [9] },
      c: { extends: 'b', s: null, y: { new: true } },
    };
    expect(resolvePolicy(documents.c, (name) => documents[name])).toEqual({
      document: { x: { one: 1, two: 3 }, list: [9], s: null, y: { new: true } },
      fault: null,
    });
  });

  test.each<[name: string, document: unknown, value: string]>([
    ['a cycle', { extends: 'b' }, 'b'],
    ['itself through a name', { extends: 'a' }, 'a'],
    ['a parent that does not exist', { extends: 'nobody' }, 'nobody'],
    ['a list', [], 'object'],
    ['nothing', null, 'missing'],
    ['a name that is no text', { extends: 3 }, '3'],
  ])('%s is refused', (_, document, value) => {
    const documents: Record<string, unknown> = { a: { extends: 'a' }, b: { extends: 'c' }, c: { extends: 'b' } };
    const { fault } = resolvePolicy(document, (name) => documents[name] ?? null);
    expect([fault?.code, fault?.value]).toEqual(['POLICY_EXTENDS', value]);
  });
});

describe('hash', () => {
  test.each<[document: CanonicalValue, hash: string]>([
    [{ a: 'x', b: 1 }, 'cdab067e9f3beb32d1252cfd63e492592fecbf591b0d08cadb24bb17f3864246'],
    [{ profile: 'paper', pacing: { global_s: 90 } }, 'c10f7ac3932884411a7df8a98590fb8e8d7d9af724af8eb12853599fe0686cb8'],
    [{ pacing: { global_s: 180 }, profile: 'paper' }, '95f099469f604302d91701b6564f23b8bd80a38806a9323b376146ee6b8d95e2'],
  ])('%o', (document, hash) => {
    expect(policyHash(document)).toBe(hash);
  });
});

describe('profiles', () => {
  test.each(PROFILES)('%s is sound', (name) => {
    const checked = checkPolicy(resolvePolicy(read(name), read).document);
    expect(checked.faults).toEqual([]);
    expect(checked.policy?.profile).toBe(name);
  });

  test.each<[path: string, paper: unknown, live: unknown]>([
    [
      'stops',
      { daily_bps: 300, weekly_bps: 700, drawdown_bps: 1500, new_baselines_per_day: 2 },
      { daily_bps: 200, weekly_bps: 700, drawdown_bps: 1000, new_baselines_per_day: 1 },
    ],
    ['marks.max_age_s', 60, 30],
    ['reconciliation.max_age_s', 3600, 900],
    ['clock.max_skew_ms', 2000, 200],
    ['instruments.min_listing_age_s', 604800, 2592000],
    ['instruments.min_price', null, '0.01'],
    ['entry.max_signal_age_s', 1800, 300],
    ['data.quote_max_age_s', 30, 5],
    ['data.max_feed_gap_bps', 500, 200],
    ['volatility.catalyst_waives', true, false],
    ['liquidity.max_spread_bps', { T1: 20, T2: 35, T3: 60 }, { T1: 20, T2: 35, T3: 60 }],
    ['liquidity.min_depth', { T1: 100000, T2: 25000, T3: 10000 }, { T1: 100000, T2: 25000, T3: 10000 }],
    ['liquidity.min_volume', { T1: 10000000, T2: 8000000, T3: 5000000 }, { T1: 10000000, T2: 8000000, T3: 5000000 }],
    ['liquidity.max_slippage_bps', { T1: 20, T2: 40, T3: 60, DEX: 300 }, { T1: 20, T2: 40, T3: 60, DEX: 150 }],
    [
      'token',
      { min_age_s: 3600, soft_flags: 'warn', max_top10_bps: 9500 },
      { min_age_s: 3600, soft_flags: 'block', max_top10_bps: 6000 },
    ],
    ['regimes.unknown.size', 0.5, null],
    ['source.min_grade', 'D', 'C'],
    ['trust.min', 35, 70],
    ['trust.vouched.weir', 70, 70],
    ['confidence.min', 0.3, 0.6],
    [
      'conviction',
      { min: 0.3, regime_adjust: { bull: 0, chop: 0, bear: 0 } },
      { min: 0.34, regime_adjust: { bull: 0, chop: -0.1, bear: 0 } },
    ],
    ['canary.enabled', true, false],
    [
      'kelly',
      { min_trades: 30, fraction: 0.5, cap_bps: 500, default_bps: 200 },
      { min_trades: 30, fraction: 0.5, cap_bps: 500, default_bps: 200 },
    ],
    ['bandit.floor', 0.05, 0.02],
    [
      'pacing',
      { global_s: 90, symbol_s: 900, per_hour: 5, per_day: 40, rejection_s: 0, repeated: 4 },
      { global_s: 180, symbol_s: 900, per_hour: 3, per_day: 10, rejection_s: 1800, repeated: 3 },
    ],
    ['portfolio.max_positions', 8, 3],
    ['external', { default_strength: 0.6, default_confidence: 0.6 }, { default_strength: null, default_confidence: null }],
    ['sizing.base_bps', { T1: 300, T2: 200, T3: 70 }, { T1: 200, T2: 120, T3: 50 }],
    ['sizing.risk_per_trade_bps', 100, 50],
    ['sizing.max_bump', 2, 1.5],
    ['caps.tier_bps', { T1: 2500, T2: 1500, T3: 500 }, { T1: 1500, T2: 800, T3: 200 }],
    [
      'caps.theme_bps',
      { LAYER1: 1000, LAYER2: 600, MEME: 400, DEFI: 500, OTHER: 300 },
      { LAYER1: 600, LAYER2: 400, MEME: 200, DEFI: 300, OTHER: 200 },
    ],
    ['caps.total_bps', 2500, 1500],
    ['caps.cash_reserve_bps', 100, 200],
    ['caps.capital_max', null, 2000],
    [
      'order',
      { max_value: 5000, collar_bps: { T1: 100, T2: 100, T3: 100, DEX: 350 }, duplicate_s: 5 },
      { max_value: 1000, collar_bps: { T1: 60, T2: 60, T3: 100, DEX: 200 }, duplicate_s: 5 },
    ],
  ])('%s', (path, paper, inLive) => {
    const at = (name: string) =>
      path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], shippedPolicy(name, read));
    expect(at('paper')).toEqual(paper);
    expect(at('live')).toEqual(inLive);
  });

  test('conservative is live and less', () => {
    const policy = shippedPolicy('conservative', read);
    expect(policy.sizing.base_bps).toEqual({ T1: 150, T2: 100, T3: 50 });
    expect([policy.caps.symbol_bps, policy.caps.total_bps, policy.pacing.per_day, policy.kelly.fraction]).toEqual([
      200, 1000, 5, 0.25,
    ]);
    expect(Object.values(policy.strategies).filter((s) => s.enabled && s.target_bps < 2 * s.stop_bps)).toEqual([]);
  });

  test('mode live takes live and conservative, and refuses paper key by key', () => {
    const of = (name: string) => liveFaults(shippedPolicy(name, read), live, 0);
    expect([of('live'), of('conservative')]).toEqual([[], []]);
    expect(of('paper').map((f) => f.path)).toContain('stops.daily_bps');
  });

  test.each([
    ['2026-03-01T00:00:00Z', []],
    ['2026-01-01T00:00:00Z', ['stops.daily_bps']],
    ['2026-04-02T00:00:00Z', ['stops.daily_bps']],
  ])('a looser key with a waiver until %s', (expires_at, refused) => {
    const waiver = { key: 'stops.daily_bps', value: 250, reason: 'a reason', actor: 'ann', expires_at };
    const policy = { ...live, stops: { ...live.stops, daily_bps: 250 }, waivers: [waiver] };
    expect(liveFaults(policy, live, Date.parse('2026-01-01T00:00:00Z') * 1_000).map((f) => f.path)).toEqual(refused);
    expect(liveFaults({ ...policy, stops: { ...live.stops, daily_bps: 251 } }, live, 0).map((f) => f.path)).toEqual([
      'stops.daily_bps',
    ]);
  });
});

test('every key is read by some code', () => {
  const services = new URL('..', import.meta.url);
  const defines = /policy\/(schema|strategy|units|direction)\.ts$/;
  const source = readdirSync(services, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('example.ts') && !defines.test(file))
    .map((file) => readFileSync(new URL(file, services), 'utf8'))
    .join('\n');
  const names = new Set(['T1', 'T2', 'T3', 'DEX', 'unknown', '*']);
  const unread = POLICY_PATHS.filter((path) => {
    const last =
      path
        .split('.')
        .filter((part) => !names.has(part))
        .at(-1) ?? '';
    return !new RegExp(`\\b${last}\\b`).test(source);
  });
  expect(unread).toEqual([]);
});
