// Each rule between keys of a policy: one change breaks it and nothing else; the shipped profiles break none.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { reasonCode } from '../../schemas/reason-codes.ts';
import { CROSS_RULES, CROSS_WARNINGS, crossFaults } from './cross-rules.ts';
import { parsePolicy } from './parse.ts';
import { PROFILES, resolvePolicy } from './resolve.ts';
import type { Policy } from './schema.ts';
import { shippedPolicy } from './shipped.ts';

const documents = new Map(
  PROFILES.map((name) => [
    name as string,
    parse(readFileSync(new URL(`./profiles/${name}.yaml`, import.meta.url), 'utf8')) as unknown,
  ]),
);
const read = (name: string): unknown => documents.get(name) ?? null;
const paper = shippedPolicy('paper', read);
const live = shippedPolicy('live', read);

/** A document laid over paper, or over live where it says so. */
function over(change: object): Policy {
  const resolved = resolvePolicy({ extends: 'paper', ...change }, read);
  const parsed = parsePolicy(resolved.document);
  if (parsed.policy === null) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

const LIVE = { extends: 'live' };

type Row = readonly [code: string, change: object, path: string];

const BROKEN: readonly Row[] = [
  ['POLICY_POSITIONS_OVER_TOTAL', { portfolio: { max_positions: 9 } }, 'portfolio.max_positions'],
  ['POLICY_TIER_OVER_TOTAL', { caps: { tier_bps: { T1: 2501 } } }, 'caps.tier_bps.T1'],
  ['POLICY_THEME_OVER_TOTAL', { caps: { theme_bps: { MEME: 2501 } } }, 'caps.theme_bps.MEME'],
  ['POLICY_STRATEGY_OVER_TOTAL', { caps: { strategy_bps: 2501 } }, 'caps.strategy_bps'],
  ['POLICY_BASE_OVER_SYMBOL', { sizing: { base_bps: { T1: 301 } } }, 'sizing.base_bps.T1'],
  ['POLICY_STOPS_ORDER', { stops: { daily_bps: 701 } }, 'stops.daily_bps'],
  ['POLICY_STOPS_ORDER', { stops: { weekly_bps: 1501 } }, 'stops.weekly_bps'],
  ['POLICY_COOLDOWN_ORDER', { cooldown: { win_s: 3601 } }, 'cooldown.win_s'],
  ['POLICY_COOLDOWN_ORDER', { cooldown: { stop_s: 172801 } }, 'cooldown.stop_s'],
  ['POLICY_HOURLY_OVER_DAILY', { pacing: { per_hour: 41 } }, 'pacing.per_hour'],
  ['POLICY_SPACING_ORDER', { pacing: { global_s: 901 } }, 'pacing.global_s'],
  ['POLICY_SPACING_ORDER', { pacing: { symbol_s: 86401 } }, 'pacing.symbol_s'],
  ['POLICY_RECONCILIATION_INTERVAL', { reconcile: { light_s: 3600 } }, 'reconcile.light_s'],
  ['POLICY_QUOTE_OVER_MARKS', { data: { quote_max_age_s: 61 } }, 'data.quote_max_age_s'],
  ['POLICY_COLLAR_NARROW', { order: { collar_bps: { T3: 89 } } }, 'order.collar_bps.T3'],
  ['POLICY_COLLAR_NARROW', { order: { collar_bps: { DEX: 299 } } }, 'order.collar_bps.DEX'],
  ['POLICY_CONVICTION_MIN', { conviction: { min: 0.5 } }, 'conviction.min'],
  ['POLICY_MAKER_OVER_TAKER', { venue: { fees_bps: { mexc: { maker: 11 } } } }, 'venue.fees_bps.mexc.maker'],
  ['POLICY_DUST_OVER_MINIMUM', { sizing: { min_notional: '0.99' } }, 'sizing.min_notional'],
  ['POLICY_VALUE_BELOW_NEED', { order: { max_value: 5 } }, 'order.max_value'],
  ['POLICY_REWARD_RISK', { plan: { min_reward_risk: 1.7 } }, 'strategies.mean_reversion_bb_short.target_bps'],
  ['POLICY_COST_SHARE', { strategies: { scalping: { enabled: true } } }, 'strategies.scalping.target_bps'],
  ['POLICY_TRUST_UNREACHABLE', { strategies: { sma_cross: { min_trust: 86 } } }, 'strategies.sma_cross.min_trust'],
  ['POLICY_STOP_LIQUIDATION', { caps: { leverage: 6 } }, 'strategies.reversal.stop_bps'],
  ['POLICY_CANARY_WIDTH', { conviction: { min: 0.02 } }, 'conviction.min'],
  ['POLICY_KELLY', { kelly: { fraction: 0.51 } }, 'kelly.fraction'],
  ['POLICY_KELLY', { kelly: { default_bps: 501, cap_bps: 501 } }, 'kelly.cap_bps'],
  ['POLICY_REGIMES', { regimes: { crash: { size: 0.1 } } }, 'regimes.crash.size'],
  ['POLICY_REGIMES', { ...LIVE, regimes: { bull_low: { size: 1.1 } } }, 'regimes.bull_low.size'],
  ['POLICY_NAME_UNKNOWN', { symbols: { 'BTC-USDT': { theme: 'NO_SUCH' } } }, 'symbols.BTC-USDT.theme'],
  ['POLICY_NAME_UNKNOWN', { ...LIVE, symbols: { 'ADA-USDT': { enabled: true } } }, 'symbols.ADA-USDT'],
  ['POLICY_NAME_UNKNOWN', { exits: { momentum_strategies: ['no_such'] } }, 'exits.momentum_strategies'],
  [
    'POLICY_NAME_UNKNOWN',
    { strategies: { external: { conditions: [{ feature: '1h.no_such', op: '>', value: 1 }] } } },
    'strategies.external.conditions',
  ],
  [
    'POLICY_NAME_UNKNOWN',
    { strategies: { sma_cross: { trail_bps: 100 }, price_move: { trail_bps: 100 } } },
    'strategies.price_move.trail_arm_bps',
  ],
  ['POLICY_RESTRICTED_ALLOWED', { restricted: ['BTC-USDT'] }, 'restricted'],
  ['POLICY_WAIVE_UNKNOWN', { gates: { waive_unknown: ['SPREAD'] } }, 'gates.waive_unknown'],
  ['POLICY_LIMIT_NULL', { ...LIVE, pacing: { per_day: null } }, 'pacing.per_day'],
  ['POLICY_LIMIT_NULL', { ...LIVE, profile: 'of-unknown-name', liquidity: { depth_share: null } }, 'liquidity.depth_share'],
  ['POLICY_THROTTLE', { throttle: { messages: 41 } }, 'throttle.messages'],
  ['POLICY_ANALYSIS_BUDGET', { analysis: { daily_usd: 301 } }, 'analysis.daily_usd'],
];

describe('rules between keys', () => {
  test.each(BROKEN)('%s: %o', (code, change, path) => {
    const faults = crossFaults(over(change));
    expect(faults.map((fault) => fault.code)).toContain(code);
    expect(new Set(faults.map((fault) => fault.code)).size).toBe(1);
    expect(faults.map((fault) => fault.path)).toContain(path);
    for (const fault of faults) expect([fault.value !== '', fault.expected !== '']).toEqual([true, true]);
  });

  test('each rule has a row, and its code is in the closed list', () => {
    const rows = new Set(BROKEN.map(([code]) => code));
    for (const { code } of [...CROSS_RULES, ...CROSS_WARNINGS]) expect(reasonCode(code), code).toBe(code);
    expect(CROSS_RULES.map((rule) => rule.code).filter((code) => !rows.has(code))).toEqual([]);
  });

  test.each(['paper', 'live', 'conservative', 'bench'])('profile %s breaks none', (name) => {
    expect(crossFaults(shippedPolicy(name, read))).toEqual([]);
  });

  test('more than half of the capital at risk is a warning', () => {
    expect(crossFaults(paper, CROSS_WARNINGS)).toEqual([]);
    const high = over({ caps: { total_bps: 5001 } });
    expect(crossFaults(high, CROSS_WARNINGS).map((f) => f.code)).toEqual(['POLICY_TOTAL_HIGH']);
    expect(crossFaults(high)).toEqual([]);
  });

  test.each<[edge: string, change: object]>([
    ['positions × symbol cap = total', { portfolio: { max_positions: 5 }, caps: { symbol_bps: 500 } }],
    ['reconciliation one second below its age', { reconcile: { light_s: 3599 } }],
    ['collar = slippage + half the spread', { order: { collar_bps: { T3: 90 } } }],
    ['target exactly at the least reward', { strategies: { price_move: { target_bps: 900 } } }],
    ['throttle at 80 % of the venue', { throttle: { messages: 40 } }],
  ])('equality passes: %s', (_, change) => {
    expect(crossFaults(over(change))).toEqual([]);
  });

  test('live is what is not named loose', () => {
    expect(crossFaults({ ...live, profile: 'no-such-profile' })).toEqual([]);
    expect(
      crossFaults({ ...live, profile: 'no-such-profile', caps: { ...live.caps, capital_max: null } }).map((f) => f.code),
    ).toEqual(['POLICY_LIMIT_NULL']);
  });
});
