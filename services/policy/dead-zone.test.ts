// Dead zones: the NAV below which a cap can never reach the smallest useful order.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal, formatDecimal } from '../../schemas/money.ts';
import { type DeadZoneInput, deadZoneFaults, deadZones } from './dead-zone.ts';
import type { Policy } from './schema.ts';
import { shippedPolicy } from './shipped.ts';

const read = (name: string): unknown => parse(readFileSync(new URL(`./profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);

/** One symbol, one strategy with a stop of 600, in chop alone; the need is the golden one, 5.404769039771. */
const policy: Policy = {
  ...paper,
  symbols: { 'BTC-USDT': { enabled: true, tier: 'T1' } },
  strategies: { price_move: paper.strategies.price_move ?? never() },
  sizing: {
    ...paper.sizing,
    accept_dead_zones: [
      'bull_low',
      'bull_normal',
      'bull_high',
      'bear_low',
      'bear_normal',
      'bear_high',
      'chop_high',
      'chop_low',
      'unknown',
    ],
  },
};

const input = (nav: string): DeadZoneInput => ({
  nav: decimal(nav),
  min_notional: {},
  venue: 'sim',
});

test('cap 300 × .8: NAV 225 gives 5.4 and is a dead zone, 226 gives 5.424 and is none', () => {
  const [zone, ...others] = deadZones(policy, input('225'));
  expect(others).toEqual([]);
  expect([zone?.symbol, zone?.regime, zone?.strategy, formatDecimal(zone?.nav_needed ?? 0n).slice(0, 8)]).toEqual([
    'BTC-USDT',
    'chop_normal',
    'price_move',
    '225.1987',
  ]);
  expect(deadZones(policy, input('226'))).toEqual([]);
});

test('it is reported with the NAV it needs, unless the regime is accepted', () => {
  const [fault] = deadZoneFaults(policy, input('225'));
  expect([fault?.code, fault?.path, fault?.value]).toEqual([
    'POLICY_DEAD_ZONE',
    'symbols.BTC-USDT',
    'NAV 225 in chop_normal for price_move',
  ]);
  const accepting: Policy = {
    ...policy,
    sizing: { ...policy.sizing, accept_dead_zones: [...policy.sizing.accept_dead_zones, 'chop_normal'] },
  };
  expect(deadZones(accepting, input('1'))).toEqual([]);
});

test('symbols and strategies that are off, and tiers that do not meet, make no dead zone', () => {
  const off = (change: Partial<Policy>) => deadZones({ ...policy, ...change }, input('1')).length;
  expect(off({})).toBe(1);
  expect(off({ symbols: { 'BTC-USDT': { enabled: false } } })).toBe(0);
  expect(off({ strategies: { price_move: { ...(paper.strategies.price_move ?? never()), enabled: false } } })).toBe(0);
  expect(off({ strategies: { price_move: { ...(paper.strategies.price_move ?? never()), tiers: ['T2'] } } })).toBe(0);
});

test("the venue's own minimum counts where it is larger", () => {
  const zones = deadZones(policy, { ...input('226'), min_notional: { 'BTC-USDT': decimal('10') } });
  expect(zones).toHaveLength(1);
});

function never(): never {
  throw new Error('no such strategy');
}
