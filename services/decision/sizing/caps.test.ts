// The one cap function: golden rows, what each cap counts, and that its smallest headroom is the one that binds.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decimal as d, formatDecimal } from '../../../schemas/money.ts';
import type { Cap } from '../../../schemas/records.generated.ts';
import { shippedPolicy } from '../../policy/shipped.ts';
import { exampleLedger, T0 } from '../ledger/example.ts';
import { reserveEntry } from '../ledger/reservations.ts';
import { CAP_NAMES, type CapName, type CapRequest, type Caps, effectiveCap } from './caps.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
const paper = shippedPolicy('paper', read);

function request(change: Partial<CapRequest> = {}): CapRequest {
  return {
    now: T0,
    ledger: exampleLedger(),
    policy: paper,
    nav: d('10000'),
    cash_free: d('10000'),
    instrument: 'BTC-USDT',
    venue: 'sim',
    chain: '',
    kind: 'spot',
    tier: 'T1',
    theme: 'LAYER1',
    strategy: 'price_move',
    regime: 0.8,
    stop_bps: 600,
    round_trip_bps: d('122'),
    kelly_ppb: 50_000_000,
    depth: d('200000'),
    taker_bps: 60,
    leverage: 1,
    lease: null,
    ...change,
  };
}

function of(caps: Caps, name: CapName): Cap {
  const cap = caps.all.find((c) => c.name === name);
  if (cap === undefined) throw new Error(`no cap ${name}`);
  return cap;
}

/** Holds exposure by reservation, in the scopes given. */
function hold(
  r: CapRequest,
  notional: string,
  scopes: Partial<Record<'instrument' | 'strategy' | 'tier' | 'theme' | 'venue', string>>,
) {
  reserveEntry(
    r.ledger,
    { instrument: 'X', strategy: 'other', tier: 'T3', theme: 'MEME', venue: 'else', chain: '', ...scopes },
    { order_id: `o${r.ledger.reservations.size}`, quantity: d('1'), notional: d(notional), cash: 0n },
  );
}

describe('caps at NAV 10000 in chop', () => {
  test('symbol holds 150, strategy 1400, total 2380: 90 are left, the symbol binds, the strategy is next', () => {
    const r = request();
    hold(r, '150', { instrument: 'BTC-USDT' });
    hold(r, '1400', { strategy: 'price_move' });
    hold(r, '830', {});
    const caps = effectiveCap(r);
    expect([formatDecimal(caps.headroom), caps.binding, caps.runner_up]).toEqual(['90', 'SYMBOL', 'STRATEGY']);
    expect(of(caps, 'SYMBOL')).toEqual({ name: 'SYMBOL', limit: d('240'), used: 0n, reserved: d('150'), headroom: d('90') });
    expect(of(caps, 'TOTAL').headroom).toBe(d('120'));
  });

  test.each<[name: CapName, change: Partial<CapRequest>, limit: string]>([
    ['SYMBOL', {}, '240'],
    ['SYMBOL', { regime: 1.1 }, '300'],
    ['TIER', {}, '2500'],
    ['TIER', { tier: 'T3' }, '500'],
    ['THEME', {}, '1000'],
    ['THEME', { theme: 'NO_SUCH' }, '300'],
    ['STRATEGY', {}, '1500'],
    ['VENUE', {}, '4000'],
    ['CHAIN', { chain: 'solana' }, '2000'],
    ['TOTAL', {}, '2500'],
    ['LEVERAGE', {}, '10000'],
    ['LEVERAGE', { leverage: 3 }, '30000'],
    ['CASH', {}, '9840.954274353876'],
    ['CASH', { kind: 'perp', leverage: 2 }, '19565.217391304347'],
    ['RISK', {}, '1385.041551246537'],
    ['KELLY', {}, '500'],
    ['DEPTH', {}, '100000'],
    ['ORDER_VALUE', {}, '5000'],
    ['LEASE', { policy: { ...paper, lease: { required: true } }, lease: { notional: d('700'), until: T0 + 1 } }, '700'],
    ['LEASE', { policy: { ...paper, lease: { required: true } }, lease: { notional: d('700'), until: T0 } }, '0'],
    ['CAPITAL', { policy: { ...paper, caps: { ...paper.caps, capital_max: 2000 } } }, '2000'],
  ])('%s %o', (name, change, limit) => {
    expect(formatDecimal(of(effectiveCap(request(change)), name).limit ?? -1n)).toBe(limit);
  });

  test.each<[name: CapName, change: Partial<CapRequest>]>([
    ['CHAIN', {}],
    ['DEPTH', { depth: null }],
    ['LEASE', {}],
    ['CAPITAL', {}],
  ])('%s sets no limit where there is none', (name, change) => {
    expect(of(effectiveCap(request(change)), name).headroom).toBeNull();
  });

  test('the smallest headroom binds, the next is the runner-up, and nothing is below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.constantFrom('BTC-USDT', 'X'), fc.constantFrom('T1', 'T3')), {
          maxLength: 5,
        }),
        (held) => {
          const r = request();
          for (const [notional, instrument, tier] of held) hold(r, String(notional), { instrument, tier });
          const caps = effectiveCap(r);
          const finite = CAP_NAMES.flatMap((name) =>
            of(caps, name).headroom === null ? [] : [of(caps, name).headroom ?? 0n],
          ).sort((a, b) => (a < b ? -1 : 1));
          expect(caps.headroom).toBe(finite[0]);
          expect(of(caps, caps.runner_up).headroom).toBe(finite[1]);
          expect(caps.headroom >= 0n).toBe(true);
        },
      ),
    );
  });
});
